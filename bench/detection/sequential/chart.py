"""A chart: one number after every block, and the crew wakes when it is above the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bench.detection.method import CannotEstimateError
from bench.detection.sequential.mass_stream import BLOCK_S, MassBlock, MassStream
from bench.records import LeakEstimate, Series
from bench.rig import WHOLE, CompartmentRig, Rig

MIN_BACKGROUND_BLOCKS = 36
"""Six hours of ten minutes: less says nothing of errors that last an hour."""


@dataclass(frozen=True, slots=True)
class Finding:
    """loss_1_s: fraction of the gas lost per second, with its standard uncertainty. onset_s: when it began."""

    loss_1_s: float
    u_loss_1_s: float
    onset_s: float | None = None
    notes: tuple[str, ...] = ()


class Chart(Protocol):
    def update(self, block: MassBlock) -> float:
        """The score after this block."""
        ...

    def learn(self, background: Sequence[MassBlock]) -> None:
        """What may be learned from blocks of before, with no leak but the nominal one."""
        ...

    @property
    def finding(self) -> Finding:
        """Of the latest block."""
        ...


class ChartMaker(Protocol):
    """A chart's parameters."""

    def start(self, volume: CompartmentRig, block: MassBlock) -> Chart:
        """block: the first one, for what depends on pressure and temperature."""
        ...


@dataclass(frozen=True, slots=True)
class ChartMonitor:
    """threshold: of the chart's score; an alarm is above it. compartment: or WHOLE, with all
    hatches open.
    """

    name: str
    chart: ChartMaker
    threshold: float
    compartment: str = WHOLE
    block_s: float = BLOCK_S

    def start(self, rig: Rig, background: Series | None = None) -> "ChartWatch":
        watch = ChartWatch(self, rig)
        if background is not None:
            watch.learn(background)
        return watch


@dataclass(slots=True)
class ChartWatch:
    monitor: ChartMonitor
    rig: Rig
    _stream: MassStream = field(init=False)
    _chart: Chart | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._stream = self._new_stream()

    def learn(self, background: Series) -> None:
        blocks = self._new_stream().add(background)
        if len(blocks) < MIN_BACKGROUND_BLOCKS:
            reason = f"{len(blocks)} usable blocks, {MIN_BACKGROUND_BLOCKS} needed"
            raise CannotEstimateError(self.monitor.name, "background", reason)
        self._started(blocks[0]).learn(blocks)

    def update(self, series: Series) -> list[LeakEstimate]:
        return [self._answer(block) for block in self._stream.add(series)]

    def _answer(self, block: MassBlock) -> LeakEstimate:
        chart = self._started(block)
        alarm = chart.update(block) > self.monitor.threshold
        finding = chart.finding
        return LeakEstimate(
            self.monitor.name,
            self.monitor.compartment,
            finding.loss_1_s * block.gas_kg,
            finding.u_loss_1_s * block.gas_kg,
            time_s=block.end_s,
            onset_s=finding.onset_s,
            alarm=bool(alarm),
            notes=finding.notes,
        )

    def _new_stream(self) -> MassStream:
        return MassStream(self.rig, self.rig.volume(self.monitor.compartment), self.monitor.block_s)

    def _started(self, block: MassBlock) -> Chart:
        if self._chart is None:
            self._chart = self.monitor.chart.start(self.rig.volume(self.monitor.compartment), block)
        return self._chart


def root_mean_square(values: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
