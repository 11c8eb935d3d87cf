"""Facts about a search by closing hatches."""

from itertools import product

import numpy as np
import pytest
from cabin import Cabin, all_closed, rig

from bench.detection.isolation.monitor import HatchIsolation
from bench.detection.isolation.planner import NONE, SEVERAL
from bench.detection.isolation.prior import Prior
from bench.detection.method import CannotEstimateError
from bench.records import Series

BIG, SMALL = 6e-8, 2e-8
LEAST = Prior(1.0 / 3.0, 3e-8, 2e-6)
"""Of larger leaks "alone" and "none" are said sooner."""


def search(**parameters):
    return HatchIsolation(leak=LEAST, every_s=1800.0, **parameters).start(rig())


def answers(cabin, hours, seed=1, **parameters):
    return search(**parameters).update(cabin.record(hours, seed))


def named(estimates):
    chances = estimates[-1].compartment_probabilities
    best = max(chances, key=chances.get)
    return best if chances[best] >= 1.0 - HatchIsolation().error else None


@pytest.mark.parametrize("truth", ["fore", "mid", "aft"])
def test_the_compartment_that_leaks_is_named_and_its_rate_is_within_three_sigma(truth):
    last = answers(Cabin({truth: BIG}, closed=all_closed()), 6.5)[-1]
    assert named([last]) == truth
    assert abs(last.rate_kg_s - BIG) < 3.0 * last.u_kg_s
    assert last.u_kg_s < 0.3 * BIG
    assert last.notes[0] == f"the leak is in {truth}"


def test_none_and_more_than_one_are_answers():
    assert named(answers(Cabin(closed=all_closed()), 9.0)) == NONE
    assert named(answers(Cabin({"fore": BIG, "mid": BIG}, closed=all_closed()), 6.0)) == SEVERAL


def test_which_compartment_leaks_is_said_before_whether_it_alone_does():
    last = answers(Cabin({"aft": BIG}, closed=all_closed()), 1.5)[-1]
    assert named([last]) is None
    assert last.notes[0].startswith("aft leaks, whether alone is inconclusive: about")


def test_probabilities_are_one_in_sum_and_start_at_the_prior():
    found = answers(Cabin({"aft": BIG}, closed=all_closed()), 1.0)
    for estimate in found:
        assert sum(estimate.compartment_probabilities.values()) == pytest.approx(1.0)
    works = np.array([1.0 / 3.0] * 3 + [0.05] * 4)  # leaks, seals of either law: at most three are thought of
    sets = np.array([at_work for at_work in product((0, 1), repeat=7) if sum(at_work) <= 3])
    chances = np.where(sets, works, 1.0 - works).prod(axis=1)
    none = chances[sets[:, :3].sum(axis=1) == 0].sum() / chances.sum()
    assert found[0].compartment_probabilities[NONE] == pytest.approx(none, rel=0.02)


def test_with_hatches_open_nothing_is_named_and_the_operator_is_told():
    last = answers(Cabin({"aft": BIG}), 6.0)[-1]
    chances = last.compartment_probabilities
    assert chances["fore"] == pytest.approx(chances["mid"], abs=0.02)
    assert chances[NONE] < 0.01
    assert "with hatches as they are a day is not long enough" in last.notes[0]


def test_partitions_one_after_another_are_used_together():
    """Neither alone can tell: fore from mid behind the second hatch, mid from aft behind the first."""
    cabin = Cabin({"mid": BIG}, closed=(("fore_mid", 600.0, 10_800.0), ("mid_aft", 10_800.0, np.inf)))
    found = answers(cabin, 6.0)
    at_change = next(e for e in found if e.time_s >= 10_800.0)
    assert named([at_change]) is None
    assert named(found) == "mid"


def test_a_hatch_that_opens_in_mid_test_is_no_leak():
    cabin = Cabin({"aft": BIG}, closed=(*all_closed(1800.0, 9000.0), *all_closed(10_800.0)))
    found = search().update(cabin.record(6.0, 2))
    assert named(found) == "aft"
    assert all(named([estimate]) in (None, "aft") for estimate in found)


def test_gas_that_warms_everywhere_is_no_leak_and_no_inflow():
    last = answers(Cabin(closed=all_closed(), drift_k_s=-0.3 / 3600.0), 9.0)[-1]
    assert named([last]) == NONE


