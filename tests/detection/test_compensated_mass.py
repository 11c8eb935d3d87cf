import numpy as np
import pytest
from detection import synthetic
from detection.synthetic import SIGMAS_K, TAUS_S, TEMPERATURE_K, WHITE_K, WHITE_PA, World

from bench.detection.compensated_mass import CompensatedMass
from bench.detection.method import CannotEstimateError
from bench.records import Series, Window
from bench.validation.bounds import cramer_rao_slope_u, cramer_rao_u
from bench.validation.coverage import acceptable

METHOD = CompensatedMass()
TRIALS = 400
MASS_KG = synthetic.PRESSURE_PA * synthetic.VOLUME_M3 / (synthetic.GAS_CONSTANT * TEMPERATURE_K)
STEP_S = 10.0


def brute_covariance(time_s):
    """Of ln m at samples of STEP_S, straight from the definitions."""
    white = (WHITE_PA / synthetic.PRESSURE_PA) ** 2 + sum(
        (f * WHITE_K / TEMPERATURE_K) ** 2 for f in synthetic.FRACTIONS
    )
    covariance = np.eye(time_s.size) * white / STEP_S
    for fraction, sigma_k, tau_s in zip(synthetic.FRACTIONS, SIGMAS_K, TAUS_S, strict=True):
        share = (fraction * sigma_k / TEMPERATURE_K) ** 2
        covariance += share * np.exp(-np.abs(time_s[:, None] - time_s) / tau_s)
    return covariance


def segment_times(asked):
    return [
        np.arange(begin_s, end_s, STEP_S) + STEP_S / 2
        for begin_s, end_s in [(asked.begin_s, asked.end_s), *asked.background]
    ]


def bound_kg_s(asked):
    """Least standard uncertainty possible with the background rate unknown."""
    times = segment_times(asked)
    time_s = np.concatenate(times)
    which = np.repeat(np.arange(len(times)), [t.size for t in times])
    hold_ramp = np.where(which == 0, time_s - times[0].mean(), 0.0)
    nuisance = np.column_stack([*(which == k for k in range(len(times))), time_s / 3600.0]).astype(float)
    return MASS_KG * cramer_rao_u(hold_ramp, nuisance, brute_covariance(time_s))


def bound_known_background_kg_s(asked):
    hold = segment_times(asked)[0]
    return MASS_KG * cramer_rao_slope_u(hold, brute_covariance(hold))


def blank(series, channel, rows):
    columns = {name: values.copy() for name, values in series.columns.items()}
    columns[channel][rows] = np.nan
    return Series(series.time_s, columns)


@pytest.mark.parametrize("hold_s", [1200.0, 1800.0, 2400.0])
def test_intervals_cover_the_truth_as_often_as_they_claim_and_the_estimate_is_unbiased(hold_s):
    asked, rig = synthetic.window(hold_s), synthetic.rig()
    rng = np.random.default_rng(int(hold_s))
    normalised = np.empty(TRIALS)
    for i in range(TRIALS):
        # A loss at which slope and volume both matter.
        world = World(loss_per_s=0.03 / 3600.0, background_per_s=1e-3 / 3600.0, volume_ratio=1 + rng.normal(0.0, 0.005))
        estimate = METHOD.estimate(rig, synthetic.record(world, asked, rng), asked)
        normalised[i] = (estimate.rate_kg_s - world.rate_kg_s(asked)) / estimate.u_kg_s
    hits = int(np.sum(np.abs(normalised) <= 1.96))
    print(f"hold {hold_s:.0f} s: coverage {hits}/{TRIALS}, mean {normalised.mean():+.3f}, sd {normalised.std():.3f}")
    assert acceptable(hits, TRIALS)
    assert abs(normalised.mean()) < 3.0 / np.sqrt(TRIALS)


