"""A campaign file that cannot be meant is one line that names file, key and reason."""

import pytest
from campaign_bed import SMALL, TODAY, loaded, written

from bench.errors import ConfigError
from procedures.campaign.load import SHIPPED, load_campaign
from procedures.cli import main

HEADLINE = """
[headline]
scenario = "S01"
leak = "hole"
nights = ["{0}"]
hardest = "{0}"
plain = "{1}"

"""
BAD = {
    "no TOML": (("name =", "name"), "not TOML"),
    "unknown key": (("first_seed = 7", "first_sed = 7"), "first_sed: unknown key"),
    "key of an entry": (("seeds = 2", "seedz = 2"), "scenario.1."),
    "no scenario of that name": (('name = "S07"', 'name = "S99"'), "S99.toml: no such scenario"),
    "no such bench": (('why = "A test."', 'why = "A test."\nbench = "mir"'), "mir: no such bench file"),
    "no such compartment": (('compartment = "working', 'compartment = "walking'), "compartment: walking_compartment"),
    "no such orifice": (("working_25um", "working_26um"), "leak.orifice.orifices: working_26um is not in"),
    "no such method": (('name = "pressure_decay"', 'name = "guess"'), "no such method (there are: attribution"),
    "no such parameter": (
        ("alarm = { k = 5.0 }", "parameters = { window = 3 }"),
        "pressure_decay: window: no such parameter (there are: none)",
    ),
    "two methods of one name": (('name = "pressure_decay"', 'name = "pressure_decay"\nlabel = "mass"'), "method.mass"),
    "nobody under test": (('under_test = "mass"', 'under_test = "mess"'), "under_test: mess is none of the methods"),
    "no such measure": (('measure = "coverage"', 'measure = "cover"'), "requirement.0.measure"),
    "no limit": (("at_least = 0.2", ""), "give at_most, at_least or both"),
    "exposure that is none": (("at_least = 0.2", "at_least = 0.2\nexposure_h = 2.0"), "exposure_h: 2.0 is not in"),
    "scenario that is none": (('scenarios = ["S01"]', 'scenarios = ["S02"]'), "scenarios: S02 is not in this file"),
    "onset before the watch": (("onset_h = 2.0", "onset_h = 1.0"), "leak.hole.onset_h: it begins before the watch"),
    "onset too late": (("onset_h = 2.0", "onset_h = 3.5"), "no whole window of 1 h follows it"),
    "period off the grid": (("period_s = 120.0", "period_s = 0.25"), "no multiple of 0.1 s"),
    "watch too short": (("duration_h = 4.0", "duration_h = 2.0"), "duration_h = 2 leaves no window of 1 h"),
    "headline of nobody": (("[[leak]]", HEADLINE.format("S01", "mess") + "[[leak]]"), "headline.plain: mess is not in"),
    "night without a ramp": (("[[leak]]", HEADLINE.format("S07", "mass") + "[[leak]]"), "S07 has no ramp of temp"),
    "sizes and orifices": (("sizes_kg_s = [1e-8, 1e-7]", ""), "give either sizes_kg_s or orifices"),
}


@pytest.mark.parametrize(("change", "reason"), BAD.values(), ids=BAD)
def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path, change, reason):
    assert change[0] in SMALL
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, SMALL.replace(*change, 1))
    line = str(refused.value)
    assert reason in line
    assert "\n" not in line


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_campaigns_can_be_loaded_by_name(path):
    assert load_campaign(path.stem, TODAY).file.name == path.stem


def test_the_command_says_the_line_and_exits_with_70_before_anything_is_made(tmp_path, monkeypatch, capsys):
    file = written(tmp_path, SMALL.replace("first_seed", "first_sed"))
    monkeypatch.setattr("sys.argv", ["leakbench", "campaign", str(file), "--results", str(tmp_path / "results")])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (70, "")
    assert err == f"leakbench: {file}: first_sed: unknown key\n"
    assert not (tmp_path / "results").exists()