def test_a_seal_is_not_called_a_leak_and_its_conductance_is_found_once_it_is_excited():
    conductance = 3e-11
    cabin = Cabin({"aft": BIG}, {"mid_aft": conductance}, all_closed(), (("aft", 5400.0, 2000.0),))
    watch = search()
    found = watch.update(cabin.record(6.0, 3))
    assert named(found) == "aft"
    value, u = watch.latest.value(4, 6)
    assert value == pytest.approx(conductance, rel=0.2)
    assert abs(value - conductance) < 3.0 * u
    assert "the seal of mid_aft leaks" in " ".join(found[-1].notes)


def test_gas_goes_through_a_seal_from_the_higher_pressure_to_the_lower():
    """What a tight compartment loses through a seal is not called a leak."""
    cabin = Cabin({}, {"mid_aft": 1e-10}, all_closed(), (("aft", 3600.0, 2000.0),))
    watch = search()
    found = watch.update(cabin.record(6.0, 4))
    assert all(named([estimate]) in (None, NONE) for estimate in found)
    assert watch.latest.chance(4, 6) > 0.99


def test_an_unexcited_seal_that_may_be_a_leak_asks_for_pressure():
    """Half of what leaves aft comes back through the seal from mid: mid looks as if it leaked, too."""
    cabin = Cabin({"aft": BIG}, {"mid_aft": 3e-10}, all_closed())
    found = search().update(cabin.record(3.0, 5))
    undecided = [e for e in found if named([e]) is None]
    assert any("feed 2000 Pa to one side" in note for e in undecided for note in e.notes)
    assert all(named([e]) in (None, "aft") for e in found)


def test_where_the_crew_sits_nothing_is_learned():
    cabin = Cabin({"mid": BIG}, closed=all_closed())  # what the crew takes: as good as a leak
    last = answers(cabin, 6.0, occupied=frozenset({"mid"}))[-1]
    chances = last.compartment_probabilities
    assert chances["mid"] + chances[NONE] > 0.9
    assert chances["mid"] == pytest.approx(1.0 / 3.0, abs=0.05)


def test_gaps_and_missing_sensors_do_not_mislead():
    whole = Cabin({"aft": BIG}, closed=all_closed()).record(8.0, 6)
    columns = {name: values.copy() for name, values in whole.columns.items()}
    columns["aft_t1"][700:900] = np.nan
    columns["mid_p"][400:600] = np.nan
    columns["fore_t2"][::7] = np.nan
    kept = (whole.time_s < 9000.0) | (whole.time_s > 12_600.0)
    damaged = Series(whole.time_s[kept], {name: values[kept] for name, values in columns.items()})
    found = search().update(damaged)
    assert named(found) == "aft"


def test_pieces_and_the_future_change_nothing():
    whole = Cabin({"fore": BIG}, closed=all_closed()).record(2.0, 7)
    at_once = search().update(whole)
    watch, in_pieces = search(), []
    for begin_s in np.arange(0.0, 7200.0, 500.0):
        in_pieces += watch.update(whole.between(begin_s, begin_s + 500.0))
    assert [e.time_s for e in in_pieces] == [e.time_s for e in at_once]
    for one, other in zip(in_pieces, at_once, strict=True):
        assert one.compartment_probabilities == pytest.approx(other.compartment_probabilities, abs=1e-9)


def test_a_noisy_background_makes_the_search_slower_not_wrong():
    background = Cabin().record(4.0, 8, noise=3.0)
    data = Cabin({"aft": SMALL}, closed=all_closed()).record(2.0, 9)
    calm = search().update(data)[-1]
    wary = HatchIsolation(leak=LEAST, every_s=1800.0).start(rig(), background).update(data)[-1]
    assert wary.detectable_kg_s == pytest.approx(3.0 * calm.detectable_kg_s, rel=0.2)
    assert "noise" in wary.notes[-1]


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="proper"):
        Prior(0.2, 1e-6, 1e-8)
    with pytest.raises(ValueError, match="error"):
        HatchIsolation(error=0.7)
    with pytest.raises(CannotEstimateError, match="attic"):
        HatchIsolation(occupied=frozenset({"attic"})).start(rig())
