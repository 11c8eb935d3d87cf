"""A filter before any method: scans in, scans out with NaN where a channel is not to be believed, and why.

Gauges of compartments joined by open hatches must agree, and gas thermometers of one compartment; a sensor whose value
never moves is stuck; one whose readings get lost is named. What it does depends on the past alone, and not on the
pieces in which the scans come. A gauge alone in its compartment cannot be told from the gas: that is said (`alone`).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.detection.sensor_faults.doubt import Doubt, Fault, believable
from bench.detection.sensor_faults.dropouts import Dropouts
from bench.detection.sensor_faults.joined import joined_compartments
from bench.detection.sensor_faults.peers import BLOCK_S, LEARN_BLOCKS, Finding, Peers, Sensor
from bench.detection.sensor_faults.stuck import StillReadings
from bench.detection.stream import BlockStream
from bench.records import Series
from bench.rig import CompartmentRig, GasThermometer, Hygrometer, PressureGauge, Rig

ATMOSPHERE_PA = 101_325.0


class Believed:
    """background: scans from before with no fault in them; without it the first two hours are taken for that."""

    def __init__(self, rig: Rig, background: Series | None = None) -> None:
        self._rig = rig
        sensors: list[PressureGauge | GasThermometer | Hygrometer] = []
        for compartment in rig.compartments.values():
            sensors += [*compartment.gauges, *compartment.thermometers, *compartment.hygrometers]
        self._stream = BlockStream(rig.channels, BLOCK_S)
        self._still = StillReadings([sensor.channel for sensor in sensors if sensor.noise.white > 0.0])
        self._dropouts = Dropouts([sensor.channel for sensor in sensors])
        self._peers: dict[tuple[str, ...], Peers] = {}
        self._open: dict[str, Doubt] = {}
        self._told: list[Doubt] = []
        self._alone: tuple[str, ...] = ()
        if background is not None:
            self._look(background, learning=True)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All so far, in the order in which they were found."""
        return tuple(sorted(self._told, key=lambda doubt: (doubt.found_s, doubt.channel)))

    @property
    def alone(self) -> tuple[str, ...]:
        """Notes on gauges that nothing could have contradicted, as the hatches were at last."""
        reason = "hatches shut, one gauge: cannot tell a drift or step of it from gas that goes"
        return tuple(f"{channel}: {reason}" for channel in self._alone)

    def update(self, series: Series) -> Series:
        """Scans later than all before."""
        self._look(series, learning=False)
        return believable(series, self._told, causal=True)

    def _look(self, series: Series, *, learning: bool) -> None:
        for doubt in (*self._still.add(series, learning=learning), *self._dropouts.add(series, learning=learning)):
            self._tell(doubt)
        blocks = self._stream.add(believable(series, self._stuck(), causal=True))
        for row, end_s in enumerate(blocks.end_s):
            self._compare(float(end_s), {name: float(v[row]) for name, v in blocks.values.items()}, learning=learning)

    def _stuck(self) -> list[Doubt]:
        """What stands still tells nothing of the others."""
        return [doubt for doubt in self._told if doubt.fault == Fault.STUCK]

    def _tell(self, doubt: Doubt) -> None:
        """A doubt that ends replaces itself."""
        same = [(d.channel, d.fault, d.found_s) for d in self._told]
        key = (doubt.channel, doubt.fault, doubt.found_s)
        if key in same:
            self._told[same.index(key)] = doubt
        else:
            self._told.append(doubt)

    def _compare(self, end_s: float, values: dict[str, float], *, learning: bool) -> None:
        groups = [[_thermometer(t) for t in c.thermometers] for c in self._rig.compartments.values()]
        joined = [[_gauge(g) for c in part for g in c.gauges] for part in self._joined(values)]
        self._alone = tuple(group[0].channel for group in joined if len(group) == 1)
        for group in (*groups, *joined):
            if len(group) > 1:
                self._compare_group(end_s, group, values, learning=learning)

    def _joined(self, values: dict[str, float]) -> list[list[CompartmentRig]]:
        parts = joined_compartments(self._rig, values)
        return [[self._rig.compartments[name] for name in part] for part in parts]

    def _compare_group(
        self, end_s: float, group: Sequence[Sensor], values: dict[str, float], *, learning: bool
    ) -> None:
        channels = tuple(sensor.channel for sensor in group)
        if channels not in self._peers:
            self._peers[channels] = Peers(group)
        peers = self._peers[channels]
        read = np.array([values[channel] for channel in channels])
        if learning or peers.learned_blocks < LEARN_BLOCKS:
            peers.learn(end_s - 0.5 * BLOCK_S, read)
            return
        believed = [channel not in self._open for channel in channels]
        for finding in peers.add(end_s, read, believed):
            self._doubt(end_s, group, finding, others=sum(believed) - 1)
            if sum(believed) == 2:
                break
            believed[finding.place] = False
        self._believe_again(end_s, peers, channels)

    def _doubt(self, end_s: float, group: Sequence[Sensor], finding: Finding, others: int) -> None:
        sensor = group[finding.place]
        if others < 2:
            about = " and ".join(s.channel for s in group if s.channel not in self._open or s is sensor)
            doubt = Doubt(sensor.channel, Fault.DISAGREE, _since(finding), end_s, f"of {about}: cannot tell which")
        else:
            fault = Fault.STEPPED if finding.stepped else Fault.APART
            reason = f"{finding.size:+.3g} from {others} others ({finding.sigmas:.1f} sigma)"
            doubt = Doubt(sensor.channel, fault, _since(finding), end_s, reason)
        self._open[sensor.channel] = doubt
        self._tell(doubt)

    def _believe_again(self, end_s: float, peers: Peers, channels: tuple[str, ...]) -> None:
        believed = [channel not in self._open for channel in channels]
        for place, channel in enumerate(channels):
            if channel in self._open and peers.agrees(end_s, place, believed):
                self._tell(replace(self._open.pop(channel), end_s=end_s))


def _since(finding: Finding) -> float:
    """A drift may be as old as the offsets."""
    return -np.inf if finding.since_s is None else finding.since_s


def _gauge(gauge: PressureGauge) -> Sensor:
    """Its systematic part may be one of its gain."""
    return Sensor(gauge.channel, gauge.noise, gauge.u_pa / ATMOSPHERE_PA)


def _thermometer(thermometer: GasThermometer) -> Sensor:
    return Sensor(thermometer.channel, thermometer.noise)
