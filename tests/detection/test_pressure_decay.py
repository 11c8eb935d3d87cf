import numpy as np
import pytest
from detection import synthetic
from detection.synthetic import World

from bench.detection.method import CannotEstimateError
from bench.detection.pressure_decay import PressureDecay
from bench.records import Series

METHOD = PressureDecay()


def straight_line(asked, drift_k_s=0.0):
    """Pressure falls by 0.1 Pa/s in the hold and by 0.02 Pa/s elsewhere, seen without noise."""
    time_s = np.arange(0.0, 6000.0)
    inside = np.clip(time_s - asked.begin_s, 0.0, asked.end_s - asked.begin_s)
    pressure_pa = 101325.0 - 0.02 * time_s - 0.08 * inside
    gas_k = 295.15 + drift_k_s * inside
    return Series(time_s, {"p": pressure_pa * gas_k / 295.15, **{f"t{j}": gas_k for j in range(3)}})


def test_the_whole_slope_of_a_straight_line_counts_whatever_the_background():
    asked = synthetic.window()
    estimate = METHOD.estimate(synthetic.rig(), straight_line(asked), asked)
    assert estimate.rate_kg_s == pytest.approx(0.4 * 0.10 / (287.05 * 295.15), rel=1e-9)


def test_a_temperature_drift_of_the_hold_passes_for_a_loss_of_its_analytic_size():
    asked = synthetic.window()
    drift_k_s = 0.3 / 3600.0
    still, drifting = (METHOD.estimate(synthetic.rig(), straight_line(asked, d), asked) for d in (0.0, drift_k_s))
    expected_kg_s = -0.4 * 101325.0 / (287.05 * 295.15**2) * drift_k_s  # -P V / (R T^2) dT/dt
    assert drifting.rate_kg_s - still.rate_kg_s == pytest.approx(expected_kg_s, rel=5e-3)


def test_standard_uncertainty_is_the_textbook_one_of_independent_errors():
    asked = synthetic.window(background_s=0.0)
    series = synthetic.record(World(), asked, np.random.default_rng(1))
    expected_pa_s = synthetic.WHITE_PA * np.sqrt(12.0 / 1800.0**3)
    expected_kg_s = 0.4 / (287.05 * 295.15) * expected_pa_s
    assert METHOD.estimate(synthetic.rig(), series, asked).u_kg_s == pytest.approx(expected_kg_s, rel=0.05)


def test_intervals_cover_far_too_seldom_when_the_gas_temperature_wanders():
    asked, rig, world = synthetic.window(), synthetic.rig(), World(wander_k=0.1)
    rng = np.random.default_rng(2)
    truth_kg_s = world.rate_kg_s(asked)
    estimates = [METHOD.estimate(rig, synthetic.record(world, asked, rng), asked) for _ in range(200)]
    hits = sum(abs(e.rate_kg_s - truth_kg_s) <= 1.96 * e.u_kg_s for e in estimates)
    print(f"pressure_decay, gas wandering by 0.1 K: coverage {hits}/200")
    assert hits < 60


@pytest.mark.parametrize(
    ("lost", "reason"),
    [(("p",), "0 usable samples of p in the hold, 3 needed"), (("t0", "t1", "t2"), "no gas thermometer")],
)
def test_missing_channels_are_refused_with_the_reason(lost, reason):
    asked = synthetic.window()
    series = straight_line(asked)
    columns = {name: values for name, values in series.columns.items() if name not in lost}
    with pytest.raises(CannotEstimateError, match=f"pressure_decay: window 'hold': {reason}"):
        METHOD.estimate(synthetic.rig(), Series(series.time_s, columns), asked)