@pytest.mark.parametrize("hold_s", [1200.0, 1800.0, 2400.0])
def test_half_width_is_the_cramer_rao_bound_of_the_question_asked(hold_s):
    asked = synthetic.window(hold_s)
    series = synthetic.record(World(), asked, np.random.default_rng(1))
    u_kg_s = METHOD.estimate(synthetic.rig(), series, asked).u_kg_s
    joint, hold_only = u_kg_s / bound_kg_s(asked), u_kg_s / bound_known_background_kg_s(asked)
    print(f"hold {hold_s:.0f} s: u {u_kg_s:.3g} kg/s = {joint:.3f} of the bound, {hold_only:.3f} with background known")
    assert 0.99 < joint < 1.05
    assert hold_only < 1.5  # what an hour of background costs, whatever the method


def test_spread_of_the_estimates_is_the_bound():
    asked, rig = synthetic.window(), synthetic.rig()
    rng = np.random.default_rng(5)
    rates = [METHOD.estimate(rig, synthetic.record(World(), asked, rng), asked).rate_kg_s for _ in range(TRIALS)]
    assert np.std(rates) == pytest.approx(bound_kg_s(asked), rel=3.0 / np.sqrt(2 * TRIALS))


def test_a_hold_of_twelve_hours_covers_and_stays_near_the_bound():
    asked, rig = synthetic.window(hold_s=12 * 3600.0), synthetic.rig()
    world, rng = World(), np.random.default_rng(12)
    estimates = [METHOD.estimate(rig, synthetic.record(world, asked, rng), asked) for _ in range(5)]
    errors = [(e.rate_kg_s - world.rate_kg_s(asked)) / e.u_kg_s for e in estimates]
    assert np.max(np.abs(errors)) < 3.0
    assert estimates[0].u_kg_s == pytest.approx(bound_kg_s(asked), rel=0.02)


@pytest.mark.parametrize("background_s", [0.0, 1800.0])
def test_noise_free_data_are_recovered_exactly(background_s):
    asked = synthetic.window(background_s=background_s)
    world = World(loss_per_s=0.05 / 3600.0)
    estimate = METHOD.estimate(synthetic.rig(), synthetic.record(world, asked), asked)
    assert estimate.rate_kg_s == pytest.approx(world.rate_kg_s(asked), rel=1e-6)


def test_a_temperature_drift_and_a_background_loss_do_not_bias():
    asked = synthetic.window()
    world = World(drift_k_s=0.3 / 3600.0, background_per_s=1e-3 / 3600.0)
    estimate = METHOD.estimate(synthetic.rig(), synthetic.record(world, asked), asked)
    assert estimate.rate_kg_s == pytest.approx(world.rate_kg_s(asked), rel=1e-6)


def test_gas_lost_between_the_segments_is_not_counted():
    asked = synthetic.window()
    series = synthetic.record(World(), asked)
    between = (series.time_s >= asked.background[0][1]) & (series.time_s < asked.begin_s)
    series.columns["p"][series.time_s >= asked.begin_s] *= 0.99
    series.columns["p"][between] *= 0.995
    estimate = METHOD.estimate(synthetic.rig(), series, asked)
    assert estimate.rate_kg_s == pytest.approx(0.99 * World().rate_kg_s(asked), rel=1e-6)


def test_twice_the_declared_noise_widens_the_interval_and_is_said():
    asked, world = synthetic.window(), World()
    rng = np.random.default_rng(3)
    honest = METHOD.estimate(synthetic.rig(), synthetic.record(world, asked, rng), asked)
    doubled = [METHOD.estimate(synthetic.rig(), synthetic.record(world, asked, rng, 2.0), asked) for _ in range(200)]
    ratios = [e.u_kg_s / honest.u_kg_s for e in doubled]
    hits = sum(abs(e.rate_kg_s - world.rate_kg_s(asked)) <= 1.96 * e.u_kg_s for e in doubled)
    print(f"noise x 2: u x {np.mean(ratios):.2f}, coverage {hits}/200")
    assert 1.6 < np.mean(ratios) < 2.4
    assert hits >= 180
    assert all("Birge" in " ".join(e.notes) for e in doubled)
    assert not any("Birge" in note for note in honest.notes)
    assert "background too short to learn the noise from (0.97 h): noise as declared" in honest.notes


