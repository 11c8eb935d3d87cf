"""A strip that says which phase the run was in, and lines that carry its boundaries into the plots below."""

from collections.abc import Iterable
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from bench.review.style import GREY, INK, SECONDS_PER_HOUR, legend_above, name_row, spoken
from bench.review.timeline import Phase

TINTS = (
    "#cfe3f1",
    "#fbe0c8",
    "#cdebe0",
    "#f3dfea",
    "#fbeec9",
    "#dcdcdc",
    "#a9cfe8",
    "#efd0b0",
    "#a3dcc8",
    "#e2b9cf",
    "#f2da95",
)
WIDTH_OF_LETTER = 0.0076  # of the strip, at the report's size


def draw_strip(strip: Axes, phases: list[Phase], span_s: tuple[float, float]) -> None:
    """One row per depth. A name stands where it fits; the legend has them all."""
    names = list(dict.fromkeys(phase.name for phase in phases))
    tints = {name: TINTS[place % len(TINTS)] for place, name in enumerate(names)}
    for phase in phases:
        begin, length = phase.begin_s / SECONDS_PER_HOUR, (phase.end_s - phase.begin_s) / SECONDS_PER_HOUR
        strip.barh(-phase.depth, length, left=begin, height=0.9, color=tints[phase.name], edgecolor="white")
        share = (phase.end_s - phase.begin_s) / max(span_s[1] - span_s[0], 1.0)
        lines = wrap(spoken(phase.name), max(1, int(share / WIDTH_OF_LETTER)), break_long_words=False)
        if len(lines) < 3 and max(map(len, lines)) * WIDTH_OF_LETTER < share:
            where = (begin + length / 2, -phase.depth)
            strip.text(*where, "\n".join(lines), ha="center", va="center", fontsize=8.5, linespacing=1.0, color=INK)
    handles = [Patch(color=tints[name], label=spoken(name)) for name in names]
    legend_above(strip, handles=handles, handlelength=1.0)
    name_row(strip, "phases")
    strip.set_axis_off()


def mark_boundaries(axes: Iterable[Axes], phases: list[Phase]) -> None:
    times_h = sorted({t / SECONDS_PER_HOUR for phase in phases for t in (phase.begin_s, phase.end_s)})
    for each in axes:
        for time_h in times_h:
            each.axvline(time_h, color=GREY, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
