"""Each shipped scenario does what its `why` says: a figure of the truth against a closed form or a published one."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, CHAMBER, COMPARTMENTS, DAY_S, HOUR_S, INTERMEDIATE, MMHG_PA, WORKING

from bench.sim.plant import gas
from bench.sim.rig import SimulatedRig

FLUX = 239.17 * 98_500.0 / 101_325.0 * math.sqrt(293.15 / 295.15)
"""Of air at the start into vacuum, kg/(m2 s) (science 1.2.1)."""
ALL_KG = 98_500.0 * 0.72 / (287.055 * 295.15)
STEFAN_BOLTZMANN, WALL = 5.670374419e-8, BENCH.compartment[WORKING].wall
TAU_S = (WALL.heat_capacity_j_k + 334.0) / (4.0 * STEFAN_BOLTZMANN * WALL.emissivity * WALL.area_m2 * 295.15**3)
"""A wall radiates to the shroud, and takes its gas along: C / (4 eps sigma A T^3), 4.7 h."""
PER_K = 1.0 / 295.15 - 3.0 * WALL.expansion_1_k
"""Relative change of pressure per kelvin: the shell grows with the gas that it holds."""

UNSEEN = 0.3 * 0.5 / 295.15
"""Of the pressure: what 0.5 K takes from it while thermometers see 70 % of them."""


@dataclass(frozen=True)
class Fact:
    scenario: str
    what: str
    measure: Callable[[SimulatedRig], float]
    expected: float
    source: str
    rel: float = 1e-9
    within: float = 0.0
    options: dict[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.scenario} {self.what}"


def flow(path, begin_h, over_h=0.05):
    return lambda rig: rigs.flow_kg_s(rig, path, begin_h * HOUR_S, over_h * HOUR_S)


def grows(path, early_h, late_h):
    """Ratio of flows, late to early."""
    return lambda rig: 1.0 / (flow(path, early_h)(rig) / flow(path, late_h)(rig))


def lost_kg(hours, where=COMPARTMENTS, begin_h=0.0):
    return lambda rig: rigs.kg_at(rig, begin_h * HOUR_S, where) - rigs.kg_at(rig, hours * HOUR_S, where)


def rise_pa(begin_h, end_h, node=WORKING):
    """From begin to end: begin above 0, as a knot in front of what is staged at 0 says nothing of it."""

    def measure(rig):
        first = rigs.pressure_pa(rig, begin_h * HOUR_S, node)
        return rigs.pressure_pa(rig, end_h * HOUR_S, node) - first

    return measure


def hole(diameter_m):
    return FLUX * math.pi / 4.0 * diameter_m**2


def lagged_ramp(gone_s, over_s):
    """Share of a shroud's ramp over over_s that a wall has followed, gone_s after its beginning: first-order lag."""

    def risen(time_s):
        return time_s - TAU_S * (1.0 - math.exp(-time_s / TAU_S)) if time_s > 0.0 else 0.0

    return (risen(gone_s) - risen(gone_s - over_s)) / over_s


def lagged_swing(time_s):
    """Of a wall behind a shroud that swings daily with amplitude 1 from time 0 on."""
    phase, slow = 2.0 * math.pi * time_s / DAY_S, 2.0 * math.pi * TAU_S / DAY_S
    return (math.sin(phase) - slow * math.cos(phase) + slow * math.exp(-time_s / TAU_S)) / (1.0 + slow**2)


def night_fall(begin_h, kelvin=0.84):
    """Relative fall of pressure in the first six hours of a night, and of the day's swing in them."""
    begin_s, end_s = begin_h * HOUR_S, (begin_h + 6.0) * HOUR_S
    swing_k = 0.4 * (lagged_swing(end_s) - lagged_swing(begin_s))
    return (kelvin * lagged_ramp(6.0 * HOUR_S, 3.0 * HOUR_S) - swing_k) * PER_K


def relative_pressure_fall(begin_h, end_h):
    return lambda rig: -rise_pa(begin_h, end_h)(rig) / rigs.pressure_pa(rig, None)


def seal_share(rig):
    """Of what the leaking compartment loses, what comes through the seal."""
    through = flow("hatch_seal", 40.0, 4.0)(rig)
    return through / flow("real", 44.0, 4.0)(rig)


def heat_to_shroud_w(rig):
    walls = [rigs.wall_k(rig, 4.0 * DAY_S, node) for node in range(4)]
    per_k4 = [STEFAN_BOLTZMANN * c.wall.emissivity * c.wall.area_m2 for c in BENCH.compartment]
    return float(np.dot(per_k4, np.power(walls, 4) - 295.15**4))


def spread_pa(rig):
    return float(np.ptp([rigs.pressure_pa(rig, DAY_S, node) for node in range(4)]))


def spread_k(rig):
    return float(np.ptp([rigs.gas_k(rig, 4.0 * DAY_S, node) for node in range(4)]))


def nitrogen_change(rig):
    first = rigs.masses(rig, 60.0)[WORKING, gas.N2]  # hatches have closed
    return rigs.masses(rig, DAY_S)[WORKING, gas.N2] / first


