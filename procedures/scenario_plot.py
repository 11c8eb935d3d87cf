"""What the simulated rig does under a scenario while nobody acts: the truth itself, not what sensors make of it.

Imports matplotlib: reached only from simulate.draw.
"""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from bench.records import Floats
from bench.review.style import (
    GREY,
    INK,
    LEGEND_COLUMNS,
    RC,
    SECONDS_PER_HOUR,
    SERIES_COLOURS,
    legend_above,
    name_row,
    rows_over_time,
    spoken,
    trace,
)
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario

POINTS = 721
KELVIN_AT_0_CELSIUS = 273.15
WHY_COLUMNS, KEY_COLUMNS = 125, 3
MILLIGRAM_PER_HOUR = 1e-6 / SECONDS_PER_HOUR
LEAST_SPAN = {"°C": 0.1, "mK": 1.0, "10⁻³": 0.1, "Pa": 0.2, "mg/h": 1.0}
"""Smallest height of an axis: what stands still shall look so."""
WALL: dict[str, Any] = {"color": INK, "linestyle": (0, (6, 6)), "linewidth": 0.8}
MARK: dict[str, Any] = {"color": INK, "linestyle": (0, (1, 3)), "linewidth": 1.0}
KEY_SHARE = 0.35
"""Room above the flows for their key."""
MARK_WORDS: dict[str, Any] = {
    "xycoords": ("data", "axes fraction"),
    "textcoords": "offset points",
    "rotation": 90,
    "va": "top",
    "ha": "right",
    "fontsize": 8.5,
    "bbox": {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
    "color": INK,
}
PATH_COLOURS = SERIES_COLOURS[::-1]
SHROUD: dict[str, Any] = {"color": GREY, "linestyle": ":", "linewidth": 2.0}


@dataclass(frozen=True, slots=True)
class Course:
    """One row per instant; wall, gas and pressure have one column per compartment, passed one per path that is the
    scenario's own: hidden leaks, trapped volumes, purification, make-up. SI.
    """

    compartments: tuple[str, ...]
    paths: tuple[str, ...]
    time_s: Floats
    shroud_k: Floats
    wall_k: Floats
    gas_k: Floats
    pressure_pa: Floats
    chamber_pa: Floats
    passed_kg: Floats


def course_of(rig: SimulatedRig, hours: float) -> Course:
    """Run the rig for hours of its virtual time, from where it stands."""
    names = tuple(entry.name for entry in rig.bench.compartment)
    wired = {relief.name for relief in rig.bench.relief}
    stated = {*rig.bench.actuators, *(controller.name for controller in rig.bench.flow_controller), *wired}
    paths = tuple(path.name for path in rig.model.paths if path.name not in stated)
    look_at, nodes = rig.course.columns, range(len(names))
    groups = [
        [look_at.shroud],
        [look_at.wall(node) for node in nodes],
        [look_at.gas(node) for node in nodes],
        [look_at.pressure(node) for node in nodes],
        [look_at.pressure(rig.model.node["chamber"])],
        [look_at.through(rig.model.path[path]) for path in paths],
    ]
    time_s = rig.clock.now() + np.linspace(0.0, hours * SECONDS_PER_HOUR, POINTS)
    table = _followed(rig, time_s, [column for group in groups for column in group])
    shroud, wall, gas, pressure, chamber, passed = np.split(table, np.cumsum([len(group) for group in groups])[:-1], 1)
    return Course(names, paths, time_s, shroud[:, 0], wall, gas, pressure, chamber[:, 0], passed)


def _followed(rig: SimulatedRig, time_s: Floats, columns: list[int]) -> Floats:
    """The truth in these columns, a row an instant."""
    table = np.empty((time_s.size, len(columns)))
    for row, instant_s in zip(table, time_s, strict=True):
        rig.clock.advance_to(float(instant_s))
        now_s = rig.look()
        row[:] = [rig.course.value(column, now_s) for column in columns]
    return table


def save(course: Course, scenario: Scenario, file: Path) -> None:
    """As SVG or PNG, by the file's ending; the same course gives the same bytes."""
    with mpl.rc_context(RC):
        figure = draw(course, scenario)
        figure.savefig(file, dpi=150, metadata={"Date": None} if file.suffix == ".svg" else None)


def draw(course: Course, scenario: Scenario) -> Figure:
    why, key = textwrap.wrap(scenario.why, WHY_COLUMNS), _key(course)
    lines_above = len(why) + 2 - (-len(key) // KEY_COLUMNS)
    span_s = float(course.time_s[0] // SECONDS_PER_HOUR * SECONDS_PER_HOUR), float(course.time_s[-1])
    heights_in = [2.4, 1.3, 1.8, 1.2, *([1.4] if course.paths else [])]
    figure, rows = rows_over_time(heights_in, span_s, lines_above * LEGEND_COLUMNS)
    _temperatures(rows[0], course)
    _curves(rows[1], course, 1e3 * (course.gas_k - course.wall_k), "gas minus wall", "mK")
    _curves(rows[2], course, 1e3 * np.log(course.pressure_pa / course.pressure_pa[0]), "pressure ln(P/P₀)", "10⁻³")
    _curves(rows[3], course, course.chamber_pa[:, None], "chamber pressure", "Pa")
    if course.paths:
        _flows(rows[4], course)
    _marks(rows, scenario, span_s)
    rows[-1].xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 3, 6, 10]))
    rows[-1].set_xlabel("time, hatches closed and chamber pumped / h")
    legend_above(rows[0], handles=key, ncols=KEY_COLUMNS)
    _title(figure, spoken(scenario.name), "\n".join(why))
    return figure


