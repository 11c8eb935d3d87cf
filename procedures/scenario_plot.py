"""What the simulated rig does under a scenario while nobody acts: the truth itself, not what sensors make of it.

Imports matplotlib: reached only from simulate.draw.
"""

import textwrap
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
LEAST_SPAN = {"°C": 0.1, "mK": 1.0, "10⁻³": 0.1, "Pa": 1.0}
"""Smallest height of an axis: what stands still shall look so."""
WALL: dict[str, Any] = {"color": INK, "linestyle": (0, (6, 6)), "linewidth": 0.8}
SHROUD: dict[str, Any] = {"color": GREY, "linestyle": ":", "linewidth": 2.0}


@dataclass(frozen=True, slots=True)
class Course:
    """One row per instant; wall, gas and pressure have one column per compartment. SI."""

    compartments: tuple[str, ...]
    time_s: Floats
    shroud_k: Floats
    wall_k: Floats
    gas_k: Floats
    pressure_pa: Floats
    chamber_pa: Floats


def course_of(rig: SimulatedRig, hours: float) -> Course:
    """Run the rig for hours of its virtual time, from where it stands."""
    names = tuple(entry.name for entry in rig.bench.compartment)
    nodes, chamber_node = range(len(names)), rig.model.node["chamber"]
    columns = rig.course.columns
    time_s = rig.clock.now() + np.linspace(0.0, hours * SECONDS_PER_HOUR, POINTS)
    wall, gas, pressure, chamber = ([] for _ in range(4))
    for instant_s in time_s:
        rig.clock.advance_to(float(instant_s))
        now_s = rig.look()
        wall.append([rig.course.value(columns.wall(node), now_s) for node in nodes])
        gas.append([rig.course.value(columns.gas(node), now_s) for node in nodes])
        pressure.append([rig.true_pressure_pa(node) for node in nodes])
        chamber.append(rig.true_pressure_pa(chamber_node))
    columns = (np.array(values) for values in (wall, gas, pressure, chamber))
    return Course(names, time_s, np.array([rig.shroud_k(float(t)) for t in time_s]), *columns)


def save(course: Course, scenario: Scenario, file: Path) -> None:
    """As SVG or PNG, by the file's ending; the same course gives the same bytes."""
    with mpl.rc_context(RC):
        figure = draw(course, scenario)
        figure.savefig(file, dpi=150, metadata={"Date": None} if file.suffix == ".svg" else None)


def draw(course: Course, scenario: Scenario) -> Figure:
    why, key = textwrap.wrap(scenario.why, WHY_COLUMNS), _key(course)
    lines_above = len(why) + 2 - (-len(key) // KEY_COLUMNS)
    span_s = float(course.time_s[0]), float(course.time_s[-1])
    figure, rows = rows_over_time([2.4, 1.3, 1.8, 1.2], span_s, lines_above * LEGEND_COLUMNS)
    _temperatures(rows[0], course)
    _curves(rows[1], course, 1e3 * (course.gas_k - course.wall_k), "gas minus wall", "mK")
    _curves(rows[2], course, 1e3 * np.log(course.pressure_pa / course.pressure_pa[0]), "pressure ln(P/P₀)", "10⁻³")
    _curves(rows[3], course, course.chamber_pa[:, None], "chamber pressure", "Pa")
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
