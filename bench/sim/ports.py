"""Where the simulated instruments touch the rig: each sees only what its real counterpart is plumbed or wired to."""

import math

import numpy as np
from numpy.typing import NDArray

from bench.config.model import Bench, ChannelEntry
from bench.records import Floats
from bench.sim.rig import SimulatedRig


class SupplyPort:
    """The pressure controller's outlet: it regulates the line behind the fill valve."""

    def __init__(self, rig: SimulatedRig, entry: ChannelEntry) -> None:
        self._rig = rig
        self._entry = entry
        self._venting = False

    def line_pressure_pa(self) -> float:
        return self._rig.shown(self._entry)

    def line_rate_pa_s(self) -> float:
        """Of the controller's own ramp: what its slew display settles on."""
        state = self._rig.state()
        gap = float(state.controller[1] - state.controller[3])
        return math.copysign(float(state.controller[2]), gap) if self.controlling() and gap else 0.0

    def source_pressure_pa(self) -> float:
        return self._rig.bench.supply.source_pressure_pa

    def barometer_pa(self) -> float:
        return float(self._rig.model.plant.gas[2])

    def effort_percent(self) -> float:
        state, plant = self._rig.state(), self._rig.model.plant
        if not self.controlling():
            return 0.0
        wanted = float(plant.supply_limits[1] * (state.controller[3] - state.controller[4]))
        return 100.0 * max(-1.0, min(1.0, wanted / float(plant.supply_limits[0])))

    def set_target(self, pressure_pa: float, rate_pa_s: float | None) -> None:
        self._set(1, self._rig.regulated(self._entry, pressure_pa))
        self._set(2, math.inf if rate_pa_s is None else rate_pa_s)

    def set_control(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        """Switched on, the ramp starts from the pressure that is there."""
        if on and not self.controlling():
            self._set(3, float(self._rig.state().controller[4]))
        self._set(0, float(on))

    def controlling(self) -> bool:
        return bool(self._rig.state().controller[0] > 0.0)

    def set_vent(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        """Vent the line: control towards the room at full speed."""
        self._venting = on
        self.set_control(on)
        if on:
            self.set_target(self.barometer_pa(), None)

    def venting(self) -> bool:
        return self._venting and abs(self.line_pressure_pa() - self.barometer_pa()) > 100.0

    def now_s(self) -> float:
        return self._rig.clock.now()

    def _set(self, place: int, value: float) -> None:
        self._rig.command(lambda state: state.controller.__setitem__(place, value))


class ChassisPort:
    """The NI chassis: transducer voltages, and every digital line."""

    def __init__(self, rig: SimulatedRig, entries: dict[str, ChannelEntry]) -> None:
        self._rig = rig
        self._entries = entries
        self.read_line = rig.read_line
        self.write_line = rig.write_line

    def analog(self, channel: str, times_s: NDArray[np.float64]) -> Floats:
        """Volts at past or present times; a transducer that delivers nothing leaves 0 V on the terminal."""
        entry = self._entries[channel]
        volts: Floats = (self._rig.shown_at(entry, times_s) - entry.offset) / entry.scale
        return np.nan_to_num(volts)


class GaugePort:
    """Vacuum gauges: (status digit, pressure in Pa) of a gauge controller's channel."""

    UNDERRANGE, OVERRANGE, NO_SENSOR = 1, 2, 5

    def __init__(self, rig: SimulatedRig, entries: dict[str, ChannelEntry]) -> None:
        self._rig = rig
        self._entries = entries

    def read(self, channel: int) -> tuple[int, float]:
        entry = self._entries.get(str(channel))
        if entry is None:
            return self.NO_SENSOR, 0.0
        low, high = entry.range
        value = self._rig.shown(entry)
        if value <= low:
            return self.UNDERRANGE, low
        return (self.OVERRANGE, high) if value >= high else (0, value)


class ThermometerPort:
    """Resistance thermometers on a scanning multiplexer: kelvin, NaN where nothing is connected."""

    def __init__(self, rig: SimulatedRig, entries: dict[str, ChannelEntry]) -> None:
        self._rig = rig
        self._entries = entries

    def read(self, channel: int) -> float:
        entry = self._entries.get(str(channel))
        return math.nan if entry is None else self._rig.shown(entry)


def inputs_of(bench: Bench, instrument: str) -> dict[str, ChannelEntry]:
    return {entry.input: entry for entry in bench.channel if entry.instrument == instrument}
