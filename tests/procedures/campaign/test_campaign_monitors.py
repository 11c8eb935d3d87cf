"""Monitors in a campaign, methods from a file beside it, and the mock-up watched as a whole."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from campaign_bed import SMALL, loaded

from bench.config.rig import rig_of
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.method import CannotEstimateError
from bench.errors import ConfigError
from bench.records import LeakEstimate, Window
from bench.rig import WHOLE
from bench.sim.direct import simulate
from procedures.campaign.answers import Watched
from procedures.campaign.cases import cases, staged
from procedures.campaign.rows import TIMINGS, chunk

TINY = Path(__file__).parents[2] / "tiny_cusum.py"
WITH_MONITOR = (
    SMALL.replace('label = "mass"', "").replace('under_test = "mass"', 'under_test = "TinyCusum"')
    + """
[[method]]
name = "tiny_cusum.py:TinyCusum"
parameters = { width_s = 120.0, h = 6.0, rate_kg_s = 5e-8 }
"""
)
OPEN = WITH_MONITOR.replace('compartment = "working_compartment"', 'compartment = "whole"\nhatches = "open"').replace(
    "sizes_kg_s = [1e-8, 1e-7]", 'sizes_kg_s = [1e-7]\ncompartment = "us_segment"'
)


def beside(folder, text):
    shutil.copy(TINY, folder)
    return loaded(folder, text)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return beside(tmp_path_factory.mktemp("campaign"), WITH_MONITOR)


@pytest.fixture(scope="module")
def rows(campaign):
    some = [case for case in cases(campaign) if case.size_kg_s == 1e-7 or case.number == 0]
    found = chunk(campaign, some)
    return found[found["method"] == "TinyCusum"]


def test_a_monitor_gives_a_row_for_every_window(rows):
    assert rows.groupby("case").size().eq(2).all()
    assert (rows["refused"] == "").all()
    assert (rows["u_kg_s"] > 0.0).all()


def test_its_alarm_is_its_first_in_the_window_and_comes_after_the_onset(rows):
    leaking = rows[(rows["leak"] != "") & (rows["begin_s"] >= rows["onset_s"])]
    assert leaking["alarm"].all()
    assert ((leaking["alarm_s"] > leaking["begin_s"]) & (leaking["alarm_s"] <= leaking["end_s"])).all()
    assert rows[rows["leak"] == ""]["alarm_s"].isna().all()


def test_rows_do_not_depend_on_how_a_campaign_is_cut(campaign, rows):
    case = cases(campaign)[0]
    again = chunk(campaign, [case])
    again = again[again["method"] == "TinyCusum"].drop(columns=list(TIMINGS)).reset_index(drop=True)
    same = rows[rows["case"] == 0].drop(columns=list(TIMINGS)).reset_index(drop=True)
    assert again.equals(same)


def test_another_file_of_the_same_name_is_another_campaign(tmp_path, campaign):
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "tiny_cusum.py").write_text(TINY.read_text().replace("mass_kg / 2", "mass_kg / 3") + "\n# changed\n")
    assert beside(tmp_path, WITH_MONITOR).sha256 == campaign.sha256
    assert loaded(changed, WITH_MONITOR).sha256 != campaign.sha256


def test_a_method_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"small\.toml: method\.2: .*there is no file .*tiny_cusum\.py"):
        loaded(tmp_path, WITH_MONITOR)


def test_with_open_hatches_the_whole_is_watched_wherever_the_leak_is(tmp_path):
    campaign = beside(tmp_path, OPEN)
    case = next(case for case in cases(campaign) if case.size_kg_s == 1e-7)
    assert (case.place, case.compartment) == ("us_segment", WHOLE)
    rows = chunk(campaign, [case])
    judged = rows[rows["judged"]]
    assert judged["truth_kg_s"].to_numpy() == pytest.approx(1e-7, rel=0.02)
    mass = judged[judged["method"] == "compensated_mass"]
    assert (np.abs(mass["rate_kg_s"] - mass["truth_kg_s"]) < 4.0 * mass["u_kg_s"]).all()


def test_with_open_hatches_all_compartments_have_one_pressure(tmp_path):
    campaign = beside(tmp_path, OPEN)
    case = next(case for case in cases(campaign) if case.size_kg_s == 1e-7)
    scenario, orders = staged(campaign, case)
    seen = simulate(campaign.bench, scenario, case.seed, orders, duration_s=14_400.0, period_s=60.0)
    gauges = rig_of(campaign.bench).volume(WHOLE).gauges
    fallen_pa = [seen.column(g.channel)[-60:].mean() - seen.column(g.channel)[10:70].mean() for g in gauges]
    assert min(fallen_pa) == pytest.approx(max(fallen_pa), abs=3.0)
    assert max(fallen_pa) < -10.0


@pytest.mark.parametrize(("text", "shut"), [(WITH_MONITOR, 1.0), (OPEN, 0.0)], ids=["shut", "open"])
def test_a_method_is_shown_how_the_hatches_are(tmp_path, monkeypatch, text, shut):
    campaign, seen = beside(tmp_path, text), []

    def spy(_self, rig, series, _window):
        seen.append({float(value) for hatch in rig.hatches for value in series.columns[hatch.closed_channel]})
        raise CannotEstimateError("spy", "w", "has seen enough")

    monkeypatch.setattr(CompensatedMass, "estimate", spy)
    chunk(campaign, cases(campaign)[:1])
    assert seen[0] == {shut}


def test_the_whole_is_watched_with_open_hatches_only_and_a_hole_is_somewhere(tmp_path):
    with pytest.raises(ConfigError, match="compartment: whole is not in"):
        beside(tmp_path, OPEN.replace('hatches = "open"', 'hatches = "shut"'))
    with pytest.raises(ConfigError, match=r"leak\.hole\.compartment: say in which, whole is none"):
        beside(tmp_path, OPEN.replace('compartment = "us_segment"', ""))


def said(time_s, *, alarm):
    return time_s, LeakEstimate("m", "node", 1e-8, 1e-9, time_s=time_s, alarm=alarm)


def test_the_latest_answer_of_a_window_counts_and_its_first_alarm():
    watched = Watched("m", 3.0, [said(10.0, alarm=False), said(20.0, alarm=True), said(30.0, alarm=True)], "", 0.1)
    first, second, third = (watched.about(Window("w", "node", begin, begin + 15.0)) for begin in (0.0, 15.0, 30.0))
    assert (first.found.time_s, np.isnan(first.alarm_s)) == (10.0, True)
    assert (second.found.time_s, second.alarm_s) == (30.0, 20.0)
    assert third.refused == "no answer yet"


def test_one_without_alarms_of_its_own_is_held_to_the_rule_of_the_file():
    window = Window("w", "node", 0.0, 15.0)
    assert Watched("m", 3.0, [said(10.0, alarm=None)], "", 0.1).about(window).alarm_s == 15.0
    assert np.isnan(Watched("m", 20.0, [said(10.0, alarm=None)], "", 0.1).about(window).alarm_s)
