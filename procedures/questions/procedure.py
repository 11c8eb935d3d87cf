"""What the procedure rather than a method must notice: a start too early, a leak that is no longer what its certificate
says, and whether the whole measuring system sees a known leak (ANS-56.8).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from bench.certificate import Certificate
from bench.config.model import Bench
from bench.config.parts import Leak
from bench.config.rig import rig_of
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.method import Method
from bench.records import Window
from bench.sim.direct import leaking
from bench.sim.scenario import Scenario, load_scenario
from bench.truth.recalibration import calibration_en
from bench.validation.containment import Verification, verify
from bench.validation.outcomes.mark import Mark, right_if
from procedures.leak_sweep import Plan, unsteady
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, Seen, run

ROW_S = 60.0
CHECKED_S = 300.0
PIECE_S = 2 * HOUR_S
"""Of the orifice's exposures before and after it changes."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether a sweep would let a test begin so long after the fill, or while it waits for that; right: as stated."""

    after_s: float
    waits_s: float
    settled: bool

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        plan = Plan.model_validate({})
        window_s = plan.stable_window_s
        series = run(bench, scenario, seed, self.after_s + self.waits_s + window_s, shut=True, period_s=1.0).series
        begins_s = np.arange(self.after_s, self.after_s + self.waits_s + 1.0, CHECKED_S)
        moving = [next(unsteady(bench, series.between(b, b + window_s), plan), "") for b in begins_s]
        mark = right_if(("" in moving) == self.settled, Mark.WRONG)
        return Answered(mark, f"{moving.count('')} of {len(moving)} times stable; first {moving[0] or 'stable'}")


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A laboratory calibrates the orifice before and after twelve hours, as well as its certificate says: its values
    are what really passed, with an error drawn from that uncertainty. Right: void if it changed, and not if it did not.
    """

    leak: str
    changed: bool

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        leak, (begin_s, end_s) = bench.named_leak(self.leak), (9.5 * HOUR_S, 14.5 * HOUR_S)
        orders = ((begin_s - HOUR_S, leaking(leak)),)
        seen = run(bench, scenario, seed, end_s, shut=True, orders=orders, period_s=ROW_S)
        errors = np.random.default_rng(seed).standard_normal(2)
        spans = ((begin_s, begin_s + PIECE_S), (end_s - PIECE_S, end_s))
        before, after = (_calibrated(bench, leak, seen, *each) for each in zip(spans, errors, strict=True))
        day = leak.certificate.calibrated
        later = after.model_copy(update={"calibrated": day + timedelta(days=1), "due": day + timedelta(days=365)})
        en = calibration_en(before, [later], day)
        assert en is not None
        return Answered(right_if((abs(en) > 1.0) == self.changed, Mark.WRONG), f"En {en:+.2f}")


def _calibrated(bench: Bench, leak: Leak, seen: Seen, span_s: tuple[float, float], error: float) -> Certificate:
    """The certificate with the value that was found in the span."""
    certificate, shown = leak.certificate, seen.series.between(*span_s).columns
    compartment = rig_of(bench).compartments[leak.compartment]
    pressure_pa = float(np.mean(shown[compartment.gauges[0].channel]))
    gas_k = float(np.mean([shown[each.channel].mean() for each in compartment.thermometers]))
    passed_kg = seen.readings.passed_kg[:, seen.readings.leaks.index(leak.valve)]
    begin_kg, end_kg = np.interp(span_s, seen.readings.time_s, passed_kg)
    ratio = (end_kg - begin_kg) / (span_s[1] - span_s[0]) / certificate.flow_kg_s(pressure_pa, gas_k)
    u = certificate.u_kg_s / certificate.value_kg_s
    return certificate.model_copy(update={"value": certificate.value * float(ratio) * (1.0 + u * error)})


KNOWN_LEAK = "working_25um"
ALONE_S, TOGETHER_S = (HOUR_S, 9.0 * HOUR_S), (9.2 * HOUR_S, 17.2 * HOUR_S)


def verified(
    bench: Bench, scenario: Scenario, seed: int, method: Method, known: str = KNOWN_LEAK
) -> tuple[float, Verification]:
    """Measured alone, kg/s, and the test with the known leak laid over it. La: that leak itself, by its certificate at
    the pressure and temperature of the rig.
    """
    leak, rig = bench.named_leak(known), rig_of(bench)
    orders = ((ALONE_S[1], leaking(leak)),)
    series = run(bench, scenario, seed, TOGETHER_S[1], shut=True, orders=orders, period_s=ROW_S).series
    shown, compartment = series.between(*TOGETHER_S).columns, rig.compartments[leak.compartment]
    pressure_pa = float(shown[compartment.gauges[0].channel].mean())
    known_kg_s = leak.certificate.flow_kg_s(pressure_pa, float(shown[compartment.thermometers[0].channel].mean()))
    windows = (Window(name, leak.compartment, *span_s) for name, span_s in (("a", ALONE_S), ("b", TOGETHER_S)))
    measured, composite = (method.estimate(rig, series, window).rate_kg_s for window in windows)
    return measured, verify(measured, known_kg_s, composite, allowed=known_kg_s)


def superimposed(bench: Bench, scenario: Scenario, seed: int) -> Answered:
    _, found = verified(bench, scenario, seed, CompensatedMass())
    said = f"{found.composite:.3g} kg/s for {found.expected:.3g}"
    return Answered(right_if(found.accepted, Mark.WRONG), said, found.composite, truth_kg_s=found.expected)


def questions() -> Iterator[Question]:
    fresh, unstable = load_scenario("S27"), load_scenario("S33")
    early, late = "ten minutes after the fill: called unstable", "a day after the fill: called stable within an hour"
    yield Question("S27", fresh, "leak_sweep", early, Settled(600.0, 0.0, settled=False))
    yield Question("S27 later", fresh, "leak_sweep", late, Settled(86_400.0, HOUR_S, settled=True))
    void = "calibrations before and after, 5 % apart: void (|En| > 1)"
    yield Question("S33", unstable, "recalibration", void, Recalibrated("working_50um", changed=True))
    same = unstable.model_copy(update={"growth": ()})
    yield Question(
        "S33 stable",
        same,
        "recalibration",
        "the same, unchanged: not void",
        Recalibrated("working_50um", changed=False),
    )
    within = "with a known leak laid over it the sum is found within 25 % of that (ANS-56.8)"
    yield Question("S34", load_scenario("S34"), CompensatedMass().name, within, superimposed)
