"""What a sensing element makes of true values that are straight between knots, compiled: lag and play, closed forms.

A value within a segment depends on the segment's ends and the memory at its beginning alone. Memory moves on only when
a segment has been left behind, so that the newest knot may be replaced until then.
"""

import math

from numba import njit

from bench.sim.knots import TIE_S, Knots
from bench.sim.sensors.spec import FaultKind
from bench.sim.sensors.state import FaultMemory, FaultTerms, Memory, Records, Terms

DETACHED, ATTENUATED = int(FaultKind.DETACHED), int(FaultKind.ATTENUATED)


@njit(cache=True, nogil=True, error_model="numpy")
def enter(terms: Terms, memory: Memory, faults: Records, memories: Records, knots: Knots, newest: int) -> None:
    """Read the segment from memory.knot to the next knot, or none if there is no next."""
    begin = memory.knot % knots.time_s.size
    end = min(memory.knot + 1, newest) % knots.time_s.size
    memory.begin_s, memory.end_s = knots.time_s[begin], knots.time_s[end]
    memory.begin_value, memory.end_value = knots.value[begin, terms.column], knots.value[end, terms.column]
    memory.begin_k, memory.end_k = knots.value[begin, terms.ambient], knots.value[end, terms.ambient]
    memory.lag_s = terms.lag_s
    _surround(memory, faults, memories)


@njit(cache=True, nogil=True, error_model="numpy")
def _surround(memory: Memory, faults: Records, memories: Records) -> None:
    """Put what the element meets in the place of the true values, where a fault keeps these from it."""
    middle_s = 0.5 * (memory.begin_s + memory.end_s)
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        if not fault.begin_s <= middle_s < fault.end_s:
            continue
        if fault.kind == DETACHED:
            memory.begin_value, memory.end_value = memory.begin_k + fault.size, memory.end_k + fault.size
            memory.lag_s = fault.time_constant_s
        elif fault.kind == ATTENUATED:
            before: FaultMemory = memories[number]
            if memory.begin_s <= fault.begin_s + TIE_S:
                before.held = memory.begin_value
            memory.begin_value = before.held + fault.size * (memory.begin_value - before.held)
            memory.end_value = before.held + fault.size * (memory.end_value - before.held)


@njit(cache=True, nogil=True, error_model="numpy")
def reach(
    terms: Terms, memory: Memory, faults: Records, memories: Records, knots: Knots, newest: int, time_s: float
) -> None:
    """Leave all segments behind that end before time_s."""
    while time_s > memory.end_s + TIE_S:
        lagged = lagged_at(memory, memory.end_s)
        memory.played = played_at(memory, terms.half_play, memory.end_s, lagged)
        memory.lagged = lagged
        memory.knot += 1
        enter(terms, memory, faults, memories, knots, newest)


@njit(cache=True, nogil=True, error_model="numpy")
def between(memory: Memory, begin: float, end: float, time_s: float) -> float:
    """On the straight line from begin to end over the segment."""
    if begin == end or time_s >= memory.end_s:
        return end
    return begin + (time_s - memory.begin_s) / (memory.end_s - memory.begin_s) * (end - begin)


@njit(cache=True, nogil=True, error_model="numpy")
def lagged_at(memory: Memory, time_s: float) -> float:
    """First-order lag of a straight input x: y' = (x - y) / lag_s."""
    if memory.lag_s == 0.0:
        return between(memory, memory.begin_value, memory.end_value, time_s)
    gone_s = min(time_s, memory.end_s) - memory.begin_s
    share = -math.expm1(-gone_s / memory.lag_s)
    return (
        memory.lagged + (memory.begin_value - memory.lagged) * share + _slope(memory) * (gone_s - memory.lag_s * share)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def played_at(memory: Memory, half_play: float, time_s: float, lagged: float) -> float:
    """The play after the lagged value has moved from the segment's beginning to lagged, at time_s.

    Where it turns back on its way, y' = 0, it equals its input: exp(-t / lag_s) = s lag_s / (y0 - x0 + s lag_s).
    """
    played, fall = memory.played, _slope(memory) * memory.lag_s
    away = memory.lagged - memory.begin_value + fall
    if fall * away > 0.0 and abs(fall) < abs(away):
        turn_s = -memory.lag_s * math.log(fall / away)
        if turn_s < time_s - memory.begin_s:
            played = _dragged(played, memory.begin_value + _slope(memory) * turn_s, half_play)
    return _dragged(played, lagged, half_play)


@njit(cache=True, nogil=True, error_model="numpy")
def _slope(memory: Memory) -> float:
    length_s = memory.end_s - memory.begin_s
    return (memory.end_value - memory.begin_value) / length_s if length_s > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _dragged(played: float, value: float, half_play: float) -> float:
    return min(max(played, value - half_play), value + half_play)
