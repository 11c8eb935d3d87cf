"""That the campaign `full` asks about everything, and that an answer becomes a row of its own."""

import pandas as pd
import pytest
from campaign_bed import SMALL, TODAY, loaded

from bench.errors import ConfigError
from bench.sim.scenario import SHIPPED, load_scenario
from bench.validation.campaign.stated import in_all, stated
from bench.validation.outcomes.mark import Mark
from procedures.campaign.cases import cases
from procedures.campaign.folder import CampaignFolder
from procedures.campaign.load import load_campaign
from procedures.campaign.outcome import conclude
from procedures.campaign.rows import chunk, windowed
from procedures.questions.every import questions

ASKING = SMALL + '\n[[question]]\nnames = ["S15b", "S29 orifice"]\nseeds = 2\n'


def test_every_scenario_of_the_list_is_asked_about_in_the_campaign_full():
    asked = {question.scenario.name for question in load_campaign("full", TODAY).questions()}
    listed = {load_scenario(path.stem).name for path in SHIPPED.glob("S*.toml")}
    assert asked == listed
    assert {name[:3] for name in asked} == {f"S{number:02}" for number in range(1, 36)}


def test_no_question_is_left_out():
    assert {question.name for question in load_campaign("full", TODAY).questions()} == set(questions())


def test_a_question_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"question: S15c: no such question \(there are: S01, "):
        loaded(tmp_path, ASKING.replace("S15b", "S15c"))


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    campaign = loaded(tmp_path_factory.mktemp("campaign"), ASKING)
    return chunk(campaign, cases(campaign)[-5:])


def test_an_answer_is_a_row_and_not_one_of_a_window(rows):
    answers = rows[rows["question"] != ""]
    assert list(answers["question"]) == ["S15b", "S15b", "S29 orifice", "S29 orifice"]
    assert list(answers["method"].unique()) == ["patch_watch", "leak_kind"]
    assert answers["seed"].is_unique
    assert set(answers["mark"]) == {"right"}
    assert answers["said"].str.contains("pressure cannot tell|orifice").all()
    assert list(windowed(rows)["case"].unique()) == [11]


def test_the_table_counts_what_was_right_wrong_and_neither():
    marks = ["right", "right", "wrong", "undecided"]
    rows = pd.DataFrame({"question": "S99", "method": "m", "mark": marks, "said": ["a", "b", "c", "d"]})
    (found,) = table = stated(rows, {"S99": "what is so"})
    assert (found.runs, found.wrong_said) == (4, ["c"])
    assert dict(found.marks) == {Mark.RIGHT: 2, Mark.WRONG: 1, Mark.UNDECIDED: 1}
    assert in_all(table) == "1 questions, 4 runs: 2 right, 1 wrong, 1 undecided; wrong in S99"


NIGHT = """
[headline]
scenario = "S01"
leak = "one"
nights = ["S06g"]
hardest = "S06g"
plain = "mass"

[[scenario]]
name = "S06g"
seeds = 1

[[leak]]
name = "one"
onset_h = 2.0
seeds = 1
scenarios = ["S01"]
sizes_kg_s = [1e-7]
"""


def test_the_scorecard_has_the_table_and_the_headline_and_the_verdict_is_the_file_s(tmp_path):
    campaign = loaded(tmp_path, ASKING + NIGHT)
    every, folder = cases(campaign), CampaignFolder(tmp_path / "results", campaign)
    folder.add(chunk(campaign, every))
    outcome = conclude(campaign, folder, {})
    page = (outcome.folder / "scorecard.html").read_text()
    assert [(each.name, each.runs, each.marks[Mark.RIGHT]) for each in outcome.stated] == [
        ("S15b", 2, 2),
        ("S29 orifice", 2, 2),
    ]
    assert "2 questions, 4 runs: 4 right, 0 wrong, 0 undecided" in page
    assert "all 1 kinds of night" in page
    assert {measure.of_what.scenario for measure in outcome.measures} <= {"", "S01", "S07", "S06g"}