def fall_mmhg(rig):
    return -rise_pa(0.1, 24.1)(rig) / MMHG_PA


def made_up(rig):
    first = rigs.passed_kg(rig, "makeup/working_compartment", DAY_S / 2.0)
    leaked = rigs.passed_kg(rig, "hidden", DAY_S / 2.0)
    flows = rigs.passed_kg(rig, "makeup/working_compartment", DAY_S) - first
    return flows / (rigs.passed_kg(rig, "hidden", DAY_S) - leaked)


def exponent(rig):
    """Of a leak's flow with pressure: 60 L run down from 98 to 70 kPa in two hours."""
    pairs = []
    for hours in (0.05, 2.0):
        mean_flow = flow("crack", hours, 0.001)(rig)
        pairs.append((math.log(mean_flow), math.log(rigs.pressure_pa(rig, None, INTERMEDIATE))))
    (f0, p0), (f1, p1) = pairs
    return (f1 - f0) / (p1 - p0)


def calibration_ratio(rig):
    rig.write_line(rigs.LINES["orifice_50um_working"], True)
    before = flow("orifice_50um_working", 11.9)(rig) / rigs.pressure_pa(rig, None)
    return flow("orifice_50um_working", 12.1)(rig) / rigs.pressure_pa(rig, None) / before


def helium_ratio(rig):
    """Fall of pressure per pressure against that of air through the same hole."""
    first = rigs.pressure_pa(rig, 0.1 * HOUR_S)
    fall = math.log(first / rigs.pressure_pa(rig, 24.1 * HOUR_S)) / DAY_S
    return fall / (hole(16e-6) / 98_500.0 * 287.055 * 295.15 / 0.4)


def both(first, second, hours):
    def measure(rig):
        before = flow(first, hours - 0.3)(rig)
        return (flow(first, hours)(rig) + flow(second, hours + 0.1)(rig)) / before

    return measure


def fall_ln(rig, hours):
    first = rigs.pressure_pa(rig, 1.0, INTERMEDIATE)
    return math.log(rigs.pressure_pa(rig, hours * HOUR_S, INTERMEDIATE) / first)


def nitrogen_kept(rig):
    """In all compartments, up to the first puff."""
    first = rigs.masses(rig, 0.0)[COMPARTMENTS, gas.N2].sum()
    later = rigs.masses(rig, 1700.0)[COMPARTMENTS, gas.N2].sum()
    return later / first


