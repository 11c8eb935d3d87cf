"""Every term and fault of a sensor does what is stated of it, and how the grid is cut into calls changes no bit."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.config.model import ChannelEntry
from bench.records import NoiseClass
from bench.sim.noise import BLOCK
from bench.sim.scenario import Draws
from bench.sim.sensor_bank import LATEST_S, SensorBank
from bench.sim.sensor_gases import SENSITIVITY, GaugeKind, nitrogen_equivalent
from bench.sim.sensor_spec import Fault, FaultKind, SensorSpec, stated_spec

WARM_K = 303.15  # 10 K above the reference
CURVE = 1000.0 + np.sin(np.arange(500.0) / 20.0)
ONE_TERM = [
    {"accuracy": 1.0, "range": (0.0, 2000.0)},
    {"range": (0.0, 1000.5)},
    *({term: 0.01} for term in ("gain_tempco", "tempco", "drift", "hysteresis", "white", "flicker", "random_walk")),
    *({term: 0.01} for term in ("representativeness", "resolution", "lag_s")),
    *({"clock_skew": -0.01}, {"clock_offset_s": -0.1}),
]
EVERYTHING = dict.fromkeys(("gain_tempco", "tempco", "drift", "hysteresis", "white", "flicker", "random_walk"), 0.01)
EVERYTHING |= {"representativeness": 0.1, "resolution": 0.001, "lag_s": 30.0, "accuracy": 1.0}
EVERYTHING |= {"range": (0.0, 1100.0), "clock_offset_s": -1.5, "clock_skew": -1e-4}
BURSTS = {"rate_hz": 0.02, "mean_good_s": 100.0, "mean_burst_s": 20.0}


def show(true, *faults, grid_s=1.0, seed=1, hidden=False, ambient_k=293.15, **terms):
    """What one sensor shows of a row of true values."""
    bank = SensorBank([SensorSpec(name="p", **terms)], seed, Draws(seed, hidden=hidden), grid_s, faults)
    true = np.asarray(true, dtype=float)
    return bank.advance(0, true[:, None], np.full(true.size, ambient_k))[:, 0]


def fault(kind, begin_s=10.0, end_s=20.0, **terms):
    return Fault(channel="p", kind=kind, begin_s=begin_s, end_s=end_s, **terms)


@pytest.mark.parametrize("term", ONE_TERM, ids=lambda term: next(iter(term)))
def test_a_term_that_is_zero_leaves_exactly_the_true_value(term):
    assert np.array_equal(show(CURVE, hidden=True, ambient_k=WARM_K), CURVE)
    assert not np.array_equal(show(CURVE, hidden=True, ambient_k=WARM_K, **term), CURVE)


def test_gain_and_offset_share_the_stated_accuracy_and_deceive_a_regulator():
    specs = [SensorSpec(name=f"p{number}", range=(-100.0, 1000.0), accuracy=2.0) for number in range(800)]
    draws = Draws(1, hidden=True)
    bank = SensorBank(specs, 1, draws, 1.0)
    low, high = bank.advance(0, np.outer([0.0, 900.0], np.ones(800)), np.full(2, 293.15))
    assert low.std() == pytest.approx(2.0 / np.sqrt(2.0), rel=0.1)
    assert (high - low).std() == pytest.approx(0.9 * 2.0 / np.sqrt(2.0), rel=0.1)
    assert low[7] == draws.drawn["offset/p7"]
    assert high[7] == pytest.approx(900.0 * (1.0 + draws.drawn["gain/p7"]) + draws.drawn["offset/p7"])
    assert bank.deceived("p7", high[7]) == pytest.approx(900.0)


def test_temperature_coefficients_and_drift_are_proportional():
    assert show([1000.0], ambient_k=WARM_K, tempco=0.5)[0] == pytest.approx(1005.0)
    assert show([1000.0], ambient_k=WARM_K, gain_tempco=1e-3)[0] == pytest.approx(1010.0)
    assert show(np.zeros(100), grid_s=10.0, drift=0.01)[-1] == pytest.approx(9.9)


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
    mean = 30.0 * np.expm1(1.0 / 30.0)  # the step, on the grid, is a ramp of one second
    assert step == pytest.approx(np.where(time_s > 0.0, 1.0 - mean * np.exp(-time_s / 30.0), 0.0), abs=1e-12)
    assert show(2.0 * time_s, lag_s=30.0) == pytest.approx(2.0 * (time_s - 30.0 * -np.expm1(-time_s / 30.0)))


@pytest.mark.parametrize(("skew", "offset_s"), [(0.0, -2.5), (-0.01, 0.0), (0.02, -3.0), (-0.5, 0.0)])
def test_a_channel_with_a_late_clock_reads_earlier_values_within_bounds(skew, offset_s):
    time_s = 0.1 * np.arange(3000)
    late_s = np.clip(-(skew * time_s + offset_s), 0.0, np.minimum(time_s, LATEST_S))
    shown = show(time_s, grid_s=0.1, clock_skew=skew, clock_offset_s=offset_s)
    assert shown == pytest.approx(time_s - late_s, abs=1e-9)


def test_values_are_delivered_within_the_range_in_steps_of_the_resolution():
    shown = show([-5.0, 0.04, 0.06, 99.97, 2000.0], range=(0.0, 1000.0), resolution=0.1)
    assert shown == pytest.approx([0.0, 0.0, 0.1, 100.0, 1000.0])


@pytest.mark.parametrize("grid_s", [0.1, 1.0])
@pytest.mark.parametrize(("kind", "size"), [(FaultKind.OFFSET, 5.0), (FaultKind.SCALE, 0.05), (FaultKind.DRIFT, 0.5)])
def test_faults_of_the_signal_last_from_begin_to_end(kind, size, grid_s):
    shown = show(np.full(400, 100.0), fault(kind, size=size), grid_s=grid_s) - 100.0
    time_s = grid_s * np.arange(400)
    active = np.abs(time_s - 15.0 + 1e-6) < 5.0
    expected = 0.5 * np.clip(time_s - 10.0, 0.0, 10.0) if kind is FaultKind.DRIFT else 5.0 * active
    assert shown == pytest.approx(expected, abs=1e-9)


def test_a_stuck_sensor_shows_its_last_value_until_the_fault_ends():
    shown = show(CURVE, fault(FaultKind.STUCK), white=0.1)
    assert np.array_equal(shown[10:20], np.full(10, shown[9]))
    assert np.array_equal(np.delete(shown, np.s_[10:20]), np.delete(show(CURVE, white=0.1), np.s_[10:20]))


def test_spikes_come_at_the_stated_rate_on_either_side():
    shown = show(np.zeros(200_000), fault(FaultKind.SPIKES, 1000.0, size=7.0, rate_hz=0.1, end_s=math.inf), grid_s=0.1)
    places = np.flatnonzero(shown)
    assert (places[0] >= 10_000, set(shown[places])) == (True, {-7.0, 7.0})
    assert places.size == pytest.approx(1900, abs=4.0 * np.sqrt(1900))
    assert np.std(np.diff(places)) == pytest.approx(np.mean(np.diff(places)), rel=0.1)  # exponential intervals


@pytest.mark.parametrize("grid_s", [0.1, 1.0])
def test_dropout_comes_in_bursts_of_the_stated_mean_length(grid_s):
    lost = np.isnan(show(np.zeros(400_000), fault(FaultKind.DROPOUT, end_s=math.inf, **BURSTS), grid_s=grid_s))
    bursts = np.count_nonzero(lost[1:] > lost[:-1])
    cycles = 400_000 * grid_s / 120.0
    assert lost.mean() == pytest.approx(20.0 / 120.0, rel=6.0 / np.sqrt(cycles))
    assert lost.sum() * grid_s / bursts == pytest.approx(20.0, rel=0.05 + 4.0 / np.sqrt(cycles))


def test_a_detached_thermometer_relaxes_to_ambient_and_its_own_heat_and_back():
    detached = fault(FaultKind.DETACHED, 100.0, 1100.0, size=2.0, time_constant_s=50.0)
    shown = show(np.full(1500, 290.0), detached, ambient_k=300.0, lag_s=20.0)
    assert set(shown[:100]) == {290.0}
    assert 302.0 - shown[150] == pytest.approx(12.0 * np.exp(-1.0), rel=0.03)
    assert shown[1120] - 290.0 == pytest.approx(12.0 * np.exp(-1.0), rel=0.05)
    assert shown[[1099, -1]] == pytest.approx([302.0, 290.0], abs=1e-6)


def bank_with_everything():
    faults = [fault(kind, 10.0, 9000.0, size=0.01, **BURSTS) for kind in FaultKind if kind is not FaultKind.STUCK]
    specs = [SensorSpec(name=name, **EVERYTHING) for name in ("p", "q")]
    return SensorBank(specs, 1, Draws(1, hidden=True), 1.0, [*faults, fault(FaultKind.STUCK, 5000.0, 5100.0)])


ROWS = 2 * BLOCK + 500
TRUE = 1000.0 + np.random.default_rng(1).normal(size=(ROWS, 2))
AMBIENT_K = 293.0 + np.random.default_rng(2).normal(size=ROWS)
WHOLE = bank_with_everything().advance(0, TRUE, AMBIENT_K)


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, ROWS) | st.integers(BLOCK - 2, BLOCK + 2), max_size=30))
def test_any_partition_of_the_rows_into_calls_gives_the_same_bits(cuts):
    bank = bank_with_everything()
    edges = [0, *sorted(cuts), ROWS]
    parts = [bank.advance(a, TRUE[a:b], AMBIENT_K[a:b]) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == WHOLE.tobytes()


def test_a_channel_has_the_same_errors_whatever_other_channels_there_are():
    alone = SensorBank([SensorSpec(name="q", **EVERYTHING)], 1, Draws(1, hidden=True), 1.0)
    assert np.array_equal(alone.advance(0, TRUE[:, 1:], AMBIENT_K)[:, 0], WHOLE[:, 1])


def test_rows_are_neither_skipped_nor_repeated_nor_of_the_wrong_width():
    bank = bank_with_everything()
    bank.advance(0, TRUE[:5], AMBIENT_K[:5])
    for first in (4, 6):
        with pytest.raises(ValueError, match=f"from {first} on, but 5 is next"):
            bank.advance(first, TRUE[:5], AMBIENT_K[:5])
    with pytest.raises(ValueError, match="5 rows of 2 channels wanted"):
        bank.advance(5, TRUE[:5, :1], AMBIENT_K[:5])


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="samples of the future"):
        SensorSpec(name="p", clock_offset_s=0.1)
    with pytest.raises(ValueError, match="begins at 20"):
        fault(FaultKind.STUCK, 20.0, 10.0)
    with pytest.raises(ValueError, match="fault of p: no such sensor"):
        SensorBank([SensorSpec(name="q")], 1, Draws(1, hidden=False), 1.0, [fault(FaultKind.STUCK)])
    with pytest.raises(ValueError, match="same name"):
        SensorBank([SensorSpec(name="q")] * 2, 1, Draws(1, hidden=False), 1.0)


def test_a_bench_file_states_accuracy_range_and_noise():
    where = {"instrument": "daq", "input": "ai0", "quantity": "pressure", "unit": "Pa"}
    entry = ChannelEntry(name="p", range=(0.0, 1e5), accuracy=50.0, **where)
    spec = stated_spec(entry, NoiseClass(white=1.0, resolution=0.1), averaged=True)
    assert spec == SensorSpec(name="p", range=(0.0, 1e5), accuracy=50.0, white=1.0, averaged=True, resolution=0.1)


def test_gauges_show_nitrogen_equivalents():
    mixture = {"N2": 0.5, "O2": 0.2, "H2O": 0.1, "CO2": 0.1, "Ar": 0.05, "He": 0.05}
    assert nitrogen_equivalent(GaugeKind.CAPACITANCE, mixture) == pytest.approx(1.0)
    assert nitrogen_equivalent(GaugeKind.IONISATION, mixture) == pytest.approx(1.004)
    assert {factors["N2"] for factors in SENSITIVITY.values()} == {1.0}
    assert nitrogen_equivalent(GaugeKind.PIRANI, {"He": np.array([8.0, 16.0])}) == pytest.approx([10.0, 20.0])
