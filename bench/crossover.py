"""Chamber pressure is one quantity, from several gauges: which one counts now.

A gauge counts within its limits. It goes on counting a little beyond them (hysteresis), so that a pressure at a limit
does not go to and fro between two gauges that never quite agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.config.parts import ChamberGauge

HYSTERESIS = 0.2
"""Of a limit, beyond it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a gauge shows, Pa; usable: a good reading, in range."""

    pressure_pa: float
    usable: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """number: of the gauge in the bench file's order, from 1 on; 0 when no gauge can be believed."""

    number: int
    pressure_pa: float


NONE = Chosen(0, float("nan"))


def choose(gauges: Sequence[ChamberGauge], shown: Sequence[Shown], current: int) -> Chosen:
    """current: number of the gauge that counted so far. In the order of the bench file, the first that may count does,
    but the current one stays while it is within its widened limits.
    """
    pressures = [gauge.gas_factor * now.pressure_pa for gauge, now in zip(gauges, shown, strict=True)]
    if current and shown[current - 1].usable and _within(gauges[current - 1], pressures[current - 1], HYSTERESIS):
        return Chosen(current, pressures[current - 1])
    for number, (gauge, now, pressure_pa) in enumerate(zip(gauges, shown, pressures, strict=True), 1):
        if now.usable and _within(gauge, pressure_pa, 0.0):
            return Chosen(number, pressure_pa)
    return NONE


def _within(gauge: ChamberGauge, pressure_pa: float, margin: float) -> bool:
    return gauge.above_pa * (1.0 - margin) <= pressure_pa <= gauge.below_pa * (1.0 + margin)
