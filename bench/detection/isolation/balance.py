"""The masses of gas behind closed hatches, as a linear model of leaks and seals:

    d ln m_g / dt = [-sum_i Q_i P_g / P_ref + sum_h G_h (P_g' - P_g)] / m_g

over volumes g of one partition after another; i: compartments in g, h: closed hatches between g and g'. Q_i > 0: gas
leaves for the vacuum, in proportion to the pressure (choked, science 1.2), and is stated at P_ref, the pressure when
the watch began. G_h: conductance of a seal, kg/(s Pa), of either law: laminar, or an orifice at a small difference D of
pressure, where the flow goes by sqrt(D): G_h sqrt(D STEP_PA) instead of G_h D, so that both state what STEP_PA drives.
The law matters: sqrt(D) over hours looks like a laminar seal and a leak.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from bench.detection.isolation.contents import Contents, contents
from bench.detection.isolation.evidence import Information
from bench.detection.isolation.partition import Partition, closed_hatches, partition, untestable
from bench.detection.isolation.pressures import ComparedPressures
from bench.detection.isolation.whitening import Whitening, grown
from bench.records import Floats
from bench.rig import NoiseClass, Rig

SETTLE_S = 300.0
"""After a hatch moved or gas was fed: gas and wall exchange heat within half a minute, thermometers lag as much."""
STEP_PA = 2000.0
"""To feed to one side of a hatch, so that its seal shows itself (science 2.10)."""
STEP = 2e-3
"""More of its gas than this within a block was fed to a volume, or taken: 12 kPa/h is no leak to be looked for."""


@dataclass(slots=True)
class Stretch:
    """Between two changes. integral: (volumes, elements), of the balance since its beginning."""

    number: int
    parts: Partition
    begin_s: float
    integral: Floats
    time_s: float | None = None
    balance: Floats | None = None
    held: dict[int, Contents] = field(default_factory=dict)


class MassBalance:
    """Takes blocks; tells of elements: leaks of compartments, laminar seals of hatches, orifices in seals.

    Every stretch, volume and set of sensors has an intercept of its own: what went on in between is not asked.
    Compartments that are occupied make their volume say nothing.
    """

    def __init__(self, rig: Rig, occupied: Collection[str] = ()) -> None:
        self._rig, self._occupied = rig, frozenset(occupied)
        self._sensors = _sensors(rig)
        self._whitening, self._pressures = Whitening(self._sensors), ComparedPressures(rig)
        self._elements = len(rig.compartments) + 2 * len(rig.hatches)
        self._intercepts: dict[tuple[object, ...], tuple[int, float]] = {}
        self._normal: Floats = np.zeros((1 + self._elements, 1 + self._elements))
        self._reference_pa, self._rows, self._stretches = np.nan, 0, 0
        self.stretch: Stretch | None = None

    def add(self, begin_s: float, end_s: float, means: Mapping[str, float], fresh: Mapping[str, float]) -> None:
        """A block. means: channel -> mean of its usable readings, NaN where there is none; fresh: how many were new."""
        closed, time_s = closed_hatches(self._rig, means), (begin_s + end_s) / 2.0
        if closed is None:
            self.stretch = None
            return
        if self.stretch is None or self.stretch.parts.closed != closed:
            self.stretch = self._begin(partition(self._rig, closed), begin_s)
        found = self._found(self.stretch.parts, means)
        if self._stepped(self.stretch, found, (end_s - begin_s), time_s):
            self.stretch = self._begin(self.stretch.parts, begin_s)
        stretch = self.stretch
        settled = begin_s >= stretch.begin_s + SETTLE_S
        self._integrate(stretch, found, self._pressures.add(closed, means, settled=settled), time_s)
        if settled:
            self._use(stretch, found, time_s, fresh)

    @property
    def information(self) -> Information:
        """Of the elements, whatever the intercepts are."""
        own = 1 + self._elements
        among, across = self._normal[own:, own:], self._normal[own:, :own]
        left = self._normal[:own, :own] - across.T @ np.linalg.solve(among, across)
        return Information(left[1:, 1:], left[1:, 0], float(left[0, 0]), self._rows - len(self._intercepts))

    def _begin(self, parts: Partition, begin_s: float) -> Stretch:
        self._stretches += 1
        return Stretch(self._stretches, parts, begin_s, np.zeros((len(parts.volumes), self._elements)))

    def _found(self, parts: Partition, means: Mapping[str, float]) -> dict[int, Contents]:
        found = {place: contents(self._rig, volume, means) for place, volume in enumerate(parts.volumes)}
        return {place: inside for place, inside in found.items() if inside is not None}

    @staticmethod
    def _stepped(stretch: Stretch, found: Mapping[int, Contents], width_s: float, time_s: float) -> bool:
        if stretch.time_s is None:
            return False
        most = STEP * (time_s - stretch.time_s) / width_s
        same = (place for place in found.keys() & stretch.held.keys())
        changes = (abs(np.log(found[place].mass_kg / stretch.held[place].mass_kg)) for place in same)
        return any(change > most for change in changes)

    def _integrate(self, stretch: Stretch, found: Mapping[int, Contents], pressures_pa: Floats, time_s: float) -> None:
        """By the trapezium rule, with the last contents where they were not read."""
        if not np.isfinite(self._reference_pa):
            self._reference_pa = float(np.nanmean(pressures_pa))
        stretch.held.update(found)
        balance = self._balance(stretch, pressures_pa)
        if stretch.balance is not None and stretch.time_s is not None:
            stretch.integral = stretch.integral + 0.5 * (time_s - stretch.time_s) * (stretch.balance + balance)
        stretch.balance, stretch.time_s = balance, time_s

    def _balance(self, stretch: Stretch, pressures_pa: Floats) -> Floats:
        """d(d ln m / dt)/d(element), shape (volumes, elements)."""
        parts, names = stretch.parts, list(self._rig.compartments)
        balance, pressure_pa = np.zeros_like(stretch.integral), {}
        for place, inside in stretch.held.items():
            members = [names.index(name) for name in parts.members[place]]
            pressure_pa[place] = float(np.nanmean(pressures_pa[members]))
            balance[place, members] = -pressure_pa[place] / self._reference_pa / inside.mass_kg
        for number, hatch in enumerate(self._rig.hatches, len(names)):
            one, other = (parts.volume_of(side) for side in hatch.connects)
            if one != other and {one, other} <= pressure_pa.keys():
                laws = [number, number + len(self._rig.hatches)]
                heads_pa = _heads_pa(pressure_pa[other] - pressure_pa[one])
                balance[one, laws] = heads_pa / stretch.held[one].mass_kg
                balance[other, laws] = -heads_pa / stretch.held[other].mass_kg
        return balance

    def _use(self, stretch: Stretch, found: Mapping[int, Contents], time_s: float, fresh: Mapping[str, float]) -> None:
        dumb = untestable(stretch.parts, self._occupied)
        found = {place: inside for place, inside in found.items() if place not in dumb}
        if not found:
            return
        own = 1 + self._elements
        terms = []
        for place, inside in found.items():
            key = stretch.number, place, inside.channels
            terms.append(self._intercepts.setdefault(key, (len(self._intercepts), inside.log_mass)))
        rows = np.zeros((len(found), own + len(self._intercepts)))
        for row, (place, inside), (column, first) in zip(rows, found.items(), terms, strict=True):
            row[0], row[1:own], row[own + column] = inside.log_mass - first, stretch.integral[place], 1.0
        seen = np.array([[inside.seen.get(name, 0.0) for name in self._sensors] for inside in found.values()])
        white = self._whitening.add(time_s, seen, np.array([fresh[name] for name in self._sensors]), rows)
        self._normal = grown(self._normal, (rows.shape[1], rows.shape[1])) + white.T @ white
        self._rows += len(found)


def _heads_pa(difference_pa: float) -> Floats:
    """By which the conductances of a laminar seal and an orifice are multiplied."""
    return np.array([difference_pa, math.copysign(math.sqrt(abs(difference_pa) * STEP_PA), difference_pa)])


def _sensors(rig: Rig) -> Mapping[str, NoiseClass]:
    """All that masses are worked out from, by channel."""
    compartments = rig.compartments.values()
    gauges = {gauge.channel: gauge.noise for compartment in compartments for gauge in compartment.gauges}
    return gauges | {t.channel: t.noise for compartment in compartments for t in compartment.thermometers}
