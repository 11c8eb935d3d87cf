"""The step's order, measured, and what its free length costs in accuracy."""

import numpy as np
import pytest
from sim import plants

from bench.sim.plant import elements
from bench.sim.plant.composition import COMPOSITIONS, DRY_AIR, mass_fractions
from bench.sim.plant.state import EXPANSION, REFERENCE_K, Layout, copy_of

G = plants.GAMMA
HOLE_M2, VOLUME_M3 = plants.hole_m2(1e-3), 0.060


def blow_down_error(step_s):
    """Relative, of the pressure after 384 s of adiabatic blow-down of thin air, against the closed form."""
    plant = plants.row([VOLUME_M3], film=plants.FREE, holes_m2=[HOLE_M2])
    now = plants.state(plant, [100.0], [293.15])
    plants.run_in_steps(plant, now, 384.0, step_s)
    return abs(plants.pressures(plant, now)[0] / 100.0 / closed_form(384.0) - 1.0)


def closed_form(time_s):
    """P/P0 = (1 + (g-1) t / (2 tau))^(-2g/(g-1)) (science 1.8)."""
    flow = elements.orifice_flow(HOLE_M2, 1.0, 293.15, 0.0, plants.GAS_CONSTANT, G)
    tau_s = VOLUME_M3 / (flow * plants.GAS_CONSTANT * 293.15)
    return (1.0 + (G - 1.0) * time_s / (2.0 * tau_s)) ** (-2.0 * G / (G - 1.0))


def test_the_step_is_of_second_order():
    """Halving the step divides the error by four."""
    errors = [blow_down_error(step_s) for step_s in (16.0, 8.0, 4.0)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.15)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.15)


def mock_up():
    """Four compartments behind open hatches with fans, unequal holes and heat, a shroud that swings."""
    plant = plants.row(
        [0.2, 0.06, 0.4, 0.06],
        film=10.0,
        capacity=15_000.0,
        radiation=1.7e-8,
        holes_m2=[plants.hole_m2(d) for d in (1e-5, 2.5e-5, 5e-5, 1e-5)],
        chamber_m3=2.2,
        fan_m3_s=0.005,
        shroud=np.array([293.15, 0.0, 0.5, 43_200.0]),
    )
    plant.node[:4, [EXPANSION, REFERENCE_K]] = 6.9e-5, 293.15
    now = plants.state(plant, [98_500.0] * 4, [293.15] * 4, hatches_open=1.0)
    now.heat[2, 0] = 8.0
    return plant, now


def test_steps_of_a_stiff_mock_up_converge_with_second_order_too():
    """Films and fans (8 to 23 s) are faster than the steps, and one compartment is heated by 30 mK a minute."""
    found = []
    for step_s in (40.0, 20.0, 10.0, 1.0):
        plant, now = mock_up()
        plants.run(plant, now, 600.0)
        plants.run_in_steps(plant, now, 3600.0, step_s)
        found.append(np.concatenate([Layout(plant).energy(now.u), Layout(plant).wall(now.u)]))
    errors = [np.abs(values / found[-1] - 1.0).max() for values in found[:-1]]
    assert errors[0] < 3e-8  # 10 uK
    assert errors[0] / errors[1] > 3.0
    assert errors[1] / errors[2] > 3.0


def test_free_steps_of_up_to_a_minute_are_exact_to_what_sensors_can_see():
    """Half a day against steps of one second: pressures within 0.01 Pa, temperatures within 0.05 mK at the end."""
    plant, now = mock_up()
    fine = mock_up()[1]
    plants.run(plant, now, 43_200.0)
    plants.run_in_steps(plant, fine, 60.0, 0.05)
    plants.run_in_steps(plant, fine, 43_140.0, 1.0)
    assert plants.pressures(plant, now)[:4] == pytest.approx(plants.pressures(plant, fine)[:4], abs=0.01)
    assert plants.temperatures(plant, now)[:4] == pytest.approx(plants.temperatures(plant, fine)[:4], abs=5e-5)


def test_the_straight_line_between_knots_is_exact_to_what_sensors_can_see():
    """In the middle of a minute's step: pressures within 0.01 Pa, temperatures within 0.05 mK of a step to there."""
    plant, now = mock_up()
    plants.run(plant, now, 40_000.0)
    begun, half = plants.look_at(plant, now), copy_of(now)
    plants.run_in_steps(plant, half, 30.0, 30.0)
    middle = plants.look_at(plant, half)
    plants.run_in_steps(plant, now, 60.0, 60.0)
    line = 0.5 * (begun + plants.look_at(plant, now))
    assert line[:4] == pytest.approx(middle[:4], abs=0.01)
    assert line[5:9] == pytest.approx(middle[5:9], abs=5e-5)


@pytest.mark.parametrize("fan_m3_s", [0.0, 0.005])
def test_an_open_hatch_between_unlike_gases_shows_hardly_a_pressure_difference(fan_m3_s):
    """Humid beside dry air, a hole on the dry side: below 0.15 Pa throughout, a seventh of a transducer's noise (steps
    of 10 ms show 0.003 Pa).
    """
    humid = mass_fractions(COMPOSITIONS["air"], dew_point_k=288.15)
    plant = plants.row(
        [0.2, 0.06],
        film=10.0,
        capacity=15_000.0,
        fan_m3_s=fan_m3_s,
        holes_m2=[0.0, plants.hole_m2(5e-5)],
        chamber_m3=2.2,
    )
    now = plants.state(plant, [98_500.0] * 2, [295.0] * 2, hatches_open=1.0, fractions=[humid, DRY_AIR])
    gaps = []
    plants.run(plant, now, 1800.0, lambda time_s, row: gaps.append(row[0] - row[1] if time_s > 5.0 else 0.0))
    assert np.abs(gaps).max() < 0.15
