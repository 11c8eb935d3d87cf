"""Any method with the filter of sensor faults before it."""

import math
from dataclasses import dataclass, field, replace

from bench.detection.compensated_mass import CompensatedMass
from bench.detection.method import CannotEstimateError, Method
from bench.detection.segments import segments
from bench.detection.sensor_faults.believed import Believed
from bench.detection.sensor_faults.doubt import Doubt, believable
from bench.records import LeakEstimate, Series, Window
from bench.rig import CompartmentRig, Rig


@dataclass(frozen=True, slots=True)
class Careful:
    """What the method says of scans from which the readings of faulty channels are gone, back to where each fault
    began. The faults are looked for in all that was recorded until the window's end, offsets learned in the background
    windows before it.
    """

    method: Method = field(default_factory=CompensatedMass)

    @property
    def name(self) -> str:
        return f"careful_{self.method.name}"

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        filtered = watched(rig, series, window)
        doubts = [doubt for doubt in filtered.doubts if _overlaps(doubt, window)]
        dropped = [doubt for doubt in doubts if doubt.dropped]
        clean = believable(series, dropped, causal=False)
        lost = {doubt.channel for doubt in dropped}
        try:
            found = self.method.estimate(without_gauges(rig, lost), clean, window)
        except CannotEstimateError as error:
            because = "".join(f"; {doubt}" for doubt in dropped)
            raise CannotEstimateError(self.name, window.name, error.reason + because) from error
        own = rig.volume(window.compartment).channels
        alone = (note for note in filtered.alone if note.split(":")[0] in own)
        faulty = tuple(sorted({doubt.channel for doubt in doubts}))
        return replace(found, method=self.name, faulty=faulty, notes=(*found.notes, *map(str, doubts), *alone))


def watched(rig: Rig, series: Series, window: Window) -> Believed:
    """The filter, after all scans until the window's end."""
    begin_s, end_s = min((s for s in window.background if s[1] <= window.begin_s), default=(-math.inf, -math.inf))
    filtered = Believed(rig, series.between(begin_s, end_s) if end_s > begin_s else None)
    filtered.update(series.between(end_s if end_s > begin_s else -math.inf, max(e for _, e in segments(window))))
    return filtered


def without_gauges(rig: Rig, lost: set[str]) -> Rig:
    """Without those gauges: a mean of gauges that come and go would jump. At least one is left in the rig."""
    if not lost or all(g.channel in lost for c in rig.compartments.values() for g in c.gauges):
        return rig
    return replace(rig, compartments={name: _without(c, lost) for name, c in rig.compartments.items()})


def _without(compartment: CompartmentRig, lost: set[str]) -> CompartmentRig:
    return replace(compartment, gauges=tuple(g for g in compartment.gauges if g.channel not in lost))


def _overlaps(doubt: Doubt, window: Window) -> bool:
    return any(doubt.begin_s < end_s and doubt.end_s > begin_s for begin_s, end_s in segments(window))
