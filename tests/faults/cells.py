"""What may go wrong with a run, one cell each: how it is brought about, and what must hold then.

Every cell leaves a bench that is safe and, where the guard had to act, acknowledged: the next one begins on it.
"""

import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from faults.bed import SAFE_WITHIN_S, Attempt, Bed, until

from bench.dataset import Dataset

PHASES = ("preflight", "pump_down", "pressurise", "close_hatches", "stabilise", "background_before", "background_after")


LATCH_WITHIN_S = 60.0
"""The guard takes its time with what is not for safety: links that do not answer are tried again."""


@dataclass(frozen=True, slots=True)
class Row:
    """told: the line that the operator reads. safe_s: wall time from the fault to the safe state. wrong: what does not
    hold, empty at best.
    """

    fault: str
    moment: str
    exit_code: int
    verdict: str
    safe_s: float
    told: str
    wrong: str = ""


def killed(number: signal.Signals, times: int = 1) -> Callable[[Bed, Attempt], float]:
    """The signal, so many times; the time until all is safe."""

    def strike(bed: Bed, run: Attempt) -> float:
        for _ in range(times):
            run.process.send_signal(number)
        return bed.safe_within(SAFE_WITHIN_S)

    return strike


def frozen(bed: Bed, run: Attempt) -> float:
    """It hangs: the guard kills it after ten periods, unless the watchdog has dropped the valves before."""
    run.process.send_signal(signal.SIGSTOP)
    return bed.safe_within(SAFE_WITHIN_S + 10.0)


def unguarded(bed: Bed, run: Attempt) -> float:
    """Its guard is killed: the run must notice, make safe and stop."""
    os.kill(run.guard(), signal.SIGKILL)
    return bed.safe_within(SAFE_WITHIN_S + 1.0)


def both_killed(bed: Bed, run: Attempt) -> float:
    """Nobody is left but the hardware watchdog, which knows lines only."""
    os.kill(run.guard(), signal.SIGKILL)
    run.process.kill()
    return bed.safe_within(10.0 + 1.0)


@dataclass(frozen=True, slots=True)
class Fault:
    """codes: exit codes that are right. guarded: its guard must act, and latch the bench. outcome: of the folder."""

    strike: Callable[[Bed, Attempt], float]
    codes: tuple[int, ...]
    outcome: str
    latches: bool = False


FAULTS: Mapping[str, Fault] = {
    "SIGINT": Fault(killed(signal.SIGINT), (40,), "ABORTED"),
    "SIGINT twice": Fault(killed(signal.SIGINT, 2), (40,), "ABORTED"),
    "SIGTERM": Fault(killed(signal.SIGTERM), (40,), "ABORTED"),
    "SIGKILL": Fault(killed(signal.SIGKILL), (-9,), "INTERRUPTED", latches=True),
    "SIGSTOP": Fault(frozen, (-9,), "INTERRUPTED", latches=True),
    "guard killed": Fault(unguarded, (50,), "ERROR"),
    "run and guard killed": Fault(both_killed, (-9,), "INTERRUPTED", latches=True),
}


def struck(bed: Bed, name: str, moment: str, wait: Callable[[Attempt], object]) -> Row:
    """A run, struck at its moment."""
    fault, run = FAULTS[name], bed.run()
    wait(run)
    wrong: list[str] = []
    try:
        safe_s = fault.strike(bed, run)
    except TimeoutError as error:
        safe_s = float("inf")
        wrong.append(str(error))
    code = run.end()
    verdict = verdict_of(run)
    wrong += _wrong(bed, fault, code, verdict)
    if fault.latches:
        wrong += _latched(bed)
    return Row(name, moment, code, verdict, safe_s, told(run), "; ".join(wrong))


def _wrong(bed: Bed, fault: Fault, code: int, verdict: str) -> list[str]:
    wrong = []
    if code not in fault.codes:
        wrong.append(f"exit code {code}")
    if verdict != fault.outcome:
        wrong.append(f"verdict {verdict}")
    if opened := bed.stand()["reliefs_opened"]:
        wrong.append(f"opened: {', '.join(opened)}")
    return wrong


def _latched(bed: Bed) -> list[str]:
    """A further run is refused until somebody has looked."""
    until(lambda: bed.ask("status").returncode == 50, LATCH_WITHIN_S, "the latch")
    refused = bed.run()
    wrong = [] if refused.end() == 50 and "leakbench ack" in refused.said() else ["the next run was not refused"]
    return wrong if bed.acknowledge() == 0 else [*wrong, "could not be acknowledged"]


def verdict_of(run: Attempt) -> str:
    """As whoever opens the folder finds it."""
    assert run.folder is not None
    return Dataset(run.folder).outcome


def told(run: Attempt) -> str:
    """Of the guard where it acted, else what the command said last."""
    assert run.folder is not None
    report = run.folder / "guard.json"
    if report.exists():
        return str(json.loads(report.read_text())["reason"])
    lines = [line for line in run.said().splitlines() if line.startswith("{")]
    return str(json.loads(lines[-1])["reason"]) if lines else (run.said().splitlines() or ["nothing"])[-1]
