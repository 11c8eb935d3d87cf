"""What is hidden of a blind run, and that it is all there afterwards."""

from bench.blind import digest
from bench.sim.scenario import load_scenario
from procedures.blindfold import HIDDEN, hidden, hide, shown

PLAN = {"leaks": ["us_50um"], "exposure_s": 60.0}
MANIFEST = {
    "plan": PLAN,
    "arguments": {"leaks": "us_50um", "exposure_s": "60"},
    "scenario": {"name": "S03_step", "why": "a hole opens"},
    "seed": 7,
    "simulated": True,
}


def test_neither_scenario_nor_seed_nor_leaks_are_told():
    told = hidden(MANIFEST)
    assert told["plan"] == {"leaks": HIDDEN, "exposure_s": 60.0}
    assert told["arguments"] == {"leaks": HIDDEN, "exposure_s": "60"}
    assert (told["scenario"], told["seed"]) == (HIDDEN, HIDDEN)


def test_a_real_bench_has_no_scenario_to_hide():
    assert (hidden({**MANIFEST, "scenario": None, "seed": None})["scenario"]) is None
    assert hide(None, 1, PLAN).hidden == {"scenario": None, "seed": None, "leaks": ["us_50um"]}


def test_the_whole_scenario_is_committed_to_with_its_hidden_leaks():
    scenario = load_scenario("S03")
    found = hide(scenario, 7, PLAN)
    assert found.hidden["scenario"]["hidden_leak"][0]["diameter_m"] == 16e-6
    assert found.sha256 == digest(found.hidden, found.nonce)


def test_a_plan_is_shown_as_it_is_unless_the_run_is_blind():
    assert shown(PLAN, blind=False) == PLAN
    assert shown(PLAN, blind=True)["leaks"] == HIDDEN
