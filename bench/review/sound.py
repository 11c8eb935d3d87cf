"""Plot of what the microphones heard: each compartment with every leak closed, and with each of its leaks open."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.acoustics import REFERENCE_PA, frames
from bench.records import EventKind, Floats
from bench.review.evidence import Evidence
from bench.review.style import INK, SERIES_COLOURS, WIDTH_IN, spoken
from bench.waveforms import BurstFile, read_burst

ROW_IN, COLUMNS = 2.6, 2
BAND_POWER = "_band_power"
LOWEST_PA2_HZ = 1e-24  # -160 dB: a logarithm has no place for a channel that delivers nothing


def spectra(evidence: Evidence) -> Figure | None:
    """A panel for each compartment that was heard at such a moment."""
    panels = {name: list(_moments(evidence, name)) for name in _ears(evidence)}
    heard = {name: moments for name, moments in panels.items() if moments}
    if not heard:
        return None
    rows = -(-len(heard) // COLUMNS)
    figure = Figure(figsize=(WIDTH_IN, 0.3 + ROW_IN * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for panel, (compartment, moments) in zip(axes.flat, heard.items(), strict=False):
        _draw(panel, evidence, compartment, moments)
    for spare in axes.flat[len(heard) :]:
        spare.set_axis_off()
    return figure


def _ears(evidence: Evidence) -> dict[str, list[str]]:
    """Microphones by compartment."""
    found: dict[str, list[str]] = {}
    for channel in evidence.of("band_power"):
        found.setdefault(channel.compartment or "", []).append(channel.name.removesuffix(BAND_POWER))
    return found


def _moments(evidence: Evidence, compartment: str) -> Iterator[tuple[str, BurstFile]]:
    """A burst with every leak closed, then the first with each leak of the compartment open, as far as heard."""
    seen: set[str] = set()
    for label, (begin_s, end_s) in _spans(evidence, compartment):
        burst = next((entry for entry in evidence.bursts if begin_s <= entry.t0_s < end_s), None)
        if burst is not None and label not in seen:
            seen.add(label)
            yield label, burst


def _spans(evidence: Evidence, compartment: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """What to call them, and from when to when: of the windows that methods were asked about."""
    asked = [event.detail for event in evidence.events if event.kind is EventKind.WINDOW]
    for about in asked[:1]:
        yield from (("every leak closed", span) for span in _listed(about.get("background")))
    for about in asked:
        if about.get("compartment") == compartment:
            yield str(about.get("window")), (about.get("begin_s"), about.get("end_s"))


def _listed(value: object) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _draw(axes: Axes, evidence: Evidence, compartment: str, moments: list[tuple[str, BurstFile]]) -> None:
    names = _ears(evidence)[compartment]
    for (label, entry), colour in zip(moments, (INK, *SERIES_COLOURS * len(moments)), strict=False):
        frequency_hz, level_db = _spectrum(evidence, entry, names)
        axes.plot(frequency_hz / 1e3, level_db, color=colour, linewidth=1.1, label=spoken(label))
    axes.set_title(spoken(compartment))
    axes.set_xlabel("frequency / kHz")
    axes.set_ylabel("dB re 20 µPa/√Hz")
    axes.label_outer()
    axes.legend(loc="lower left", fontsize=8.5)  # where converters leave room: they filter at the right


def _spectrum(evidence: Evidence, entry: BurstFile, names: list[str]) -> tuple[Floats, Floats]:
    """Hz, and the mean density of these microphones as a level; without the lines at the ends, which are half ones."""
    burst = read_burst(evidence.folder / entry.file)
    rows = [burst.microphones.index(name) for name in names if name in burst.microphones]
    frequency_hz, density = frames(burst.pressures_pa[rows], burst.dt_s)
    mean = np.maximum(density.mean(axis=(0, 2)), LOWEST_PA2_HZ)
    return frequency_hz[1:-1], 10.0 * np.log10(mean[1:-1] / REFERENCE_PA**2)
