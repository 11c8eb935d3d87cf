"""Compartments and times to the limit, from a method's answer to the scorecard; what makes a scenario's noise known."""

from dataclasses import replace

import numpy as np
import pytest
from campaign_bed import SMALL, loaded

from bench.detection.pressure_decay import PressureDecay
from bench.records import LeakEstimate
from procedures.campaign.cases import cases
from procedures.campaign.folder import SCORECARD, CampaignFolder
from procedures.campaign.outcome import conclude
from procedures.campaign.quiet import noise_is_declared
from procedures.campaign.rows import chunk

HOUR_S = 3600.0
TOLD = {"0.05": 600.0, "0.5": 1200.0, "0.95": 1800.0}
SECOND = '[[method]]\nname = "compensated_mass"\nlabel = "nervous"\nalarm = { k = 0.0 }\n\n[[requirement]]'
LARGE = (
    SMALL.replace("[[requirement]]", SECOND)
    .replace("[1e-8, 1e-7]", "[1e-5]")
    .replace('under_test = "mass"', 'under_test = "mass"\nlimit_pa = 85000')
)


def seer(_self, _rig, _series, window):
    """Says working_compartment whatever it sees."""
    probabilities = {"working_compartment": 0.7, "none": 0.3}
    found = LeakEstimate("seer", window.name, 0.0, 1e-9, compartment_probabilities=probabilities, time_to_limit_s=TOLD)
    return found if window.begin_s > 2.0 * HOUR_S else LeakEstimate("seer", window.name, 0.0, 1e-9)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("large"), LARGE)


@pytest.fixture(scope="module")
def rows(campaign):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PressureDecay, "estimate", seer)
        return chunk(campaign, cases(campaign))


def test_a_row_says_which_compartment_leaks_and_which_was_named(rows):
    seen = rows[(rows["method"] == "pressure_decay") & rows["judged"] & (rows["begin_s"] > 2.0 * HOUR_S)]
    assert set(seen["located"]) == {"working_compartment"}
    leaks = seen["leak"] != ""
    assert (seen["truth_compartment"] == np.where(leaks, "working_compartment", "none")).all()
    assert (rows[rows["method"] == "mass"]["located"] == "").all()


def test_the_time_to_the_limit_is_from_the_windows_end_to_the_transducers_crossing(rows):
    """1e-5 kg/s of 0.46 kg: 7.7 % an hour, from the onset at 2 h; 85 kPa of 98.5 are left after 1.9 h; the judged
    window ends 1.5 h after the onset.
    """
    judged = rows[rows["judged"]]
    large = judged[judged["leak"] == "hole 1e-05 kg/s"]["limit_truth_s"]
    assert large.to_numpy() / HOUR_S == pytest.approx(0.4, abs=0.1)
    assert judged[judged["leak"] == ""]["limit_truth_s"].isna().all()


def test_the_scorecard_shows_places_times_and_versions_where_there_are_any(campaign, rows, tmp_path):
    folder = CampaignFolder(tmp_path, campaign)
    folder.add(rows)
    outcome = conclude(campaign, folder, {})
    page = (folder.path / SCORECARD).read_text()
    assert "Where the leak is" in page
    assert "How long until the limit" in page
    assert "mass → nervous" in page
    named = {m.of_what.method for m in outcome.measures if m.name == "located_right"}
    assert named == {"pressure_decay"}


def test_the_noise_is_the_declared_one_where_nothing_happens_to_the_gas_or_the_sensors(campaign):
    known = {case.scenario: noise_is_declared(campaign, case) for case in cases(campaign)}
    assert known == {"S01": True, "S07": False}
    noise = campaign.bench.noise_class["pressure_transducer"].model_copy(update={"flicker": 0.1})
    classes = {**campaign.bench.noise_class, "pressure_transducer": noise}
    bench = campaign.bench.model_copy(update={"noise_class": classes})
    assert not noise_is_declared(replace(campaign, bench=bench), cases(campaign)[0])


def test_leaks_may_begin_at_several_hours_in_turn(tmp_path):
    several = loaded(tmp_path, SMALL.replace("onset_h = 2.0", "onset_h = [1.5, 2.5]"))
    onsets_h = [case.onset_s / HOUR_S for case in cases(several) if case.leak.startswith("hole")]
    assert onsets_h == [1.5, 2.5, 1.5, 1.5, 2.5, 1.5]
