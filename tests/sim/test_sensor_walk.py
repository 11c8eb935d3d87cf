"""What sensors show is the same however the walk is cut into calls, rows and knots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sensing import BURSTS, ERRORS, EVERYTHING, EXAMPLES, bank_of, fault, knots_of, show_rows

from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, Knots
from bench.sim.sensors.bank import SensorBank
from bench.sim.sensors.spec import FaultKind, SensorSpec

LAST = 12_345
SPECS = [SensorSpec(name="p", averaged=True, **EVERYTHING), SensorSpec(name="q", **EVERYTHING)]
FAULTS = [
    *(fault(kind, 10.0, 900.0, name, size=0.01, **BURSTS) for kind in FaultKind for name in "pq" if kind != 5),
    *(fault(FaultKind.STUCK, begin_s, begin_s + 100.0, name) for begin_s in (400.03, 450.0) for name in "pq"),
]


def rough_knots(seed=1):
    """Irregular, with one wherever a fault begins or ends."""
    random = np.random.default_rng(seed)
    gaps_s = np.concatenate([random.uniform(0.02, 60.0, 40), random.uniform(0.02, 0.3, 200)])
    faulty_s = [time_s for one in FAULTS for time_s in (one.begin_s, one.end_s)]
    time_s = np.union1d(np.cumsum(random.permutation(gaps_s)), faulty_s)
    time_s = np.concatenate([[0.0], time_s[time_s < LAST * GRID_S], [LAST * GRID_S]])
    return knots_of(time_s, 1000.0 + random.normal(size=(time_s.size, 2)), 293.0 + random.normal(size=time_s.size))


KNOTS = rough_knots()
NEWEST = KNOTS.time_s.size - 1


def same(first, second):
    return np.array_equal(first, second, equal_nan=True)


@EXAMPLES
@given(cuts=st.lists(st.integers(0, LAST), max_size=30), every=st.sampled_from([1, 7, 10, 600]))
def test_any_partition_into_calls_gives_the_same_bits(cuts, every):
    bank = bank_of(SPECS, FAULTS, hidden=True, every=every, rows=LAST // every + 1)
    for until in [*sorted(cuts), LAST]:
        bank.sense(KNOTS, NEWEST, until)
    assert same(bank.rows, show_rows(KNOTS, SPECS, FAULTS, hidden=True, every=every))


@pytest.mark.parametrize("seed", range(20))
def test_a_row_a_minute_is_every_sixtieth_row_a_second_and_every_600th_sample(seed):
    knots = rough_knots(seed)
    samples, seconds, minutes = (show_rows(knots, SPECS, FAULTS, seed=seed, every=every) for every in (1, 10, 600))
    assert same(minutes, seconds[::60])
    assert same(minutes[:, 1], samples[::600, 1])
    means = samples[1 : LAST // 10 * 10 + 1, 0].reshape(-1, 10).mean(axis=1)
    assert seconds[1:, 0] == pytest.approx(means, rel=1e-15, nan_ok=True)


def ring_of(knots, newest, places):
    """The last places knots up to the newest, each at its place."""
    numbers = np.arange(max(0, newest - places + 1), newest + 1)
    ring = Knots(np.full(places, np.nan), np.full((places, knots.value.shape[1]), np.nan))
    ring.time_s[numbers % places], ring.value[numbers % places] = knots.time_s[numbers], knots.value[numbers]
    return ring


def test_knots_may_come_one_by_one_in_a_ring_that_goes_back_as_far_as_the_latest_clock():
    bank = bank_of(SPECS, FAULTS, hidden=True, rows=LAST + 1)
    for newest in range(NEWEST + 1):
        bank.sense(ring_of(KNOTS, newest, 100), newest, int(KNOTS.time_s[newest] / GRID_S + 1e-6))
    assert same(bank.rows, show_rows(KNOTS, SPECS, FAULTS, hidden=True))


@EXAMPLES
@given(seen=st.integers(0, 900), every=st.sampled_from([1, 10, 600]))
def test_a_newest_knot_replaced_counts_as_if_it_had_always_been_there(seen, every):
    specs = [SensorSpec(name="p", averaged=True, **ERRORS), SensorSpec(name="q", **ERRORS)]
    time_s = np.array([0.0, 13.0, 30.0, seen * GRID_S + 30.01, 150.0])
    final = knots_of(time_s, [[1e3] * 2, [1e3, 999.0], [997.0, 1001.0], [998.0] * 2, [950.0, 1.0]], time_s + 200.0)
    planned = Knots(final.time_s.copy(), final.value.copy())
    planned.time_s[3] += 20.0
    planned.value[3] += 20.0 / (time_s[3] - time_s[2]) * (final.value[3] - final.value[2])
    bank = bank_of(specs, every=every, rows=1501)
    bank.sense(planned, 3, 300 + seen)
    bank.sense(final, 4, 1500)
    first = -(-(301 + seen) // every) + 1  # the row after a mean that may hold planned samples
    expected = show_rows(final, specs, every=every)
    assert np.array_equal(bank.rows[first : expected.shape[0]], expected[first:])
    assert bank.rows[: expected.shape[0]] == pytest.approx(expected, rel=1e-12)


def test_rows_are_a_ring():
    bank = bank_of(SPECS, FAULTS, hidden=True, every=10, rows=100)
    bank.sense(KNOTS, NEWEST, LAST)
    numbers = np.arange(LAST // 10 - 99, LAST // 10 + 1)
    assert same(bank.rows[numbers % 100], show_rows(KNOTS, SPECS, FAULTS, hidden=True, every=10)[numbers])


def test_a_channel_has_the_same_errors_whatever_other_channels_there_are():
    alone = Knots(KNOTS.time_s, KNOTS.value[:, 1:])
    shown = show_rows(alone, SPECS[1:], [one for one in FAULTS if one.channel == "q"], hidden=True)
    assert same(shown[:, 0], show_rows(KNOTS, SPECS, FAULTS, hidden=True)[:, 1])


def test_a_sensor_looks_at_its_own_column():
    bank = SensorBank(SPECS[:1], [2], 0, 1, Draws(1, hidden=False))
    bank.sense(Knots(np.zeros(1), np.array([[293.15, np.nan, 777.0]])), 0, 0)
    assert bank.rows[0, 0] == pytest.approx(777.0, abs=5.0)


def test_time_goes_forwards_and_only_as_far_as_the_plant():
    bank = bank_of(SPECS)
    bank.sense(KNOTS, NEWEST, 50)
    bank.sense(KNOTS, NEWEST, 50)
    assert bank.sensed == 50
    with pytest.raises(ValueError, match="asked for sample 49, but have been at 50"):
        bank.sense(KNOTS, NEWEST, 49)
    with pytest.raises(ValueError, match=f"newest knot is at {LAST * GRID_S} s"):
        bank.sense(KNOTS, NEWEST, LAST + 1)


def test_knots_that_are_still_needed_must_not_have_left_the_ring():
    bank = bank_of(SPECS)
    with pytest.raises(ValueError, match="have left the ring"):
        bank.sense(ring_of(KNOTS, 50, 50), 50, 0)
    bank.sense(ring_of(KNOTS, 49, 50), 49, 0)
