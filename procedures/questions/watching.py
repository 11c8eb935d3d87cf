"""What a monitor says as days go by, hatches open: quiet nights that shall not wake the crew, and leaks that shall."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.attribution.watch import AttributionMonitor
from bench.detection.monitor import Monitor
from bench.detection.renewed import Renewed
from bench.detection.sequential.monitors import monitors
from bench.records import LeakEstimate
from bench.rig import WHOLE
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes import watches
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, run

ROW_S, WITHIN_S = 60.0, 48 * HOUR_S
SHIPPED = "kalman_glr"
NIGHTS = {
    "S06": "0.5 K seen by all, after six hours",
    "S06c": "0.5 K, 90 % seen",
    "S06d": "0.5 K, 70 % seen",
    "S06e": "1.5 K, 90 % seen",
    "S06f": "0.35 K, 70 % seen",
    "S06g": "0.5 K, 100 % seen",
}


@dataclass(frozen=True, slots=True)
class Watched:
    """From begin_h on; learned_h: its background begins so much earlier. leak_s: when a leak begins that shall be found
    within two days; None where there is none, and no alarm within two days of night_s (or ever) is right.
    """

    monitor: Monitor
    hours: float
    begin_h: float
    learned_h: float = 0.0
    leak_s: float | None = None
    night_s: float | None = None

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        said = self.answers(bench, scenario, seed)
        alarms = [f"{(found.time_s or 0.0) / HOUR_S:.0f} h" for found in said if found.alarm]
        if self.leak_s is not None:
            mark = watches.alarmed({WHOLE: said}, WHOLE, self.leak_s, WITHIN_S)
        elif self.night_s is not None:
            mark = watches.slept(said, self.night_s, WITHIN_S)
        else:
            mark = watches.slept(said)
        return Answered(mark, f"alarms: {', '.join(alarms[:3]) or 'none'}")

    def answers(self, bench: Bench, scenario: Scenario, seed: int) -> list[LeakEstimate]:
        series, begin_s = run(bench, scenario, seed, self.hours * HOUR_S, period_s=ROW_S).series, self.begin_h * HOUR_S
        learned = series.between(begin_s - self.learned_h * HOUR_S, begin_s) if self.learned_h else None
        watch = Renewed(self.monitor, rig_of(bench), learned)
        return list(watch.update(series.between(begin_s, np.inf)))


def questions() -> Iterator[Question]:
    (shipped,) = (monitor for monitor in monitors() if monitor.name == SHIPPED)
    yield Question("S01", load_scenario("S01"), SHIPPED, "no alarm in 60 h", Watched(shipped, 72.0, 12.0))
    step_s = load_scenario("S03").hidden_leak[0].begin_s
    found = "alarm within 48 h of the leak, none before"
    yield Question("S03", load_scenario("S03"), SHIPPED, f"16 um: {found}", Watched(shipped, 54.0, 0.5, leak_s=step_s))
    for name, night in NIGHTS.items():
        night_s = load_scenario(name).ramp[0].begin_s
        watched = Watched(shipped, night_s / HOUR_S + 49.0, min(12.0, night_s / HOUR_S - 5.5), night_s=night_s)
        yield Question(name, load_scenario(name), SHIPPED, f"{night}: no alarm in 48 h", watched)
    real_s = load_scenario("S06b").hidden_leak[0].begin_s
    both = Watched(shipped, real_s / HOUR_S + 49.0, 12.0, leak_s=real_s)
    yield Question("S06b", load_scenario("S06b"), SHIPPED, f"the night of S06d, 9.3 um: {found}", both)
    hostile = Watched(AttributionMonitor(), 75.0, 3.0, learned_h=2.0)
    yield Question("S35", load_scenario("S35"), "attribution_watch", "no alarm in 72 h", hostile)
