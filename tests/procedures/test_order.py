from pathlib import Path

import pytest
from shipped_copy import copy_shipped, replace

from bench.errors import ConfigError
from procedures import leak_sweep
from procedures.leak_sweep import monitors, under_test
from procedures.order import make_order

TESTS = Path(__file__).parents[1]
TINY = f"{TESTS / 'tiny_cusum.py'}:TinyCusum"
TWO_POINTS = f"{TESTS / 'outside_method' / 'acme_leaks' / 'two_points.py'}:TwoPoints"


def order(*extra, name="leak_sweep", bench=None, simulate=None):
    return make_order(name, bench, simulate, extra, seed=7, results=Path("results"), quiet=True, begun=0.0)


def complaint(*extra, **asked):
    with pytest.raises(ConfigError) as caught:
        order(*extra, **asked)
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("bench", "simulate", "name", "scenario"),
    [
        (None, None, "zvezda", "quiet"),  # the first command of a newcomer works without hardware
        (None, "cabin_drift", "zvezda", "cabin_drift"),
        ("zvezda", None, "zvezda", None),  # a bench that was named is meant
        ("zvezda", "as_stated", "zvezda", "as_stated"),
    ],
)
def test_which_bench_is_driven_and_whether_it_is_simulated(bench, simulate, name, scenario):
    found = order(bench=bench, simulate=simulate)
    assert found.bench.bench.name == name
    assert (found.scenario and found.scenario.name) == scenario


def test_what_the_command_line_sets_is_in_the_plan_as_a_number():
    assert order("exposure_s=3600").plan.exposure_s == 3600.0


def test_what_the_command_line_does_not_set_stands():
    assert order("exposure_s=3600").plan.background_s == leak_sweep.Plan().background_s


def test_leaks_are_named_with_commas_and_opened_in_that_order():
    assert order("leaks=working_50um, us_50um").plan.leaks == ("working_50um", "us_50um")


def test_the_words_of_the_command_line_are_kept_for_the_record():
    assert order("exposure_s = 3600", "leaks=us_50um").arguments == {"exposure_s": "3600", "leaks": "us_50um"}


def test_by_default_all_leaks_of_50_and_100_um_are_opened():
    assert order().plan.leaks == (
        "us_50um",
        "transfer_50um",
        "working_50um",
        "working_100um",
        "intermediate_50um",
    )


@pytest.mark.parametrize(
    ("extra", "parts"),
    [
        ("exposure_s", ["-e exposure_s: write it as KEY=VALUE"]),
        ("exposre_s=3600", ["leak_sweep: -e exposre_s: unknown key", "exposure_s"]),
        ("=3600", ["unknown key"]),
        ("exposure_s=long", ["leak_sweep: -e exposure_s: ", "number"]),
        ("exposure_s=-1", ["leak_sweep: -e exposure_s: ", "greater than 0"]),
        ("exposure_s=inf", ["leak_sweep: -e exposure_s: ", "finite"]),
        ("exposure_s=nan", ["leak_sweep: -e exposure_s: "]),
        ("exposure_s=120", ["exposure_s: 120 s leaves nothing after lead_s = 60 s"]),
        ("background_s=100", ["background_s: 100 s leaves nothing after lead_s = 60 s"]),
        ("leaks=mir_50um", ["leaks: mir_50um", "zvezda.toml", "working_50um"]),
        ("leaks=us_50um,mir_50um,spektr", ["leaks: mir_50um, spektr"]),
        ("leaks=us_50um,us_50um", ["leaks: us_50um: named more than once"]),
        (
            "method=crystal_ball",
            ["method: crystal_ball", "attribution, attribution_watch, compensated_mass, cusum"],
        ),
        ("method=crystal.py:Ball", ["method: crystal.py:Ball: there is no file crystal.py"]),
        (f"method={TINY}", ["method: ", "it cannot be asked about a window; say -e watch="]),
        ("watch=compensated_mass", ["watch: compensated_mass: it can only be asked about a window"]),
        ("parameters=k=3", ["method: compensated_mass: k: no such parameter (there are: above_background)"]),
        ("parameters=k", ["-e parameters: ", "k: write it as KEY=VALUE"]),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_with_the_key_and_the_reason(extra, parts):
    line = complaint(extra)
    assert all(part in line for part in parts)


def test_a_monitor_of_one_volume_watches_every_compartment():
    asked = order(f"watch={TINY}")
    watching = monitors(asked.plan, asked.bench)
    assert [made.compartment for made in watching] == [entry.name for entry in asked.bench.compartment]


def test_the_method_under_test_is_made_with_the_parameters_of_the_plan():
    made = under_test(order(f"method={TWO_POINTS}", "parameters=minutes=5").plan)
    assert (made.name, made.about["parameters"]) == ("two_points", {"minutes": 5.0})


def test_an_unknown_procedure_is_told_with_those_there_are():
    assert complaint(name="leek_sweep") == "leek_sweep: no such procedure (there are: leak_sweep)"


def test_an_unknown_scenario_is_told_with_those_shipped():
    line = complaint(simulate="storm")
    assert "storm.toml: no such scenario" in line
    assert "as_stated, cabin_drift, quiet" in line


def test_an_unknown_bench_is_told_with_those_shipped():
    assert complaint(bench="mir").endswith("(shipped: rig580, zvezda, zvezda_mks)")


def test_an_unknown_driver_is_refused_before_anything_is_opened(tmp_path):
    file = copy_shipped(tmp_path)
    replace(file, 'driver = "keysight_34972a"', 'driver = "abacus"')
    assert f"{file}: instrument.thermometers.driver: 'abacus' unknown" in complaint(bench=str(file))


def test_a_scenario_of_ones_own_is_a_file(tmp_path):
    file = tmp_path / "storm.toml"
    file.write_text('name = "storm"\nwhy = "the door was open"\nswing_k = 5.0\n')
    assert order(simulate=str(file)).scenario.swing_k == 5.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('name = "storm"\nwhy = "why not"\nwind_m_s = 3.0', "wind_m_s: unknown key"),
        ('name = "storm"', "why: "),
        ("name = storm", "not TOML: "),
    ],
)
def test_a_spoilt_scenario_is_named_with_key_and_reason(tmp_path, text, reason):
    file = tmp_path / "storm.toml"
    file.write_text(text)
    line = complaint(simulate=str(file))
    assert line.startswith(f"{file}: ")
    assert reason in line
