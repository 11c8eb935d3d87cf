"""Where electric supplies touch the rig (ports.py has the others)."""

from bench.config.model import ChannelEntry
from bench.config.parts import Heater
from bench.sim.course import Course
from bench.sim.plant.state import HEATER
from bench.sim.rig import SimulatedRig


class HeaterPort:
    """A supply's outputs and the heaters on them; what it shows of a power is its channel's to blur."""

    def __init__(self, rig: SimulatedRig, instrument: str) -> None:
        self._rig, self._instrument = rig, instrument
        self._heaters: dict[int, Heater] = {h.output: h for h in rig.bench.heater if h.instrument == instrument}
        powers = [e for e in rig.bench.channel if e.instrument == instrument and e.quantity == "power"]
        self._channels: dict[int, ChannelEntry] = {rig.bench.heater_of(entry).output: entry for entry in powers}

    def resistance_ohm(self, output: int) -> float:
        """Infinite where no heater is connected."""
        heater = self._heaters.get(output)
        return float("inf") if heater is None else heater.resistance_ohm

    def set_power(self, output: int, watts: float) -> None:
        """What the output now gives; an output without a heater gives nothing."""
        heater = self._heaters.get(output)
        if heater is not None:
            place = self._rig.model.node[heater.compartment], HEATER

            def heat(course: Course) -> None:
                course.state.heat[place] = watts

            self._rig.command(heat)

    def shown_power_w(self, output: int) -> float:
        """What is measured: through the channel's sensor, if there is one."""
        heater = self._heaters.get(output)
        if heater is None:
            return 0.0
        entry = self._channels.get(output)
        if entry is not None:
            return self._rig.shown(entry)
        now_s = self._rig.look()
        return self._rig.course.value(self._rig.course.columns.heater(self._rig.model.node[heater.compartment]), now_s)

    def now_s(self) -> float:
        return self._rig.clock.now()
