"""The plant's past as sound meets it: air, open hatches, what leaks."""

import math
from functools import lru_cache

from bench.sim.course import Course
from bench.sim.model_sound import Opening
from bench.sim.past import Past
from bench.sim.plant import gas
from bench.sim.sound.air import LEAST_PA, Air
from bench.sim.sound.house import House
from bench.sim.sound.sources import INAUDIBLE_PA, leak_rms_pa


class PlantScene:
    """The plant's past as sound meets it. Air is rounded: ways through it need not be worked out anew all the time."""

    def __init__(self, course: Course, house: House) -> None:
        self._course, self._past, self.house = course, Past(course), house
        fill = course.model.plant.reservoirs[1]
        self.air = lru_cache(1024)(self._air)
        self._ratio, self._gas_constant = gas.heat_capacity_ratio(fill), gas.gas_constant(fill)

    def _air(self, room: str, time_s: float) -> Air:
        """Of the gas the mock-up was filled with at first: species that come later change its speed little."""
        row, columns = self._past.at(time_s).row, self._course.columns
        node = self._course.model.node[room]
        temperature_k = round(float(row[columns.gas(node)]), 2)
        pressure_pa = max(round(float(row[columns.pressure(node)]), -2), LEAST_PA)
        humidity = round(float(row[columns.humidity(node)]), 2)
        speed_m_s = math.sqrt(self._ratio * self._gas_constant * temperature_k)
        return Air(temperature_k, pressure_pa, humidity, speed_m_s, self._ratio)

    def opened(self, time_s: float) -> tuple[str, ...]:
        path = self._course.model.path
        return tuple(d.name for d in self.house.doors if self._past.opening(path[d.name], time_s) > 0.0)

    def leak_pa(self, leak: Opening, late_s: float, time_s: float) -> float:
        """RMS at 1 m, from what was flowing late_s before."""
        then_s = max(time_s - late_s, 0.0)
        flow_kg_s = self._past.at(then_s).flows_kg_s[self._course.model.path[leak.path]]
        strength_pa = leak_rms_pa(float(flow_kg_s), self.air(leak.spot.room, then_s), leak.efficiency)
        return strength_pa if strength_pa > INAUDIBLE_PA else 0.0
