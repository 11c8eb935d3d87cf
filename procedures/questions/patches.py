"""Known leaks that grow, are patched, open again or get company: hatches shut, an answer every three hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.patch_watch import PatchWatch
from bench.records import LeakEstimate
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.confusion import Patch
from bench.validation.outcomes import watches
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, SMALL, TRANSFER, WORKING, run, staged

EVERY_S, SETTLED_S = 3 * HOUR_S, 600.0


def answers(
    bench: Bench, scenario: Scenario, seed: int, hours: float, patched: Mapping[str, float | None]
) -> dict[str, list[LeakEstimate]]:
    """By compartment that is watched. patched: when, None where nothing was."""
    series = run(bench, scenario, seed, hours * HOUR_S, shut=True).series.between(SETTLED_S, np.inf)
    rig = rig_of(bench)
    return {
        compartment: list(PatchWatch(compartment, patched_s, every_s=EVERY_S).start(rig).update(series))
        for compartment, patched_s in patched.items()
    }


@dataclass(frozen=True, slots=True)
class Held:
    """The verdict on a patch in the small chamber."""

    truth: Patch

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        said = answers(bench, scenario, seed, 30.0, {SMALL: scenario.patch[0].at_s})[SMALL]
        return Answered(watches.patch_held(said, self.truth), str(watches.patch_said(said[-1])))


@dataclass(frozen=True, slots=True)
class Rises:
    """An alarm in a compartment from a time on, none before, none elsewhere."""

    where: str
    after_s: float
    hours: float
    patched: Mapping[str, float | None]

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        said = answers(bench, scenario, seed, self.hours, self.patched)
        alarms = [f"{place} {found.time_s or 0.0:.0f} s" for place, of in said.items() for found in of if found.alarm]
        return Answered(watches.alarmed(said, self.where, self.after_s), f"alarms: {', '.join(alarms[:3]) or 'none'}")


def cannot_tell(bench: Bench, scenario: Scenario, seed: int) -> Answered:
    said = answers(bench, scenario, seed, 24.0, {WORKING: None})[WORKING]
    return Answered(watches.cannot_tell(said), said[-1].notes[0])


def questions() -> Iterator[Question]:
    for name, scenario, right, asked in _asked():
        yield Question(name, scenario, "patch_watch", right, asked)
    one_or_two = "said that pressure cannot tell one from two, no alarm"
    yield Question("S15b", load_scenario("S15b"), "patch_watch", one_or_two, cannot_tell)


def _asked() -> Iterator[tuple[str, Scenario, str, Held | Rises]]:
    known: Mapping[str, float | None] = {SMALL: None}
    (growth,) = load_scenario("S04").growth
    early = "alarm while it grows, none before"
    yield "S04", load_scenario("S04"), early, Rises(SMALL, growth.begin_s, 28.8, known)
    yield "S05", load_scenario("S05"), "alarm after the jump, none before", Rises(SMALL, 43_200.0, 24.0, known)
    for residual in (0.0, 0.1, 0.3, 0.6):
        patch = load_scenario("S12").patch[0].model_copy(update={"residual": residual})
        truth = Patch.SEALED if residual == 0.0 else Patch.RESIDUAL
        right = f"{truth} in the end (30 h), {'' if residual == 0.0 else 'never sealed, '}no alarm"
        yield f"S12 r {residual:g}", staged("S12", patch=(patch,)), right, Held(truth)
    reopened = Rises(SMALL, 75_600.0, 28.0, {SMALL: 3600.0})
    yield "S13", load_scenario("S13"), "alarm within 7 h of the re-opening, none before", reopened
    second = Rises(TRANSFER, 43_200.0, 30.0, {SMALL: 21_600.0, TRANSFER: None})
    elsewhere = "alarm in the second's compartment, none before and none at the patch"
    yield "S14", load_scenario("S14"), elsewhere, second