def test_lost_samples_change_little_and_a_block_without_any_is_left_out():
    asked = synthetic.window()
    series = synthetic.record(World(), asked, np.random.default_rng(4))
    whole = METHOD.estimate(synthetic.rig(), series, asked)
    gaps = np.random.default_rng(4).random(series.time_s.size) < 0.2
    gaps[2400:2520] = True
    holed = METHOD.estimate(synthetic.rig(), blank(blank(series, "p", gaps), "t1", ~gaps[::-1] & gaps), asked)
    assert holed.rate_kg_s == pytest.approx(whole.rate_kg_s, abs=0.3 * whole.u_kg_s)
    assert holed.u_kg_s == pytest.approx(whole.u_kg_s, rel=0.05)


def test_a_dead_thermometer_is_replaced_by_the_others_and_noted():
    asked = synthetic.window()
    series = blank(synthetic.record(World(), asked, np.random.default_rng(6)), "t2", slice(None))
    estimate = METHOD.estimate(synthetic.rig(), series, asked)
    assert "t2: 20%" in estimate.notes[0]
    assert abs(estimate.rate_kg_s - World().rate_kg_s(asked)) < 3 * estimate.u_kg_s


def test_a_reading_that_is_only_held_adds_no_information():
    asked, rig = synthetic.window(), synthetic.rig(white_pa=20.0)
    series = synthetic.record(World(), asked, np.random.default_rng(7))
    fast = METHOD.estimate(rig, series, asked).u_kg_s
    columns = {**series.columns, "p": np.repeat(series.columns["p"][::30], 30)[: series.time_s.size]}
    assert METHOD.estimate(rig, Series(series.time_s, columns), asked).u_kg_s > 1.5 * fast


def test_without_background_the_whole_loss_is_meant_and_said():
    asked = synthetic.window(background_s=0.0)
    world = World(background_per_s=1e-3 / 3600.0)
    estimate = METHOD.estimate(synthetic.rig(), synthetic.record(world, asked), asked)
    both = World(loss_per_s=world.loss_per_s + world.background_per_s)
    assert estimate.rate_kg_s == pytest.approx(both.rate_kg_s(asked), rel=1e-3)
    assert "no background: the compartment's whole loss" in estimate.notes


def test_volume_uncertainty_enters_in_proportion_to_the_rate():
    asked, world = synthetic.window(), World(loss_per_s=0.1 / 3600.0)
    series = synthetic.record(world, asked, np.random.default_rng(8))
    certain, uncertain = (METHOD.estimate(synthetic.rig(u), series, asked) for u in (0.0, 0.01))
    added = np.sqrt(uncertain.u_kg_s**2 - certain.u_kg_s**2)
    assert added == pytest.approx(0.01 * certain.rate_kg_s, rel=1e-6)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Window("short", "working", 2000.0, 2240.0, ((0.0, 1800.0),)), "4 usable minutes in the hold, 5 needed"),
        (Window("early", "working", 2000.0, 3800.0, ((0.0, 60.0),)), "no background window with 2 usable minutes"),
        (Window("late", "working", 1e6, 1e6 + 1800.0), "no pressure"),
    ],
)
def test_too_little_data_is_refused_with_the_reason(asked, reason):
    series = synthetic.record(World(), synthetic.window())
    with pytest.raises(CannotEstimateError, match=f"compensated_mass: window '{asked.name}'.*{reason}"):
        METHOD.estimate(synthetic.rig(), series, asked)


def test_no_declared_noise_at_all_is_refused():
    asked, rig = synthetic.window(), synthetic.rig(white_pa=0.0)
    quiet = synthetic.record(World(), asked)
    with pytest.raises(CannotEstimateError, match="thermometer"):
        METHOD.estimate(rig, Series(quiet.time_s, {"p": quiet.columns["p"]}), asked)
