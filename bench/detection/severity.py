"""How bad it is, in words an operator uses."""

from dataclasses import dataclass
from enum import StrEnum

from bench.detection.time_to_limit import SAFE
from bench.records import LeakEstimate

HOUR_S, DAY_S = 3600.0, 86_400.0
STATION_KG = 1095.0
"""Air in 916 m3 (science 1.6)."""
NIGHT_S = 12 * HOUR_S
"""From now until a rested crew has found and isolated it."""


class Severity(StrEnum):
    NOTHING_SHOWN = "no leak shown"
    NO_ACTION = "no action tonight"
    MORNING = "look for it in the morning"
    WAKE = "wake the crew, find it now"
    ISOLATE = "isolate now"


@dataclass(frozen=True, slots=True)
class Assessment:
    """station_kg_day: what the same loss would be on a station."""

    severity: Severity
    station_kg_day: float
    safe_s: float

    def __str__(self) -> str:
        left = f"at least {self.safe_s / HOUR_S:.0f} h to the limit"
        return f"{self.severity}: {self.station_kg_day:.2g} kg/day on a station, {left}"


def assess(found: LeakEstimate, gas_kg: float) -> Assessment:
    """By the safe time that the estimate carries (time_to_limit.with_time_to_limit); gas_kg: what is inside."""
    safe_s = found.time_to_limit_s[SAFE]
    station_kg_day = found.rate_kg_s / gas_kg * STATION_KG * DAY_S
    return Assessment(_severity(found, safe_s), station_kg_day, safe_s)


def _severity(found: LeakEstimate, safe_s: float) -> Severity:
    if found.rate_kg_s < (found.detectable_kg_s or 2.0 * found.u_kg_s) and safe_s > NIGHT_S:
        return Severity.NOTHING_SHOWN
    steps = ((2 * HOUR_S, Severity.ISOLATE), (NIGHT_S, Severity.WAKE), (30 * DAY_S, Severity.MORNING))
    return next((severity for within_s, severity in steps if safe_s < within_s), Severity.NO_ACTION)
