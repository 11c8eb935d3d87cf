"""Plot of positions: what was open when, and what the bench said meanwhile."""

from collections.abc import Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bench.records import Event, EventKind
from bench.review.evidence import Evidence
from bench.review.phases import mark_boundaries
from bench.review.style import BLUE, GREY, INK, PALE, SECONDS_PER_HOUR, VERMILLION, legend_above, rows_over_time, spoken
from bench.review.timeline import Interval, State, actuators, phases

COLOURS: dict[State, str] = {"open": BLUE, "moving": "#f0c060", "unknown": PALE}
LABELS: dict[State, str] = {"open": "open, or running", "moving": "moving", "unknown": "not known"}
ALARMS = {
    EventKind.INTERLOCK_TRIPPED,
    EventKind.ALARM,
    EventKind.LINK_LOST,
    EventKind.BURST_LOST,
    EventKind.GAP,
    EventKind.ERROR,
    EventKind.COMMAND_REFUSED,
    EventKind.CERTIFICATE_OVERRIDDEN,
}


def alarms(evidence: Evidence) -> list[Event]:
    """The safe state ends every run: it is an alarm only where a step of it failed."""
    unsafe = [e for e in evidence.events if e.kind is EventKind.SAFE_STATE and e.detail.get("failures")]
    return sorted([*unsafe, *(e for e in evidence.events if e.kind in ALARMS)], key=lambda event: event.time_s)


def idle(evidence: Evidence) -> list[str]:
    """Actuators that stayed closed: named in the caption, they need no row."""
    return sorted(name for name, intervals in actuators(evidence).items() if not intervals)


def positions(evidence: Evidence) -> Figure | None:
    moved = {name: intervals for name, intervals in sorted(actuators(evidence).items()) if intervals}
    if not moved:
        return None
    figure, (axes,) = rows_over_time([0.2 + 0.3 * len(moved)], evidence.span_s)
    for row, (name, intervals) in enumerate(moved.items()):
        _bars(axes, row, intervals)
        _commands(axes, row, name, evidence.events)
    axes.set_yticks(range(len(moved)), [fill(spoken(name), 24) for name in moved], fontsize=9.5, linespacing=0.9)
    axes.set_ylim(len(moved) - 0.4, -0.6)
    axes.grid(visible=False, axis="x")
    _alarms(axes, alarms(evidence))
    mark_boundaries([axes], phases(evidence.events, evidence.span_s[1]))
    _legend(axes)
    return figure


def _bars(axes: Axes, row: int, intervals: Sequence[Interval]) -> None:
    for state, colour in COLOURS.items():
        spans = [
            (interval.begin_s / SECONDS_PER_HOUR, (interval.end_s - interval.begin_s) / SECONDS_PER_HOUR)
            for interval in intervals
            if interval.state == state
        ]
        # an outline keeps a position of a few seconds visible in a run of hours
        axes.broken_barh(spans, (row - 0.32, 0.64), facecolor=colour, edgecolor=colour, linewidth=0.8, zorder=2)


def _commands(axes: Axes, row: int, name: str, events: Sequence[Event]) -> None:
    times_h = [
        event.time_s / SECONDS_PER_HOUR
        for event in events
        if event.kind is EventKind.COMMAND_CONFIRMED and str(event.detail.get("command", "")).endswith(f":{name}")
    ]
    axes.plot(times_h, [row] * len(times_h), "|", color=INK, markersize=11, zorder=3)


def _alarms(axes: Axes, events: Sequence[Event]) -> None:
    for event in events:
        axes.axvline(event.time_s / SECONDS_PER_HOUR, color=VERMILLION, linewidth=1.2, zorder=4)


def _legend(axes: Axes) -> None:
    handles: list[Patch | Line2D] = [Patch(color=COLOURS[state], label=LABELS[state]) for state in COLOURS]
    handles += [
        Line2D([], [], color=INK, marker="|", markersize=11, linestyle="none", label="command confirmed"),
        Line2D([], [], color=VERMILLION, label="alarm, see below"),
        Line2D([], [], color=GREY, linewidth=0.7, linestyle=(0, (2, 3)), label="phase boundary"),
    ]
    legend_above(axes, handles=handles, ncols=len(handles))
