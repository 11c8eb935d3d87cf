from dataclasses import replace

import numpy as np
import pytest
from detection import synthetic
from detection.synthetic import World

from bench.detection.mass_point import MassPoint
from bench.detection.method import CannotEstimateError
from bench.detection.pressure_alarm import PressureAlarm
from bench.records import Series

METHOD = MassPoint()


def test_a_constant_loss_is_recovered_whatever_the_temperature_does():
    asked, world = synthetic.window(background_s=0.0), World(loss_per_s=1e-6, drift_k_s=0.3 / 3600.0)
    estimate = METHOD.estimate(synthetic.rig(), synthetic.record(world, asked), asked)
    assert estimate.rate_kg_s == pytest.approx(world.rate_kg_s(asked), rel=1e-5)


def test_half_the_interval_is_students_quantile_times_the_standard_error():
    asked = synthetic.window(background_s=0.0)
    whole = synthetic.record(World(), asked, np.random.default_rng(1), sigmas_k=(0.0, 0.0, 0.0))
    few = Series(whole.time_s[::400], {name: values[::400] for name, values in whole.columns.items()})
    time_s, mass_kg = few.time_s, _mass_kg(few.columns)
    hold = time_s >= asked.begin_s
    time_s, mass_kg = time_s[hold], mass_kg[hold]
    x = time_s - time_s.mean()
    slope = x @ mass_kg / (x @ x)
    residual = mass_kg - mass_kg.mean() - slope * x
    standard_error = np.sqrt(residual @ residual / (x.size - 2) / (x @ x))
    assert x.size == 5  # Student's quantile of 3 degrees of freedom: 3.182
    assert 1.96 * METHOD.estimate(synthetic.rig(), few, asked).u_kg_s == pytest.approx(3.18245 * standard_error, 1e-5)


def _mass_kg(columns):
    weighted = sum(f / columns[f"t{j}"] for j, f in enumerate(synthetic.FRACTIONS))
    return columns["p"] * synthetic.VOLUME_M3 / synthetic.GAS_CONSTANT * weighted


def test_its_intervals_cover_far_too_seldom_with_slow_errors_of_the_thermometers():
    asked, rig, world = synthetic.window(hold_s=4 * 3600.0, background_s=0.0), synthetic.rig(), World()
    rng, truth_kg_s = np.random.default_rng(3), world.rate_kg_s(asked)
    estimates = [METHOD.estimate(rig, synthetic.record(world, asked, rng), asked) for _ in range(50)]
    hits = sum(abs(e.rate_kg_s - truth_kg_s) <= 1.96 * e.u_kg_s for e in estimates)
    print(f"mass_point, 4 h: coverage {hits}/50")
    assert hits < 20


def test_without_a_thermometer_it_refuses():
    asked = synthetic.window()
    series = synthetic.record(World(), asked)
    with pytest.raises(CannotEstimateError, match="mass_point: window 'hold': 0 scans"):
        METHOD.estimate(synthetic.rig(), Series(series.time_s, {"p": series.columns["p"]}), asked)


@pytest.mark.parametrize(("fall_pa_h", "alarm"), [(51.0, True), (49.0, False), (-200.0, False)])
def test_the_pressure_alarm_sounds_above_its_threshold_alone(fall_pa_h, alarm):
    asked = replace(synthetic.window(), background=())
    time_s = np.arange(asked.begin_s, asked.end_s)
    columns = {"p": 1e5 - fall_pa_h / 3600.0 * time_s, **{f"t{j}": np.full(time_s.size, 295.0) for j in range(3)}}
    assert PressureAlarm(threshold_pa_h=50.0).estimate(synthetic.rig(), Series(time_s, columns), asked).alarm is alarm


def test_a_threshold_of_nothing_is_refused():
    with pytest.raises(ValueError, match="threshold_pa_h"):
        PressureAlarm(threshold_pa_h=0.0)
