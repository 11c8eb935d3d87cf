"""What acts on the rig from outside and by the clock alone, compiled: shroud, room, actuators, set points, patches."""

import math

from bench.records import Floats
from bench.sim.compiled import compiled
from bench.sim.plant.elements import patch_factor
from bench.sim.plant.state import (
    CURE_S,
    FROM_PA,
    FROM_S,
    GROWN,
    GROWS_S,
    GROWTH_S,
    PATCHED_S,
    POSITION,
    RATE_PA_S,
    REOPENED_S,
    REOPENING,
    RESIDUAL,
    SINCE_S,
    TARGET_PA,
    TRAVEL_S,
    WANTED,
)


@compiled
def shroud_temperature(shroud: Floats, weather: Floats, ramps: Floats, time_s: float) -> float:
    base, drift, swing, period = shroud
    value = base + drift * time_s + swing * math.sin(2.0 * math.pi * time_s / period)
    for k in range(ramps.shape[0]):
        begin, over, size = ramps[k]
        value += size * min(max((time_s - begin) / over, 0.0), 1.0)
    hour = min(max(time_s / 3600.0, 0.0), float(weather.size - 1))
    before = int(hour)
    after = min(before + 1, weather.size - 1)
    return value + weather[before] + (hour - before) * (weather[after] - weather[before])


@compiled
def room_pressure(room: Floats, time_s: float) -> float:
    return room[0] + room[1] * (min(max(time_s, room[2]), room[3]) - room[2])


@compiled
def position(move: Floats, time_s: float) -> float:
    """Of an actuator that travels at constant speed: 0 closed, 1 open; of a pump: share of its full speed."""
    gap = move[WANTED] - move[POSITION]
    if gap == 0.0 or time_s <= move[SINCE_S]:
        return move[POSITION]
    share = (time_s - move[SINCE_S]) / (abs(gap) * move[TRAVEL_S])
    return move[WANTED] if share >= 1.0 - 1e-12 else move[POSITION] + gap * share


@compiled
def set_point(control: Floats, time_s: float) -> float:
    """The pressure controller's ramp, Pa."""
    gap = control[TARGET_PA] - control[FROM_PA]
    if gap == 0.0 or control[RATE_PA_S] == math.inf:
        return control[TARGET_PA]
    gone = control[RATE_PA_S] * max(time_s - control[FROM_S], 0.0)
    return control[TARGET_PA] if gone >= abs(gap) else control[FROM_PA] + math.copysign(gone, gap)


@compiled
def conductance_factor(path: Floats, time_s: float) -> float:
    """Of a leak's conductance: its patch (science 1.2.8) and its growth."""
    factor = 1.0
    if time_s >= path[PATCHED_S]:
        since_reopening_s = time_s - path[REOPENED_S]
        factor = patch_factor(
            time_s - path[PATCHED_S], path[RESIDUAL], path[CURE_S], since_reopening_s, path[REOPENING]
        )
    if time_s > path[GROWS_S]:
        factor *= math.pow(path[GROWN], min((time_s - path[GROWS_S]) / path[GROWTH_S], 1.0))
    return factor
