"""Voltages and digital lines of an NI chassis: a task for each, made once, read and written in one call."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from nidaqmx import Task
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType, FillMode, LineGrouping, TaskMode
from nidaqmx.stream_readers import AnalogMultiChannelReader, DigitalMultiChannelReader
from nidaqmx.stream_writers import DigitalMultiChannelWriter
from numpy.typing import NDArray

from drivers.measured import Measured, Status


class AnalogInputs(AnalogMultiChannelReader):  # type: ignore[misc]  # nidaqmx has no types
    """Voltages, clocked by the hardware once the task is started; reads never wait."""

    def __init__(self, task: Task, terminals: Sequence[str], rate_hz: float) -> None:
        super().__init__(task.in_stream)
        add = task.ai_channels.add_ai_voltage_chan
        channels = [add(name, name.replace("/", "_"), min_val=-10.0, max_val=10.0) for name in terminals]
        task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.CONTINUOUS)
        task.control(TaskMode.TASK_COMMIT)  # a converter in use elsewhere is refused now
        self.rate_hz = float(task.timing.samp_clk_rate)  # modules with a clock of their own take the nearest they can
        self.limits_v = {name: float(channel.ai_rng_high) for name, channel in zip(terminals, channels, strict=True)}
        self.settings = {f"{name} limit_v": f"{limit_v:g}" for name, limit_v in self.limits_v.items()}
        self._room = np.zeros((len(terminals), max(64, int(2 * self.rate_hz))))
        self.start = task.start

    def read(self) -> dict[str, Measured]:
        """Means of what arrived since the last read. The newest sample counts as taken now: its age is unknown."""
        blocks = [self._read_block()]
        while blocks[-1].size == self._room.size:
            blocks.append(self._read_block())
        volts = np.concatenate(blocks, axis=1)
        if not volts.size:
            return {}
        offset_s = -(volts.shape[1] - 1) / (2 * self.rate_hz)
        worst_v = volts[np.arange(len(volts)), np.abs(volts).argmax(axis=1)]
        rows = zip(self.limits_v.items(), volts.mean(axis=1).tolist(), worst_v.tolist(), strict=True)
        return {name: judged(mean_v, extreme_v, limit_v, offset_s) for (name, limit_v), mean_v, extreme_v in rows}

    def _read_block(self) -> NDArray[np.float64]:
        """One call for all that fits, packed at the beginning; the public method asks first how much there is."""
        _, samples = self._interpreter.read_analog_f64(
            self._handle, READ_ALL_AVAILABLE, 0.0, FillMode.GROUP_BY_CHANNEL.value, self._room
        )
        return self._room.flat[: len(self._room) * samples].reshape(len(self._room), samples)  # a copy


def judged(mean_v: float, extreme_v: float, limit_v: float, offset_s: float) -> Measured:
    """Mean of a block. One sample at the limit of the converter spoils it: how far beyond it was is unknown."""
    if abs(extreme_v) < limit_v:
        return Measured(mean_v, Status.GOOD, offset_s)
    status = Status.OVERRANGE if extreme_v > 0 else Status.UNDERRANGE
    return Measured(float(np.clip(extreme_v, -limit_v, limit_v)), status, offset_s)


LEVELS: Final = (Measured(0.0, Status.GOOD), Measured(1.0, Status.GOOD))


class Lines:
    """Digital lines, one channel each, in one task: all are read, and all are written, in one call."""

    def __init__(self, task: Task, lines: Sequence[str], add_channel: Callable[..., object]) -> None:
        self._lines = tuple(lines)
        for line in lines:
            add_channel(line, line.replace("/", "_"), LineGrouping.CHAN_PER_LINE)
        self._reader = DigitalMultiChannelReader(task.in_stream)
        self._writer = DigitalMultiChannelWriter(task.out_stream)
        self._reader.verify_array_shape = self._writer.verify_array_shape = False  # else each asks the server twice
        self._driven = self.levels()  # before anything else touches an output
        task.start()  # a line in use elsewhere is refused now; later calls need not start and stop it

    def levels(self) -> dict[str, bool]:
        self._reader.read_one_sample_one_line(array := np.zeros(len(self._lines), dtype=np.bool_))
        return dict(zip(self._lines, array.tolist(), strict=True))

    def read(self) -> dict[str, Measured]:
        return {line: LEVELS[level] for line, level in self.levels().items()}

    def write(self, line: str, *, state: bool) -> None:
        driven = self._driven | {line: state}
        self._writer.write_one_sample_one_line(np.array(list(driven.values()), dtype=np.bool_))
        self._driven = driven
