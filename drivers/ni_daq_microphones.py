"""Ultrasonic microphones on the inputs of a sound and vibration module, recorded in bursts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from nidaqmx import Task
from nidaqmx.constants import AcquisitionType, FillMode, SoundPressureUnits, TaskMode
from nidaqmx.stream_readers import AnalogMultiChannelReader
from numpy.typing import NDArray

from drivers.errors import CommandRefused


class Microphone(Protocol):
    """What a channel must be told. input: a physical channel, such as PXI1Slot2/ai0. sensitivity_v_pa: the maker's.
    max_level_db: re 20 uPa, what the channel must take; the module chooses its gain by it.
    """

    @property
    def input(self) -> str: ...
    @property
    def sensitivity_v_pa(self) -> float: ...
    @property
    def max_level_db(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Plan:
    microphones: Sequence[Microphone] = ()
    rate_hz: float = 200e3
    burst_s: float = 0.5


class Bursts(AnalogMultiChannelReader):  # type: ignore[misc]  # nidaqmx has no types
    """One finite task of all microphones; the module feeds them (IEPE, 4 mA). Nothing here waits."""

    def __init__(self, task: Task, plan: Plan) -> None:
        super().__init__(task.in_stream)
        for microphone in plan.microphones:
            task.ai_channels.add_ai_microphone_chan(
                microphone.input,
                microphone.input.replace("/", "_"),
                units=SoundPressureUnits.PA,
                mic_sensitivity=1e3 * microphone.sensitivity_v_pa,  # in mV/Pa
                max_snd_press_level=microphone.max_level_db,
            )
        samples = round(plan.burst_s * plan.rate_hz)
        task.timing.cfg_samp_clk_timing(plan.rate_hz, sample_mode=AcquisitionType.FINITE, samps_per_chan=samples)
        task.control(TaskMode.TASK_COMMIT)  # a converter in use elsewhere is refused now, and each start is fast
        self.rate_hz = float(task.timing.samp_clk_rate)  # of the rates that the module has, the nearest above
        self.settings = {
            "burst_rate_hz": f"{self.rate_hz:g}",
            "burst_samples": f"{samples}",
            **{f"{m.input} v_pa": f"{m.sensitivity_v_pa:g}" for m in plan.microphones},
        }
        self._shape = (len(plan.microphones), samples)
        self._stop, self._begin, self.ready = task.stop, task.start, task.is_task_done
        self._standing = True
        self.on = False

    def start(self) -> None:
        if self.on:
            raise CommandRefused("NI-DAQmx, microphones: a burst is on. Remedy: fetch_burst() or abandon_burst().")
        if not self._standing:  # the one before was never fetched
            self._stop()
        self._standing = False
        self._begin()
        self.on = True

    def fetch(self) -> NDArray[np.float64]:
        """One call for all: pascals, (microphones, samples). Whatever comes of it, this burst is over."""
        self.on = False
        pressures_pa = np.empty(self._shape)
        self._interpreter.read_analog_f64(
            self._handle, self._shape[1], 0.0, FillMode.GROUP_BY_CHANNEL.value, pressures_pa
        )
        self._stop()
        self._standing = True
        return pressures_pa
