"""What the rows of a campaign say, and that nothing but the campaign decides it."""

import numpy as np
import pandas as pd
import pytest
from campaign_bed import SMALL, loaded

from bench.detection.pressure_decay import PressureDecay
from procedures.campaign.cases import cases
from procedures.campaign.rows import TIMINGS, chunk


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def rows(campaign):
    return chunk(campaign, cases(campaign))


def test_every_run_has_a_seed_of_its_own_from_the_first_on(campaign):
    assert [case.seed for case in cases(campaign)] == list(range(7, 19))


def test_rows_do_not_depend_on_how_a_campaign_is_cut(campaign, rows):
    every = cases(campaign)[:4]
    cut = pd.concat([chunk(campaign, every[:1]), chunk(campaign, every[1:4])], ignore_index=True)
    same = rows[rows["case"] < 4].drop(columns=list(TIMINGS))
    pd.testing.assert_frame_equal(cut.drop(columns=list(TIMINGS)), same, check_exact=True)


def test_each_run_is_judged_in_one_window_the_first_whole_one_after_the_onset(rows):
    judged = rows[rows["judged"] & (rows["method"] == "mass")]
    assert list(judged["case"]) == list(range(12))
    with_leak = judged[judged["onset_s"].notna()]
    assert set(with_leak["begin_s"]) == {2.5 * 3600.0}


def test_the_truth_is_what_passed_and_nothing_where_no_leak_is(rows):
    judged = rows[rows["judged"] & (rows["method"] == "mass")].set_index("case")
    for leak, stated in (("hole 1e-08 kg/s", 1e-8), ("hole 1e-07 kg/s", 1e-7)):
        assert judged[judged["leak"] == leak]["truth_kg_s"].to_numpy() == pytest.approx(stated, rel=0.02)
    assert judged[judged["leak"] == "orifice working_25um"]["truth_kg_s"].item() == pytest.approx(1e-7, rel=0.1)
    assert (judged["null"] == (judged["leak"] == "")).all()


def test_a_programmable_leak_is_set_and_what_it_really_passes_is_the_truth(tmp_path):
    """Its flow controller's hidden error of half a per cent is in it, and so is what fills the manifold at first."""
    programmable = loaded(tmp_path, SMALL.replace('orifices = ["working_25um"]', 'orifices = ["programmable_working"]'))
    (case,) = [case for case in cases(programmable) if case.orifice]
    rows = chunk(programmable, [case])
    whole, begun = (rows[(rows["begin_s"] == h * 3600.0) & (rows["method"] == "mass")] for h in (2.5, 1.5))
    assert whole["truth_kg_s"].item() == pytest.approx(6e-7, rel=0.02)
    assert whole["truth_kg_s"].item() != pytest.approx(6e-7, rel=1e-6)
    assert begun["truth_kg_s"].item() * 3600.0 == pytest.approx(1800.0 * 6e-7 + 1.15e-4, rel=0.02)
    assert whole["rate_kg_s"].item() == pytest.approx(6e-7, rel=0.1)


def test_a_window_in_which_the_leak_begins_has_the_mean_over_it(rows):
    half = rows[(rows["leak"] == "hole 1e-07 kg/s") & (rows["begin_s"] == 1.5 * 3600.0)]
    assert half["truth_kg_s"].to_numpy() == pytest.approx(0.5e-7, rel=0.02)
    assert not half["judged"].any()


def test_a_method_sees_neither_the_future_nor_channels_that_its_rig_does_not_name(campaign, monkeypatch):
    seen = []

    def spy(_self, _rig, series, window):
        seen.append((series.time_s[-1] < window.end_s, sorted(series.columns)))
        raise AssertionError("no method may be stopped by anything but CannotEstimateError")

    monkeypatch.setattr(PressureDecay, "estimate", spy)
    with pytest.raises(AssertionError):
        chunk(campaign, cases(campaign)[:1])
    ((past, channels),) = seen
    assert past
    assert "working_pressure" in channels
    telling = ("orifice", "chamber_", "leak_flow", "select")
    assert not [name for name in channels if any(word in name for word in telling)]


def test_an_alarm_is_a_rate_beyond_k_uncertainties(rows):
    for method, k in (("mass", 3.0), ("pressure_decay", 5.0)):
        part = rows[rows["method"] == method]
        assert (part["alarm"] == (part["rate_kg_s"] > k * part["u_kg_s"])).all()
        assert np.array_equal(part["alarm_s"], np.where(part["alarm"], part["end_s"], np.nan), equal_nan=True)


def test_a_method_that_cannot_answer_says_so_and_does_not_alarm(tmp_path):
    sparse = loaded(tmp_path, SMALL.replace("period_s = 120.0", "period_s = 1800.0"))
    found = chunk(sparse, cases(sparse)[:1])
    refused = found[found["method"] == "mass"]
    assert refused["refused"].str.contains("usable minutes").all()
    assert not refused["alarm"].any()
