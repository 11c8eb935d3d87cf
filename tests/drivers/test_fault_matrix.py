"""Every instrument under every fault of the wire: a typed error in time or a flag, never a wrong number, and back in
step once the fault has ended, by asking again and by nothing else.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import pytest
from fault_bed import CASES, TIMEOUT_S, Bed, Case, bed_for

from bench.sim.rack.wire_faults import WireFault, WireFaultKind
from drivers.errors import InstrumentError
from drivers.measured import Measured, Status

ASKED_UNDER_FAULT, ASKED_AFTER = 3, 3
LONGEST_ASK_S = 12 * TIMEOUT_S + 0.5
"""Of a question and what comes before it when the link must be opened anew; each answer has its own time-out."""
RIGHT_AT_FIRST = {WireFaultKind.DISCONNECT, WireFaultKind.DOUBLED}
"""A new connection is as good as the old one; the first of two equal replies is the right one."""
HARMLESS: Mapping[WireFaultKind, str] = {
    WireFaultKind.FROZEN_VALUE: "the driver cannot know: whoever sees reading after reading does (bench/frozen.py)",
}
"""Faults that the driver cannot see, and who does."""


def is_true(bed: Bed, found: Mapping[str, Measured]) -> bool:
    """Every value said to be good is that of the world as it is now; something was said at all."""
    truth = bed.case.truth(bed.world)
    good = {name: m.value for name, m in found.items() if m.status is Status.GOOD}
    return all(value == pytest.approx(truth[name], rel=bed.case.relative) for name, value in good.items())


def all_good(bed: Bed, found: Mapping[str, Measured]) -> bool:
    return found.keys() == bed.case.truth(bed.world).keys() and all(m.status is Status.GOOD for m in found.values())


def outcome(bed: Bed) -> str:
    """Of one question: an error of the right kind, a flag, or the truth; anything else fails the test."""
    begun_s = time.monotonic()
    try:
        found = bed.ask()
    except InstrumentError:
        found = None
    assert time.monotonic() - begun_s < LONGEST_ASK_S
    if found is None:
        return "error"
    assert is_true(bed, found), found
    return "good" if all_good(bed, found) else "flag"


WIRES = [
    *(pytest.param(case, case.serial, id=f"{case.name}-{'serial' if case.serial else 'tcp'}") for case in CASES),
    *(pytest.param(case, False, id=f"{case.name}-tcp", marks=pytest.mark.long) for case in CASES if case.serial),
]
"""A serial instrument is on a serial line; in the long run it is behind a terminal server, too."""


KINDS = [kind for kind in WireFaultKind if kind not in HARMLESS]


def cell(case: Case, kind: WireFaultKind, *, serial: bool) -> tuple[list[str], list[str]]:
    """What came of the questions while the fault lasted, and after it."""
    with bed_for(case, serial=serial) as bed:
        assert outcome(bed) == "good"
        bed.strike(WireFault(kind, delay_s=4 * TIMEOUT_S))
        during = [outcome(bed) for _ in range(ASKED_UNDER_FAULT)]
        bed.heal()
        if kind is WireFaultKind.LATE_REPLY:
            time.sleep(4 * TIMEOUT_S)  # what is still on its way is of the fault, too
        return during, [outcome(bed) for _ in range(ASKED_AFTER)]


@cache
def row(case: Case, *, serial: bool) -> Mapping[WireFaultKind, "Future[tuple[list[str], list[str]]]"]:
    """The cells of one instrument, side by side: most of their time is waiting for time-outs."""
    pool = ThreadPoolExecutor(len(KINDS))
    cells = {kind: pool.submit(cell, case, kind, serial=serial) for kind in KINDS}
    pool.shutdown(wait=True)
    return cells


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("case", "serial"), WIRES)
def test_under_a_fault_an_error_or_a_flag_and_afterwards_the_truth(case, serial, kind):
    during, after = row(case, serial=serial)[kind].result()
    assert "good" not in during or kind in RIGHT_AT_FIRST, during
    assert after[1:] == ["good"] * (ASKED_AFTER - 1), (during, after)


@pytest.mark.parametrize("case", [case for case in CASES if case.freezes], ids=lambda case: case.name)
def test_a_frozen_value_is_the_same_again_and_again(case):
    with bed_for(case, serial=case.serial) as bed:
        bed.strike(WireFault(WireFaultKind.FROZEN_VALUE))
        values = [{name: m.value for name, m in bed.ask().items()} for _ in range(3)]
        assert values[0] == values[1] == values[2]
        bed.heal()
        assert outcome(bed) == "good"
