"""What may go wrong with a run, one cell each: how it is brought about, and what must hold then.

Every cell leaves a bench that is safe and, where the guard had to act, acknowledged: the next one begins on it.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from faults.bed import BENCH, SAFE_WITHIN_S, Attempt, Bed, until

from bench.dataset import Dataset
from bench.sim.rack.wire_faults import WireFaultKind
from procedures.fault import told

PHASES = ("preflight", "pump_down", "pressurise", "close_hatches", "stabilise", "background_before", "background_after")


Strike = Callable[[Bed, Attempt], float]
"""Does it to the run, and waits until all is safe: for how long, s of wall time."""
BORNE_S = 20.0
GUARD_WITHIN_S = 60.0
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


def killed(number: signal.Signals, times: int = 1) -> Strike:
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


def ailing(
    name: str, kind: str, *, allowed: Collection[str] = (), within_s: float = SAFE_WITHIN_S, **where: Any
) -> Strike:
    """Something on the rig fails for good; a run that bears it is stopped after a while. allowed: actuators that may
    stand where they do, as it is they that fail.
    """

    def strike(bed: Bed, run: Attempt) -> float:
        told(bed.address, {"do": "fault", "instrument": name, "kind": kind, "delay_s": 10.0, **where})
        try:
            run.process.wait(BORNE_S)
        except subprocess.TimeoutExpired:
            run.process.send_signal(signal.SIGINT)
        safe_s = bed.safe_within(within_s, allowed)
        run.end()
        told(bed.address, {"do": "heal", "instrument": name})
        return safe_s

    return strike


def without_prefect(_: Bed, run: Attempt) -> float:
    """Its server is killed under it."""
    server = subprocess.run(
        ["/usr/bin/env", "pgrep", "-P", str(run.process.pid)], capture_output=True, text=True, check=True
    )
    for pid in server.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    return 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """codes, outcomes: those that are right. latches: its guard must act, and latch the bench; elsewhere it may."""

    strike: Strike
    codes: Collection[int]
    outcomes: Collection[str]
    latches: bool = False
    phase: str = ""
    """At whose beginning it strikes, if that is not for the caller to choose."""
    plan: Mapping[str, str] = field(default_factory=dict)


STOPPED, DIED = (("ABORTED",), ("INTERRUPTED",))
SIGNALS: Mapping[str, Fault] = {
    "SIGINT": Fault(killed(signal.SIGINT), (40,), STOPPED),
    "SIGINT twice": Fault(killed(signal.SIGINT, 2), (40,), STOPPED),
    "SIGTERM": Fault(killed(signal.SIGTERM), (40,), STOPPED),
    "SIGKILL": Fault(killed(signal.SIGKILL), (-9,), DIED, latches=True),
    "SIGSTOP": Fault(frozen, (-9,), DIED, latches=True),
    "guard killed": Fault(unguarded, (50,), ("ERROR",)),
    "run and guard killed": Fault(both_killed, (-9,), DIED, latches=True),
}
BROKEN = {"codes": (50,), "outcomes": ("ERROR",)}
BORNE = {"codes": (40, 50), "outcomes": ("ABORTED", "ERROR")}
"""A run may bear it until it is stopped, or not bear it: it must not find anything."""
DAQ_WITHIN_S = 10.0 + 2.0
"""Nobody reaches the chassis: the hardware watchdog takes ten periods."""
HARDWARE: Mapping[str, Fault] = {
    "fill valve does not close": Fault(
        ailing("daq", "stuck_line", at="cDAQ1Mod2/port0/line6", level=True, allowed=("fill_valve",)),
        phase="pressurise",
        latches=True,
        **BROKEN,
    ),
    "fill valve's end switch lies": Fault(
        ailing("daq", "stuck_line", at="cDAQ1Mod3/port0/line10", level=False),
        phase="pressurise",
        latches=True,
        **BROKEN,
    ),
    "a hatch does not close": Fault(
        ailing("daq", "stuck_line", at="cDAQ1Mod3/port0/line1", level=False), phase="close_hatches", **BROKEN
    ),
    "chassis is gone": Fault(ailing("daq", "device_removed", within_s=DAQ_WITHIN_S), phase="stabilise", **BORNE),
    "chassis answers late": Fault(ailing("daq", "delayed_reply", within_s=DAQ_WITHIN_S), phase="stabilise", **BORNE),
    "chassis is held by another": Fault(ailing("daq", "reservation_held"), phase="stabilise", **BORNE),
    "chassis' buffer runs over": Fault(ailing("daq", "overflow"), phase="stabilise", **BORNE),
}
ON_WIRES = tuple(entry.name for entry in BENCH.instrument if entry.driver != "ni_daq")
WIRES: Mapping[str, Fault] = {
    f"{name}: {kind}": Fault(ailing(name, kind), phase="stabilise", **BORNE)
    for name, kind in product(ON_WIRES, WireFaultKind)
}
PREFECT = {
    "Prefect's server killed": Fault(without_prefect, (0, 20, 30), ("PASS", "INCONCLUSIVE", "FAIL"), phase="pressurise")
}
FAULTS: Mapping[str, Fault] = {**SIGNALS, **HARDWARE, **WIRES, **PREFECT}


def struck(bed: Bed, name: str, moment: str, wait: Callable[[Attempt], object]) -> Row:
    """A run, struck at its moment."""
    fault, run = FAULTS[name], bed.run(own_prefect=name in PREFECT)
    wait(run)
    wrong: list[str] = []
    try:
        safe_s = fault.strike(bed, run)
    except TimeoutError as error:
        safe_s = float("inf")
        wrong.append(str(error))
    code = run.end()
    outcome = Dataset(run.folder).outcome if run.folder else "no folder"
    wrong += _wrong(bed, fault, code, outcome)
    wrong += _after(bed, fault)
    return Row(name, moment, code, outcome, safe_s, said_of(run), "; ".join(wrong))


def _wrong(bed: Bed, fault: Fault, code: int, outcome: str) -> list[str]:
    wrong = []
    if code not in fault.codes:
        wrong.append(f"exit code {code}")
    if outcome not in fault.outcomes:
        wrong.append(f"outcome {outcome}")
    if opened := bed.stand()["reliefs_opened"]:
        wrong.append(f"opened: {', '.join(opened)}")
    return wrong


def _after(bed: Bed, fault: Fault) -> list[str]:
    """Nobody guards any more; where a guard had to act, a run is refused until somebody has looked."""
    try:
        until(lambda: "not guarded" in bed.ask("status").stdout, GUARD_WITHIN_S, "the guard's end")
    except TimeoutError as error:
        return [str(error)]
    latched = bed.ask("status").returncode == 50
    if not latched:
        return ["the bench is not latched"] if fault.latches else []
    refused = bed.run()
    wrong = [] if refused.end() == 50 and "leakbench ack" in refused.said() else ["the next run was not refused"]
    if bed.unsafe() and bed.ask("safe").returncode != 0:
        wrong.append("leakbench safe did not help")
    if bed.unsafe():
        wrong.append("not safe in the end")
    return wrong if bed.acknowledge() == 0 else [*wrong, "could not be acknowledged"]


def said_of(run: Attempt) -> str:
    """Of the guard where it acted, else what the command said last."""
    assert run.folder is not None
    report = run.folder / "guard.json"
    if report.exists():
        return str(json.loads(report.read_text())["reason"])
    lines = [line for line in run.said().splitlines() if line.startswith("{")]
    return str(json.loads(lines[-1])["reason"]) if lines else (run.said().splitlines() or ["nothing"])[-1]
