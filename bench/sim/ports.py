"""Where the simulated instruments touch the rig: each sees only what its real counterpart is plumbed or wired to."""

import math

import numpy as np
from numpy.typing import NDArray

from bench.config.model import Bench, ChannelEntry
from bench.records import Floats
from bench.sim.course import Course
from bench.sim.plant.state import FROM_PA, FROM_S, LINE_PA, NOW_S, ON, RATE_PA_S, TARGET_PA
from bench.sim.plant.surroundings import set_point
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
        now_s = self._rig.look()
        gap = float(self._control[TARGET_PA]) - self._set_point_pa(now_s)
        return math.copysign(float(self._control[RATE_PA_S]), gap) if self.controlling() and gap else 0.0

    def source_pressure_pa(self) -> float:
        return self._rig.bench.supply.source_pressure_pa

    def barometer_pa(self) -> float:
        now_s = self._rig.look()
        return self._rig.course.value(self._rig.course.columns.room, now_s)

    def effort_percent(self) -> float:
        if not self.controlling():
            return 0.0
        now_s = self._rig.look()
        limit, gain = self._rig.model.plant.supply[:2]
        wanted = gain * (self._set_point_pa(now_s) - self._rig.course.value(self._rig.course.columns.line, now_s))
        return 100.0 * max(-1.0, min(1.0, float(wanted / limit)))

    def set_target(self, pressure_pa: float, rate_pa_s: float | None) -> None:
        """The ramp goes on from where it is."""
        target_pa, rate = self._rig.regulated(self._entry, pressure_pa), math.inf if rate_pa_s is None else rate_pa_s
        self._rig.command(lambda course: self._lead(course, self._set_point_pa(self._now(course)), target_pa, rate))

    def set_control(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        """Switched on, the ramp starts from the pressure that is there."""
        if on == self.controlling():
            return

        def switch(course: Course) -> None:
            self._control[ON] = float(on)
            if on:
                self._lead(course, float(self._control[LINE_PA]), *map(float, self._control[[TARGET_PA, RATE_PA_S]]))

        self._rig.command(switch)

    def controlling(self) -> bool:
        self._rig.look()
        return bool(self._control[ON] > 0.0)

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

    @property
    def _control(self) -> Floats:
        return self._rig.course.state.control

    def _set_point_pa(self, now_s: float) -> float:
        return float(set_point(self._control, now_s))

    def _now(self, course: Course) -> float:
        return float(course.state.time[NOW_S])

    def _lead(self, course: Course, from_pa: float, target_pa: float, rate_pa_s: float) -> None:
        now_s = self._now(course)
        self._control[[FROM_PA, FROM_S, TARGET_PA, RATE_PA_S]] = from_pa, now_s, target_pa, rate_pa_s
        course.stop_at("set point", now_s + abs(target_pa - from_pa) / rate_pa_s if rate_pa_s > 0.0 else math.inf)


LEVELS = {level: np.array([level]) for level in (False, True)}


class ChassisPort:
    """The NI chassis: transducer and microphone voltages, and every digital line."""

    def __init__(self, rig: SimulatedRig, entries: dict[str, ChannelEntry]) -> None:
        self._rig = rig
        self._entries = entries
        self._microphones = {microphone.input for microphone in rig.bench.microphone}
        self.plan = rig.plan

    def digital(self, line: str, times_s: Floats, first: int | None) -> NDArray[np.bool_]:  # noqa: ARG002 as the chassis asks
        """As it is now: its module has no sample clock for lines."""
        level = self._rig.read_line(line)
        return LEVELS[level] if len(times_s) == 1 else np.full(len(times_s), level)

    def drive(self, terminal: str, value: float) -> None:
        self._rig.write_line(terminal, value > 0.0)

    def analog(self, terminal: str, times_s: Floats, limits: tuple[float, float]) -> Floats:  # noqa: ARG002
        """Volts at past or present times; a transducer that delivers nothing leaves 0 V on the terminal."""
        if terminal in self._microphones:
            return self._rig.sound.volts(terminal, times_s)
        entry = self._entries[terminal]
        volts: Floats = (self._rig.shown_at(entry, times_s) - entry.offset) / entry.scale
        volts[np.isnan(volts)] = 0.0
        return volts


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