def _title(figure: Figure, name: str, why: str) -> None:
    width, height = figure.get_size_inches()
    figure.text(0.15 / width, 1.0 - 0.12 / height, name, va="top", fontsize=14, weight="bold")
    figure.text(0.15 / width, 1.0 - 0.42 / height, why, va="top", fontsize=11)


def _key(course: Course) -> list[Line2D]:
    colours = zip(course.compartments, SERIES_COLOURS * len(course.compartments), strict=False)
    named = [Line2D([], [], color=colour, linewidth=2.0, label=spoken(name)) for name, colour in colours]
    return [*named, Line2D([], [], label="wall of each", **WALL), Line2D([], [], label="shroud", **SHROUD)]


def _temperatures(axes: Axes, course: Course) -> None:
    """Walls are black, each along the gas that it holds: mostly nearer to it than a line is wide."""
    shroud, walls, gas = (values - KELVIN_AT_0_CELSIUS for values in (course.shroud_k, course.wall_k, course.gas_k))
    trace(axes, course.time_s, shroud, **SHROUD)
    _curves(axes, course, gas, "gas, wall, shroud temperature", "°C")
    for wall in walls.T:
        trace(axes, course.time_s, wall, **WALL)


def _curves(axes: Axes, course: Course, values: Floats, name: str, unit: str) -> None:
    """A column a compartment, each thinner than the one before it: where curves coincide, all colours show."""
    colours = SERIES_COLOURS if values.shape[1] > 1 else (INK,)
    widths = np.arange(values.shape[1], 0, -1) * 1.5
    for column, colour, width in zip(values.T, colours * values.shape[1], widths, strict=False):
        trace(axes, course.time_s, column, color=colour, linewidth=width)
    low, high = axes.get_ylim()
    if high - low < (least := LEAST_SPAN[unit]):
        axes.set_ylim((low + high - least) / 2.0, (low + high + least) / 2.0)
    name_row(axes, name, unit)


def _flows(axes: Axes, course: Course) -> None:
    """Means between two instants, so that a puff shows, too."""
    step_s = np.diff(course.time_s)
    middle_s = course.time_s[1:] - 0.5 * step_s
    flows = np.diff(course.passed_kg, axis=0) / step_s[:, None] / MILLIGRAM_PER_HOUR
    widths = np.arange(len(course.paths), 0, -1) * 1.5
    for path, values, colour, width in zip(course.paths, flows.T, PATH_COLOURS * len(widths), widths, strict=False):
        trace(axes, middle_s, values, color=colour, linewidth=width, label=spoken(path.replace("/", ": ")))
    low, high = min(0.0, float(flows.min())), max(float(flows.max()), LEAST_SPAN["mg/h"])
    axes.set_ylim(low - 0.05 * (high - low), high + KEY_SHARE * (high - low))
    axes.legend(loc="upper left", ncols=KEY_COLUMNS, borderaxespad=0.1)
    name_row(axes, "flow of hidden paths", "mg/h")


def _marks(rows: list[Axes], scenario: Scenario, span_s: tuple[float, float]) -> None:
    """Where the scenario does something at an instant."""
    begin_s, end_s = span_s
    for time_s, words in events(scenario):
        if begin_s < time_s < end_s:
            for axes in rows:
                axes.axvline(time_s / SECONDS_PER_HOUR, **MARK)
            place = (time_s / SECONDS_PER_HOUR, 1.0)
            rows[0].annotate(words, place, (-2.0, -3.0), **MARK_WORDS)


def events(scenario: Scenario) -> Iterator[tuple[float, str]]:
    """Instants and what happens; what is there from the start, or returns again and again, is none."""
    yield from ((trip.at_s, f"{spoken(trip.pump or 'pumps')} trip") for trip in scenario.pump_trip)
    for patch in scenario.patch:
        yield patch.at_s, f"{spoken(patch.leak)}: patch"
        if patch.reopen_s is not None:
            yield patch.reopen_s, f"{spoken(patch.leak)}: opens again"
    yield from ((growth.begin_s, f"{spoken(growth.leak)}: grows") for growth in scenario.growth)
    yield from ((leak.begin_s, f"{spoken(leak.name)}: opens") for leak in scenario.hidden_leak)
    for (begin_s, kind), count in Counter((fault.begin_s, fault.kind) for fault in scenario.fault).items():
        first = next(fault.channel for fault in scenario.fault if (fault.begin_s, fault.kind) == (begin_s, kind))
        yield begin_s, f"{spoken(first) if count == 1 else f'{count} channels'}: {kind}"
