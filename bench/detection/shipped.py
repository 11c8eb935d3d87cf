"""The methods that come with the bench."""

from collections.abc import Mapping

from bench.detection.attribution.method import Attribution
from bench.detection.attribution.watch import AttributionMonitor
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.isolation.monitor import HatchIsolation
from bench.detection.leak_kind import LeakKind
from bench.detection.mass_point import MassPoint
from bench.detection.method import Method
from bench.detection.monitor import Monitor
from bench.detection.pressure_alarm import PressureAlarm
from bench.detection.pressure_decay import PressureDecay
from bench.detection.sequential.monitors import monitors as sequential


def methods() -> Mapping[str, Method]:
    """Name -> method. A new method is one file beside these and one entry here."""
    rates = (PressureAlarm(), PressureDecay(), MassPoint(), CompensatedMass())
    shipped: tuple[Method, ...] = (*rates, Attribution(), LeakKind())
    return {method.name: method for method in shipped}


def monitors() -> Mapping[str, Monitor]:
    """Name -> monitor. Those of sequential/ watch all compartments with their hatches open, unless told one."""
    shipped: tuple[Monitor, ...] = (*sequential(), AttributionMonitor(), HatchIsolation())
    return {monitor.name: monitor for monitor in shipped}


def every() -> Mapping[str, Method | Monitor]:
    """Both. What answers both ways may stand in either."""
    return {**methods(), **monitors()}
