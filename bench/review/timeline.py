"""When what was open, moving or at work: intervals from the end switches and from the events."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.records import Event, EventKind, Floats
from bench.review.evidence import Evidence

State = Literal["closed", "open", "moving", "unknown"]
STATES: tuple[State, ...] = ("closed", "open", "moving", "unknown")
SWITCH = re.compile(r"(?P<actuator>.+)_(?P<position>open|closed|running)")


@dataclass(frozen=True, slots=True)
class Interval:
    begin_s: float
    end_s: float
    state: State = "open"


@dataclass(frozen=True, slots=True)
class Phase:
    """depth: how many phases it lies in."""

    name: str
    begin_s: float
    end_s: float
    depth: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A window that methods were asked about."""

    name: str
    compartment: str
    begin_s: float
    end_s: float


def actuators(evidence: Evidence) -> dict[str, list[Interval]]:
    """Valves, hatches and pumps, each with the intervals in which it was not closed; a running pump counts as open."""
    switches: dict[str, dict[str, Floats]] = {}
    for name, values in evidence.series.columns.items():
        if found := SWITCH.fullmatch(name):
            switches.setdefault(found["actuator"], {})[found["position"]] = values
    time_s = evidence.series.time_s
    timelines = {name: _intervals(time_s, _codes(positions)) for name, positions in switches.items()}
    return {**_told(evidence), **timelines}


def _codes(switches: Mapping[str, Floats]) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Indices into STATES. One switch alone tells open from closed, not either from moving."""
    first = next(iter(switches.values()))
    opened = switches.get("open", switches.get("running"))
    closed = switches.get("closed")
    on = np.asarray(opened > 0.5 if opened is not None else ~(first > 0.5))
    off = np.asarray(closed > 0.5 if closed is not None else ~on)
    codes = np.select([on & ~off, off & ~on, ~on & ~off], [1, 0, 2], default=3)
    codes[np.any([np.isnan(values) for values in switches.values()], axis=0)] = 3
    return codes


def _intervals(time_s: Floats, codes: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> list[Interval]:
    if not time_s.size:
        return []
    begins = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1])
    ends = np.append(begins[1:], time_s.size - 1)
    spans = zip(time_s[begins], time_s[ends], codes[begins], strict=True)
    return [Interval(float(begin), float(end), STATES[code]) for begin, end, code in spans if code]


def _told(evidence: Evidence) -> dict[str, list[Interval]]:
    """What the events say of positions, for an actuator without end switches."""
    opened: dict[str, float] = {}
    intervals: dict[str, list[Interval]] = {}
    for event in evidence.events:
        if event.kind is EventKind.POSITION_REACHED:
            name = str(event.detail.get("actuator"))
            intervals.setdefault(name, [])
            if event.detail.get("position") == "open":
                opened.setdefault(name, event.time_s)
            elif name in opened:
                intervals[name].append(Interval(opened.pop(name), event.time_s))
    for name, begin_s in opened.items():
        intervals[name].append(Interval(begin_s, evidence.span_s[1]))
    return intervals


def phases(events: Sequence[Event], end_s: float) -> list[Phase]:
    """In the order begun; a phase that nobody ended lasts to the end of the record."""
    running: list[tuple[str, float]] = []
    found: list[Phase] = []
    for event in events:
        name = str(event.detail.get("phase"))
        if event.kind is EventKind.PHASE_BEGUN:
            running.append((name, event.time_s))
        elif event.kind is EventKind.PHASE_ENDED and name in dict(running):
            while running:
                inner, begin_s = running.pop()
                found.append(Phase(inner, begin_s, event.time_s, len(running)))
                if inner == name:
                    break
    found += [Phase(name, begin_s, end_s, depth) for depth, (name, begin_s) in enumerate(running)]
    return sorted(found, key=lambda phase: (phase.begin_s, phase.depth))


def windows(events: Sequence[Event]) -> list[Asked]:
    asked = []
    for event in events:
        about = {"window": event.detail.get("name"), **event.detail}
        begin_s, end_s = about.get("begin_s"), about.get("end_s")
        if event.kind is EventKind.WINDOW and isinstance(begin_s, float | int) and isinstance(end_s, float | int):
            asked.append(Asked(str(about["window"]), str(about.get("compartment")), begin_s, end_s))
    return asked


def touches(actuator: str, evidence: Evidence, compartment: str) -> bool:
    """Whether the actuator is named after the compartment, or after what precedes _pressure in its pressure channel."""
    stems = [compartment, *(c.name.removesuffix("_pressure") for c in evidence.of("pressure", compartment))]
    return any(re.search(rf"(^|_){re.escape(stem)}(_|$)", actuator) for stem in stems)
