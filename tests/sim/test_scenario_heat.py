"""What a scenario does to temperatures, to the room, and to what sensors make of both."""

import math

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, WORKING, gas_k, shown, staged, truth, wall_k

from bench.sim.plant import gas

WALL = BENCH.compartment[WORKING].wall
STEFAN_BOLTZMANN = 5.670374419e-8
RADIATION_W_K = 4.0 * STEFAN_BOLTZMANN * WALL.emissivity * WALL.area_m2 * 295.15**3
LONE = BENCH.model_copy(
    update={"hatch": tuple(hatch.model_copy(update={"wall_w_k": 0.0}) for hatch in BENCH.hatch)},
)
"""No conduction along the structure."""


def gas_j_k(rig):
    return float(rigs.masses(rig)[WORKING] @ gas.CV)


def test_a_ramp_of_the_shroud_moves_the_walls_with_their_time_constant():
    """Walls radiate: tau = C / (4 eps sigma A T^3), 4.7 h with the gas that they take along; in a linear law of 2 K it
    would be 1 % off at most.
    """
    rig = staged(LONE, rigs.MINUTELY, ramp=[{"begin_s": 0.0, "over_s": 1.0, "kelvin": -2.0}])
    tau_s = (WALL.heat_capacity_j_k + gas_j_k(rig)) / RADIATION_W_K
    assert tau_s == pytest.approx(4.7 * 3600.0, rel=0.01)
    expected = 295.15 - 2.0 * (1.0 - math.exp(-7200.0 / tau_s))
    assert wall_k(rig, 7200.0) == pytest.approx(expected, abs=0.01)


def test_ramps_and_the_daily_swing_add():
    ramps = [{"begin_s": 0.0, "over_s": 100.0, "kelvin": -0.5}, {"begin_s": 50.0, "over_s": 100.0, "kelvin": 0.2}]
    rig = staged(every=rigs.MINUTELY, ramp=ramps, swing_k=0.25, swing_period_s=400.0)
    found = [rig.shroud_k(time_s) - 295.15 for time_s in (0.0, 100.0, 300.0)]
    assert found == pytest.approx([0.0, -0.5 + 0.1 + 0.25, -0.3 - 0.25], abs=1e-12)
    rigs.state_at(rig, 300.0)
    assert truth(rig, rig.course.columns.shroud) == pytest.approx(295.15 - 0.55, abs=1e-12)


def test_a_fresh_fill_is_warmer_than_its_wall_and_leaves_it_warmer():
    """20 K: gone with m cv / (h A) = 21 s; the wall keeps its share of the heat, 0.21 K. Hatches are open for 8 s, and
    what has cooled draws from its neighbours.
    """
    rig = staged(LONE, gas_excess_k=20.0)
    heat = gas_j_k(rig)
    tau_s = heat / (WALL.film_w_m2_k * WALL.area_m2)
    excess = [gas_k(rig, time_s) - wall_k(rig, time_s) for time_s in (0.0, 9.0, 9.0 + tau_s, 600.0)]
    assert excess[0] == pytest.approx(20.0, rel=1e-9)
    assert excess[2] / excess[1] == pytest.approx(math.exp(-1.01), rel=0.07)
    assert abs(excess[3]) < 0.03
    assert wall_k(rig, 600.0) - 295.15 == pytest.approx(20.0 * heat / (heat + WALL.heat_capacity_j_k), rel=0.07)


def test_heat_into_a_wall_warms_it_until_it_radiates_as_much():
    rig = staged(LONE, rigs.MINUTELY, wall_heat_w={"working_compartment": 2.0})
    early = wall_k(rig, 600.0) - 295.15
    assert early == pytest.approx(2.0 * 600.0 / (WALL.heat_capacity_j_k + gas_j_k(rig)), rel=0.03)
    late = wall_k(rig, 3.0 * rigs.DAY_S)
    assert STEFAN_BOLTZMANN * WALL.emissivity * WALL.area_m2 * (late**4 - 295.15**4) == pytest.approx(2.0, rel=1e-3)


def test_heat_into_the_gas_passes_its_film():
    """8 W through 15 W/K: half a kelvin above the wall."""
    rig = staged(LONE, rigs.MINUTELY, heat_w={"working_compartment": 8.0})
    assert gas_k(rig, 7200.0) - wall_k(rig, 7200.0) == pytest.approx(8.0 / 15.0, rel=0.01)


def test_a_front_moves_the_room_and_no_absolute_pressure():
    rig = staged(room_front={"begin_s": 0.0, "end_s": 3600.0, "rate_pa_h": -100.0})
    before = rigs.pressure_pa(rig, 60.0)
    assert truth(rig, rig.course.columns.room, 7200.0) == pytest.approx(101_225.0)
    assert rig.true_pressure_pa(WORKING) == pytest.approx(before, abs=0.01)


def test_a_sensor_fault_changes_the_reading_and_not_the_gas():
    fault = {"channel": "working_pressure", "kind": "offset", "begin_s": 100.0, "end_s": 200.0, "size": -30.0}
    rig, sound = staged(fault=[fault]), staged()
    times_s = (50.0, 150.0, 250.0)
    shifts = [shown(rig, "working_pressure", t) - shown(sound, "working_pressure", t) for t in times_s]
    assert shifts == pytest.approx([0.0, -30.0, 0.0], abs=1e-9)
    assert rig.true_pressure_pa(WORKING) == pytest.approx(sound.true_pressure_pa(WORKING), rel=1e-12)


@pytest.mark.parametrize(("clock", "late_s"), [({"offset_s": -10.0}, 10.0), ({"skew": -0.02}, 8.0)])
def test_a_channels_clock_shows_what_was_true_before(clock, late_s):
    """400 s into a loss of 20 Pa/s: 200 Pa for ten seconds. Noise is that of the label, the same in both."""
    leak = {"name": "big", "compartment": "working_compartment", "diameter_m": 7e-4}
    rig = staged(hidden_leak=[leak], clock=[{"channel": "working_pressure", **clock}])
    punctual = staged(hidden_leak=[leak])
    before, now = (rigs.pressure_pa(punctual, time_s) for time_s in (400.0 - late_s, 400.0))
    shift = shown(rig, "working_pressure", 400.0) - shown(punctual, "working_pressure", 400.0)
    assert before - now > 100.0
    assert shift == pytest.approx(before - now, abs=0.3)


def test_a_channels_clock_moves_no_other_channel():
    rig = staged(clock=[{"channel": "working_pressure", "offset_s": -10.0}])
    plain = staged()
    for channel in ("us_pressure", "working_gas_1"):
        assert shown(rig, channel, 60.0) == shown(plain, channel, 60.0)


def test_a_steady_drift_has_been_going_on_for_ever():
    """Walls lag behind the shroud by drift times tau from the start."""
    rig = staged(LONE, rigs.MINUTELY, cabin_drift_k_h=0.3)
    tau_s = WALL.heat_capacity_j_k / RADIATION_W_K
    lags = [rig.shroud_k(time_s) - wall_k(rig, time_s) for time_s in (0.0, 3600.0, 7200.0)]
    assert lags == pytest.approx(np.full(3, 0.3 * tau_s / 3600.0), rel=0.01)
