"""What compensated mass takes off before it looks for a slope: vapour and the growth of the shell."""

from dataclasses import replace

import numpy as np
import pytest
from detection import synthetic
from detection.synthetic import World

from bench.detection.compensated_mass import CompensatedMass
from bench.detection.mass_point import MassPoint
from bench.detection.vapour import saturation_pa, saturation_slope_pa_k
from bench.records import Series
from bench.rig import WHOLE, Hygrometer, NoiseClass

METHOD = CompensatedMass()
EXPANSION_1_K, ELASTICITY_1_PA = 6.9e-5, 2.3e-9
HYGROMETER = Hygrometer("rh", u=0.01, hysteresis=0.01, noise=NoiseClass(0.0005))


def with_compartment(rig, **changes):
    return replace(rig, compartments={"working": replace(rig.compartments["working"], **changes)})


def test_vapour_pressure_of_water_is_that_of_the_tables():
    # 0, 22 and 40 deg C; 22 deg C is science 1.1, the others IAPWS.
    np.testing.assert_allclose(saturation_pa(np.array([273.15, 295.15, 313.15])), [611.2, 2637.0, 7384.0], rtol=3e-3)
    slope = (saturation_pa(np.array(295.65)) - saturation_pa(np.array(294.65))) / 1.0
    assert saturation_slope_pa_k(np.array(295.15)) == pytest.approx(slope, rel=1e-3)
    assert 0.5 * saturation_slope_pa_k(np.array(295.15)) == pytest.approx(80.0, rel=0.01)  # science 1.1


def grown(asked, series):
    """The same gas in a shell whose wall warms by half a kelvin within the hold."""
    wall_k = 295.15 + np.clip((series.time_s - asked.begin_s) / (asked.end_s - asked.begin_s), 0.0, 1.0) * 0.5
    return Series(
        series.time_s,
        {**series.columns, "p": series.columns["p"] / (1.0 + EXPANSION_1_K * (wall_k - 295.15)), "wall": wall_k},
    )


def test_a_shell_that_grows_is_no_leak():
    asked, world = synthetic.window(), World(loss_per_s=1e-6)
    series = grown(asked, synthetic.record(world, asked))
    rig = with_compartment(synthetic.rig(), expansion_1_k=EXPANSION_1_K, wall_channels=("wall",))
    assert METHOD.estimate(rig, series, asked).rate_kg_s == pytest.approx(world.rate_kg_s(asked), rel=1e-4)
    blind = METHOD.estimate(with_compartment(rig, wall_channels=()), series, asked)
    assert blind.rate_kg_s > 1.015 * world.rate_kg_s(asked)
    assert "no wall thermometer: expansion is not taken off" in blind.notes


def test_a_shell_that_gives_way_to_pressure_holds_more_than_pressure_says():
    asked, world = synthetic.window(), World(loss_per_s=0.1 / 3600.0)
    rig = with_compartment(synthetic.rig(), elasticity_1_pa=1e-7)
    series = synthetic.record(world, asked)
    plain = METHOD.estimate(synthetic.rig(), series, asked).rate_kg_s
    mean_pa = series.between(asked.begin_s, asked.end_s).columns["p"].mean()
    # d ln m = d ln P (1 + k P)
    assert METHOD.estimate(rig, series, asked).rate_kg_s / plain == pytest.approx(1.0 + 1e-7 * mean_pa, rel=1e-4)


def humid(asked, humidity):
    """Dry air with vapour whose humidity goes as told, (n,), at a steady temperature."""
    series = synthetic.record(World(), asked)
    steam_pa = humidity(series.time_s) * saturation_pa(series.columns["t0"])
    return Series(series.time_s, {**series.columns, "p": series.columns["p"] + steam_pa, "rh": humidity(series.time_s)})


@pytest.mark.parametrize("method", [METHOD, MassPoint()], ids=lambda method: method.name)
def test_vapour_that_goes_into_a_wall_is_no_leak(method):
    asked = synthetic.window(background_s=0.0)
    series = humid(asked, lambda time_s: 0.5 - 0.02 * time_s / 1800.0)
    rig = with_compartment(synthetic.rig(), hygrometers=(HYGROMETER,))
    truth_kg_s = World().rate_kg_s(asked)
    assert method.estimate(rig, series, asked).rate_kg_s == pytest.approx(truth_kg_s, rel=0.03)
    assert method.estimate(synthetic.rig(), series, asked).rate_kg_s > 5.0 * truth_kg_s


def test_a_hygrometer_that_shows_dry_gas_is_left_alone():
    asked = synthetic.window(background_s=0.0)
    series = humid(asked, lambda time_s: 0.02 - 0.005 * time_s / 1800.0)  # within 2 (0.01 + 0.01 / 2)
    rig = with_compartment(synthetic.rig(), hygrometers=(HYGROMETER,))
    expected = METHOD.estimate(synthetic.rig(), series, asked)
    assert METHOD.estimate(rig, series, asked).rate_kg_s == expected.rate_kg_s


def test_hysteresis_of_a_hygrometer_widens_the_interval_by_what_one_turn_can_do():
    asked = synthetic.window(background_s=0.0)
    series = humid(asked, lambda time_s: np.full(time_s.size, 0.5))
    rigs = [
        with_compartment(synthetic.rig(), hygrometers=(replace(HYGROMETER, hysteresis=width),)) for width in (0.0, 0.01)
    ]
    plain, wide = (METHOD.estimate(rig, series, asked) for rig in rigs)
    turn_kg_s = np.sqrt(wide.u_kg_s**2 - plain.u_kg_s**2)
    mass_kg = wide.rate_kg_s / World().loss_per_s
    loop = 0.01 * 2637.0 / synthetic.PRESSURE_PA
    assert turn_kg_s == pytest.approx(mass_kg * loop * np.sqrt(1.2) / 1800.0, rel=0.02)


@pytest.mark.parametrize(("dew_point_k", "said"), [(0.0, False), (213.15, False), (283.15, True)])
def test_a_humid_supply_without_a_hygrometer_is_said(dew_point_k, said):
    asked = synthetic.window(background_s=0.0)
    rig = replace(synthetic.rig(), dew_point_k=dew_point_k)
    notes = METHOD.estimate(rig, synthetic.record(World(), asked, np.random.default_rng(1)), asked).notes
    assert any("vapour is not taken off" in note for note in notes) is said


def test_joined_volumes_are_weighed_together():
    asked, world = replace(synthetic.window(), compartment=WHOLE), World(loss_per_s=0.05 / 3600.0)
    one = synthetic.rig().compartments["working"]
    rig = replace(synthetic.rig(), compartments={"a": replace(one, name="a"), "b": replace(one, name="b")})
    estimate = METHOD.estimate(rig, synthetic.record(world, asked), asked)
    assert estimate.rate_kg_s == pytest.approx(2.0 * world.rate_kg_s(asked), rel=1e-6)