FACTS = [
    Fact("S01", "loses nothing", lost_kg(24.0), 0.0, "no leak", within=1e-15),
    Fact("S02", "share lost a day", lambda r: lost_kg(24.0)(r) / ALL_KG, 2.46e-4, "science 1.7: 0.0246 %/d", 0.02),
    Fact("S03", "flow after the step", flow("step", 6.1), hole(16e-6), "orifice, choked", 2e-3),
    Fact("S03", "flow before the step", flow("step", 5.8), 0.0, "begins after six hours", within=1e-18),
    Fact("S04", "growth in 26.8 h", grows("crack", 1.0, 30.0), 1.4 / 0.27, "science S04: 0.27 to 1.4 kg/d", 0.01),
    Fact("S04", "growth half way", grows("crack", 1.0, 15.4), math.sqrt(1.4 / 0.27), "exponential", 0.01),
    Fact("S05", "loss after against before", both("first", "growth", 12.1), 5.0, "5 and 10 um", 0.01),
    Fact("S06", "relative fall by night", relative_pressure_fall(6.0, 12.0), night_fall(6.0), "lag", 0.01),
    Fact("S06", "fall of the gas", relative_pressure_fall(6.0, 12.0), 0.5 * PER_K, "science S06", 0.1),
    Fact("S06", "loses nothing", lost_kg(24.0), 0.0, "no leak", within=1e-15),
    Fact("S06b", "leaks as the night pretends", flow("real", 54.1), ALL_KG / 0.72 * 0.58 * UNSEEN / 21_600.0, "", 0.02),
    Fact("S06c", "relative fall by night", relative_pressure_fall(54.0, 60.0), night_fall(54.0), "lag", 0.01),
    Fact("S06d", "fall of the gas", relative_pressure_fall(54.0, 60.0), 0.5 * PER_K, "science S06", 0.1),
    Fact("S06d", "back next evening", relative_pressure_fall(54.0, 78.0), 0.0, "daily swing", within=1e-4),
    Fact("S06e", "fall of the gas", relative_pressure_fall(54.0, 60.0), 1.5 * PER_K, "science S06", 0.1),
    Fact("S06f", "fall of the gas", relative_pressure_fall(54.0, 60.0), 0.35 * PER_K, "science S06", 0.1),
    Fact("S06g", "relative fall by night", relative_pressure_fall(54.0, 60.0), night_fall(54.0), "lag", 0.01),
    Fact("S07", "loss of twelve puffs", lost_kg(24.0), 12 * 0.5e-6 * FLUX * 0.9985, "area, time; 0.02 % each", 0.01),
    Fact("S08", "fall in mmHg a day", fall_mmhg, 2.5, "NASA status 2004 (science 1.4)", 0.05),
    Fact("S08", "nitrogen kept", nitrogen_change, 1.0, "nobody breathes it", 1e-12),
    Fact("S09", "flow of the leak", flow("somewhere", 0.1), hole(16e-6), "orifice, choked", 2e-3),
    Fact("S10", "share through the seal", seal_share, 400.0 / 460.0, "both sides fall alike", 0.02),
    Fact("S11", "pressure after 18 h", lambda r: math.exp(fall_ln(r, 18.0)), 620.0 / 730.0, "PrK, December 2020", 3e-3),
    Fact("S12", "left by the cured patch", grows("crack", 5.9, 30.0), 0.3 * 0.95, "residual; 5 % of 60 L gone", 0.01),
    Fact("S13", "patch before it opens", grows("crack", 0.9, 20.9), 0.05, "residual, slow decay", 0.05),
    Fact("S13", "patch after it opens", grows("crack", 20.9, 21.1), 0.55 / 0.05, "re-opening by half", 0.01),
    Fact("S14", "first leak patched", grows("first", 5.9, 6.1), 0.1, "residual", 0.01),
    Fact("S14", "second leak", flow("second", 12.1), hole(16e-6), "orifice, choked", 2e-3),
    Fact("S15", "ratio of the leaks", lambda r: flow("two", 0.1)(r) / flow("one", 0.2)(r), 6.25, "25 and 10 um", 1e-3),
    Fact("S15b", "both together", lambda r: lost_kg(0.2, begin_h=0.1)(r) / 360.0, hole(24.84e-6), "areas add", 2e-3),
    Fact("S16", "share lost a day", lambda r: lost_kg(24.0)(r) / 0.465, 7.6e-5, "1.5 um of 400 L, 1.6", 0.01),
    Fact("S18", "made up per leaked", made_up, 1.0, "nothing else goes", 1e-3),
    Fact("S18", "change of pressure", rise_pa(1.0, 24.0), 0.0, "regulated", within=0.5),
    Fact("S18b", "rise", rise_pa(11.9, 14.0), 10.0 * MMHG_PA, "+10 mmHg", 0.03),
    Fact("S25", "spread of pressures", spread_pa, 0.0, "open hatches", within=0.02, options={"hatches_open": True}),
    Fact("S25", "heat to the shroud", heat_to_shroud_w, 8.0, "steady", 1e-3, options={"hatches_open": True}),
    Fact(
        "S25",
        "spread of temperatures",
        spread_k,
        0.75,
        "8 W against fans of 5.8 W/K",
        0.3,
        options={"hatches_open": True},
    ),
    Fact("S26", "room", lambda r: rigs.truth(r, r.course.columns.room, DAY_S), 101_325.0 - 2400.0, "24 hPa in a day"),
    Fact("S26", "absolute pressure", rise_pa(0.1, 24.0), 0.0, "absolute", within=1e-3),
    Fact("S27", "settles after 10 min", relative_pressure_fall(1 / 6, 24.0), 0.2 * PER_K, "20 K, 0.3 of 29 kJ/K", 0.03),
    Fact(
        "S27", "settles after 5 tau", relative_pressure_fall(5 * TAU_S / HOUR_S, 60.0), 0.2 * PER_K / 148, "e^-5", 0.2
    ),
    Fact("S28", "rise before the trip", rise_pa(1.0, 2.95, CHAMBER), 0.0, "at its ultimate", within=2e-3),
    Fact("S28", "rise after the trip", rise_pa(3.05, 27.0, CHAMBER), 0.0957, "3e-5 x 3600 / 2.2 ln(28/4.05)", 0.02),
    Fact("S29", "exponent", exponent, 2.0, "laminar (science 1.2.5)", within=0.1),
    Fact(
        "S30",
        "share lost a day",
        lambda r: lost_kg(2.0, begin_h=1.0)(r) / ALL_KG * 24.0,
        65.0 / 1095.0,
        "science 1.7: 2 mm hole, Cd 1",
        0.02,
        options={"hatches_open": True},
    ),
    Fact("S31", "trapped, after 14 h", grows("blind_hole", 0.0, 50_000 / HOUR_S), math.exp(-1.0), "V / C", 0.02),
    Fact("S31", "to the vacuum", flow("seals", 1.0, 10.0), 3e-15 * 76_900.0, "permeation alone", 0.01),
    Fact("S32", "fall against air", helium_ratio, math.sqrt(28.96 / 27.71), "sqrt of the molar masses", 5e-3),
    Fact("S33", "calibration after/before", calibration_ratio, 1.05, "grown by 5 %", 1e-3),
    Fact("S34", "flow of the steady leak", flow("steady", 0.1), hole(16e-6), "orifice, choked", 2e-3),
    Fact("S35", "nitrogen before a puff", nitrogen_kept, 1.0, "no leak", 1e-12),
]


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_a_shipped_scenario_does_what_it_says(fact):
    rig = rigs.shipped(fact.scenario, **fact.options)
    rel = 0.0 if fact.within else fact.rel
    assert fact.measure(rig) == pytest.approx(fact.expected, rel=rel, abs=fact.within), fact.source
