"""Every term and fault of a sensor does what is stated of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sensing import BURSTS, EXAMPLES, bank_of, errors, fault, knots_of, show, show_rows

from bench.config.model import ChannelEntry, NoiseEntry
from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, Knots
from bench.sim.sensors.bank import SensorBank
from bench.sim.sensors.gases import SENSITIVITY, GaugeKind
from bench.sim.sensors.spec import LATEST_S, FaultKind, SensorSpec, stated_spec

WARM_K = 303.15  # 10 K above the reference
CURVE = 1000.0 + np.sin(np.arange(500.0) / 20.0)
ONE_TERM = [
    {"accuracy": 1.0, "range": (0.0, 2000.0)},
    {"range": (0.0, 1000.5)},
    *({term: 0.01} for term in ("gain_tempco", "tempco", "drift", "hysteresis", "white", "flicker", "random_walk")),
    *({term: 0.01} for term in ("representativeness", "resolution", "lag_s")),
    *({"clock_skew": -0.01}, {"clock_offset_s": -0.1}),
]


@pytest.mark.parametrize("term", ONE_TERM, ids=lambda term: next(iter(term)))
def test_a_term_that_is_zero_leaves_exactly_the_true_value(term):
    assert np.array_equal(show(CURVE, hidden=True, ambient_k=WARM_K), CURVE)
    assert not np.array_equal(show(CURVE, hidden=True, ambient_k=WARM_K, **term), CURVE)


def test_gain_and_offset_share_the_stated_accuracy_and_deceive_a_regulator():
    specs = [SensorSpec(name=f"p{number}", range=(-100.0, 1000.0), accuracy=2.0) for number in range(800)]
    draws = Draws(1, hidden=True)
    bank = SensorBank(specs, range(800), 800, 1, draws, every=10)
    bank.sense(knots_of([0.0, 1.0], np.outer([0.0, 900.0], np.ones(800))), 1, 10)
    low, high = bank.rows[:2]
    assert low.std() == pytest.approx(2.0 / np.sqrt(2.0), rel=0.1)
    assert (high - low).std() == pytest.approx(0.9 * 2.0 / np.sqrt(2.0), rel=0.1)
    assert low[7] == draws.drawn["offset/p7"]
    assert high[7] == pytest.approx(900.0 * (1.0 + draws.drawn["gain/p7"]) + draws.drawn["offset/p7"])
    assert bank.deceived("p7", high[7]) == pytest.approx(900.0)


def test_temperature_coefficients_and_drift_are_proportional():
    assert show([1000.0], ambient_k=WARM_K, tempco=0.5)[0] == pytest.approx(1005.0)
    assert show([1000.0], ambient_k=WARM_K, gain_tempco=1e-3)[0] == pytest.approx(1010.0)
    assert show(np.zeros(100), step_s=10.0, drift=0.01)[-1] == pytest.approx(9.9)


def test_a_value_between_knots_lies_on_the_straight_line():
    knots = knots_of([0.0, 60.0, 60.03], [0.0, 6.0, 7.0], np.array([293.15, 299.15, 299.15]))
    assert show_rows(knots, [SensorSpec(name="p")])[:, 0] == pytest.approx(np.arange(601) / 100.0)
    warm = show_rows(knots, [SensorSpec(name="p", tempco=1.0)])[:, 0]
    assert warm == pytest.approx(2.0 * np.arange(601) / 100.0)


def test_hysteresis_is_a_play_of_the_stated_width():
    there_and_back = np.concatenate([np.arange(0.0, 10.0, 0.25), np.arange(10.0, -0.25, -0.25)])
    error = show(there_and_back, hysteresis=1.0) - there_and_back
    assert error[2:41] == pytest.approx(-0.5)
    assert error[44:] == pytest.approx(0.5)
    wiggle = np.concatenate([[10.0], 10.0 + 0.49 * np.sin(np.arange(50.0))])
    assert np.array_equal(show(wiggle, hysteresis=1.0), np.full(51, 10.0))


def test_a_lag_is_first_order_and_exact_for_a_ramp():
    time_s = np.arange(300.0)
    step = show(np.where(time_s > 0.0, 1.0, 0.0), lag_s=30.0)
    mean = 30.0 * np.expm1(1.0 / 30.0)  # the step, between knots, is a ramp of one second
    assert step == pytest.approx(np.where(time_s > 0.0, 1.0 - mean * np.exp(-time_s / 30.0), 0.0), abs=1e-12)
    assert show(2.0 * time_s, lag_s=30.0) == pytest.approx(2.0 * (time_s - 30.0 * -np.expm1(-time_s / 30.0)))


@pytest.mark.parametrize("lag_s", [0.0, 0.01, 7.0, 1e5])
@EXAMPLES
@given(cuts=st.lists(st.floats(0.02, 119.98), max_size=8, unique=True))
def test_a_straight_stretch_cut_by_more_knots_is_the_same(lag_s, cuts):
    """Also where a lagged value turns between knots, and the play with it."""
    spec = SensorSpec(name="p", lag_s=lag_s, hysteresis=0.5, tempco=0.1)
    coarse = knots_of([0.0, 30.0, 60.0, 120.0], [0.0, 9.0, -9.0, 0.0], np.array([293.0, 294.0, 294.0, 290.0]))
    time_s = np.union1d(coarse.time_s, cuts)
    fine = Knots(time_s, np.column_stack([np.interp(time_s, coarse.time_s, column) for column in coarse.value.T]))
    assert show_rows(fine, [spec]) == pytest.approx(show_rows(coarse, [spec]), abs=1e-9)


@pytest.mark.parametrize(("skew", "offset_s"), [(0.0, -2.5), (-0.01, 0.0), (0.02, -3.0), (-0.5, 0.0)])
@pytest.mark.parametrize("step_s", [0.1, 59.8])
def test_a_channel_with_a_late_clock_reads_earlier_values_within_bounds(skew, offset_s, step_s):
    time_s = GRID_S * np.arange(2991)
    late_s = np.clip(-(skew * time_s + offset_s), 0.0, np.minimum(time_s, LATEST_S))
    knot_s = np.arange(0.0, 299.05, step_s)
    shown = show_rows(knots_of(knot_s, knot_s), [SensorSpec(name="p", clock_skew=skew, clock_offset_s=offset_s)])
    assert shown[:, 0] == pytest.approx(time_s - late_s, abs=1e-9)


def test_errors_of_a_late_clock_belong_to_the_label():
    late = show(np.zeros(100), clock_offset_s=-7.3, white=1.0, flicker=1.0, representativeness=1.0, drift=0.1)
    assert np.array_equal(late, show(np.zeros(100), white=1.0, flicker=1.0, representativeness=1.0, drift=0.1))


def test_values_are_delivered_within_the_range_in_steps_of_the_resolution():
    shown = show([-5.0, 0.04, 0.06, 99.97, 2000.0], range=(0.0, 1000.0), resolution=0.1)
    assert shown == pytest.approx([0.0, 0.0, 0.1, 100.0, 1000.0])


@pytest.mark.parametrize("every", [3, 10, 600])
def test_an_averaged_row_is_the_mean_of_the_last_second_of_delivered_samples(every):
    terms = {"white": 1.0, "resolution": 0.5, "range": (-1.0, 1.0), "averaged": True}
    samples = errors(1, 6001, **terms)[:, 0]
    rows = errors(1, 6000 // every + 1, every=every, **terms)[:, 0]
    ends = np.arange(every, 6001, every)
    expected = [samples[end - min(every, 10) + 1 : end + 1].mean() for end in ends]
    assert rows[1:] == pytest.approx(expected, abs=1e-15)
    assert rows[0] == samples[0]


@pytest.mark.parametrize("step_s", [0.1, 1.0])
@pytest.mark.parametrize(("kind", "size"), [(FaultKind.OFFSET, 5.0), (FaultKind.SCALE, 0.05), (FaultKind.DRIFT, 0.5)])
def test_faults_of_the_signal_last_from_begin_to_end(kind, size, step_s):
    shown = show(np.full(400, 100.0), fault(kind, size=size), step_s=step_s) - 100.0
    time_s = step_s * np.arange(400)
    active = np.abs(time_s - 15.0 + 1e-6) < 5.0
    expected = 0.5 * np.clip(time_s - 10.0, 0.0, 10.0) if kind is FaultKind.DRIFT else 5.0 * active
    assert shown == pytest.approx(expected, abs=1e-9)


def test_a_stuck_sensor_shows_its_last_sample_until_the_fault_ends():
    sound = show(CURVE, white=0.1, step_s=0.1)
    shown = show(CURVE, fault(FaultKind.STUCK), white=0.1, step_s=0.1)
    assert np.array_equal(shown[100:200], np.full(100, sound[99]))
    assert np.array_equal(np.delete(shown, np.s_[100:200]), np.delete(sound, np.s_[100:200]))


def test_a_sensor_stuck_from_the_start_shows_its_first_sample():
    shown = show(CURVE, fault(FaultKind.STUCK, 0.0), white=0.1)
    assert np.array_equal(shown[:20], np.full(20, show(CURVE, white=0.1)[0]))


def test_spikes_come_at_the_stated_rate_on_either_side():
    spikes = fault(FaultKind.SPIKES, 1000.0, 2e4, size=7.0, rate_hz=0.1)
    shown = show_rows(knots_of([0.0, 2e4], [0.0, 0.0]), [SensorSpec(name="p")], [spikes])[:, 0]
    places = np.flatnonzero(shown)
    assert (places[0] >= 10_000, set(shown[places])) == (True, {-7.0, 7.0})
    assert places.size == pytest.approx(1900, abs=4.0 * np.sqrt(1900))
    assert np.std(np.diff(places)) == pytest.approx(np.mean(np.diff(places)), rel=0.1)  # exponential intervals


def test_dropout_comes_in_bursts_of_the_stated_mean_length():
    dropout = fault(FaultKind.DROPOUT, end_s=math.inf, **BURSTS)
    lost = np.isnan(show_rows(knots_of([0.0, 4e5], [0.0, 0.0]), [SensorSpec(name="p")], [dropout], every=10)[:, 0])
    edges = np.flatnonzero(lost[1:] != lost[:-1])
    good_s, bad_s = np.diff(edges)[1::2], np.diff(edges)[::2]
    assert not lost[:11].any()
    for lengths_s, mean_s in ((good_s, 100.0), (bad_s, 20.0)):
        assert lengths_s.mean() == pytest.approx(mean_s, rel=0.05 + 4.0 / np.sqrt(lengths_s.size))
        assert lengths_s.std() == pytest.approx(mean_s, rel=0.05 + 4.0 / np.sqrt(lengths_s.size))


def test_a_detached_thermometer_relaxes_to_ambient_and_its_own_heat_and_back():
    detached = fault(FaultKind.DETACHED, 100.0, 1100.0, size=2.0, time_constant_s=50.0)
    knots = knots_of([0.0, 100.0, 1100.0, 1500.0], np.full(4, 290.0), 300.0)
    shown = show_rows(knots, [SensorSpec(name="p", lag_s=20.0)], [detached], every=10)[:, 0]
    assert set(shown[:101]) == {290.0}
    assert 302.0 - shown[150] == pytest.approx(12.0 * np.exp(-1.0))
    assert shown[1120] - 290.0 == pytest.approx(12.0 * np.exp(-1.0), rel=1e-6)
    assert shown[[1100, -1]] == pytest.approx([302.0, 290.0], abs=1e-6)


def test_an_attenuated_thermometer_meets_a_share_of_what_has_changed_since_its_fault_began():
    attenuated = fault(FaultKind.ATTENUATED, 100.0, 400.0, size=0.7)
    knot_s, true_k = [0.0, 100.0, 200.0, 400.0, 500.0], [290.0, 291.0, 289.0, 285.0, 286.0]
    shown = show_rows(knots_of(knot_s, true_k), [SensorSpec(name="p")], [attenuated], every=10)[:, 0]
    true = np.interp(np.arange(501.0), knot_s, true_k)
    assert shown[:101] == pytest.approx(true[:101])
    assert shown[101:401] == pytest.approx(0.7 * true[101:401] + 0.3 * 291.0)
    assert shown[401:] == pytest.approx(true[401:])


def test_an_attenuated_thermometer_keeps_its_lag_gain_and_noise():
    """Behind a ramp of r K/s a first-order lag shows r (t - lag (1 - exp(-t / lag))), here 0.7 of it."""
    attenuated = fault(FaultKind.ATTENUATED, 100.0, 1e4, size=0.7)
    knots = knots_of([0.0, 100.0, 1100.0], [300.0, 300.0, 290.0])
    shown = show_rows(knots, [SensorSpec(name="p", lag_s=20.0)], [attenuated], every=10)[:, 0]
    gone_s = np.arange(1001.0)
    assert shown[100:] == pytest.approx(300.0 - 0.007 * (gone_s - 20.0 * (1.0 - np.exp(-gone_s / 20.0))))
    terms = {"gain_tempco": 1e-3, "white": 0.1, "ambient_k": WARM_K}
    noisy, sound = show(CURVE, fault(FaultKind.ATTENUATED, 0.0, 1e4, size=0.5), **terms), show(CURVE, **terms)
    assert sound - noisy == pytest.approx(1.01 * 0.5 * (CURVE - CURVE[0]))


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="samples of the future"):
        SensorSpec(name="p", clock_offset_s=0.1)
    with pytest.raises(ValueError, match="runs backwards"):
        SensorSpec(name="p", clock_skew=-1.0)
    with pytest.raises(ValueError, match="begins at 20"):
        fault(FaultKind.STUCK, 20.0, 10.0)
    with pytest.raises(ValueError, match="fault of p: no such sensor"):
        bank_of([SensorSpec(name="q")], [fault(FaultKind.STUCK)])
    with pytest.raises(ValueError, match="same name"):
        bank_of([SensorSpec(name="q")] * 2)


def test_a_bench_file_states_every_term():
    where = {"instrument": "daq", "input": "ai0", "quantity": "pressure", "unit": "Pa"}
    entry = ChannelEntry(name="p", range=(0.0, 1e5), accuracy=50.0, **where)
    terms = ("white", "representativeness", "correlation_time_s", "resolution", "gain_tempco", "tempco", "drift")
    terms += ("hysteresis", "flicker", "random_walk", "lag_s", "clock_skew")
    noise = {term: 0.01 * (place + 1) for place, term in enumerate(terms)} | {"clock_offset_s": -1.0}
    spec = stated_spec(entry, NoiseEntry(**noise), averaged=True)
    assert spec == SensorSpec(name="p", range=(0.0, 1e5), accuracy=50.0, averaged=True, **noise)


def test_a_bench_file_that_states_only_white_noise_has_nothing_else():
    where = {"instrument": "daq", "input": "ai0", "quantity": "pressure", "unit": "Pa"}
    entry = ChannelEntry(name="p", range=(0.0, 1e5), **where)
    spec = stated_spec(entry, NoiseEntry(white=1.0), averaged=False)
    assert spec == SensorSpec(name="p", range=(0.0, 1e5), white=1.0)


def test_gauges_show_nitrogen_equivalents():
    mixture = {"N2": 0.5, "O2": 0.2, "H2O": 0.1, "CO2": 0.1, "Ar": 0.05, "He": 0.05}
    shown = {kind: sum(factors[name] * pa for name, pa in mixture.items()) for kind, factors in SENSITIVITY.items()}
    assert shown[GaugeKind.CAPACITANCE] == pytest.approx(1.0)
    assert shown[GaugeKind.IONISATION] == pytest.approx(1.004)
    assert {factors["N2"] for factors in SENSITIVITY.values()} == {1.0}
    assert 8.0 * SENSITIVITY[GaugeKind.PIRANI]["He"] == pytest.approx(10.0)
