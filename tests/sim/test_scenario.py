"""Scenario files: closed, found by name, and refused in one line that names what is wrong."""

import math
import tomllib
from datetime import date

import numpy as np
import pytest
from sim import rigs

from bench.config.load import find_bench, load_bench
from bench.errors import ConfigError
from bench.sim.draws import Draws
from bench.sim.scenario import SHIPPED, load_scenario
from bench.sim.scenario_entries import HiddenLeak

RIG580 = load_bench(find_bench("rig580"), date(2026, 11, 23))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_says_why_it_exists_and_runs_for_an_hour(path):
    scenario = load_scenario(path.stem)
    assert scenario.name == path.stem
    assert 20 < len(scenario.why) < 130
    rig = rigs.rig_of(path.stem, every=rigs.MINUTELY)
    assert (rigs.masses(rig, 3600.0).sum(axis=1) > 0.0).all()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("S*.toml")), ids=lambda path: path.stem)
def test_the_s_list_can_be_staged_on_the_bench_of_published_targets(path):
    rig = rigs.rig_of(path.stem, bench=RIG580, every=rigs.MINUTELY)
    assert (rigs.masses(rig, 60.0).sum(axis=1) > 0.0).all()


UNKNOWN = {
    "hidden_leak.compartment": {"hidden_leak": [{"name": "x", "compartment": "cellar", "diameter_m": 1e-5}]},
    "hidden_leak.x.to": {
        "hidden_leak": [{"name": "x", "compartment": "us_segment", "to": "cellar", "diameter_m": 1e-5}]
    },
    "trapped.compartment": {
        "trapped": [
            {"name": "x", "compartment": "cellar", "volume_m3": 1e-3, "conductance_m3_s": 1e-8, "pressure_pa": 1e5}
        ]
    },
    "makeup.compartment": {"makeup": [{"compartment": "cellar", "pressure_pa": 1e5, "max_flow_kg_s": 1e-6}]},
    "crew.compartment": {"crew": [{"compartment": "cellar", "people": 1e-3}]},
    "source.compartment": {"source": [{"compartment": "cellar", "kg_s": 1e-6}]},
    "racks.compartment": {"racks": [{"compartment": "cellar"}]},
    "hiss.compartment": {"hiss": [{"compartment": "cellar", "position_m": [0.0, 0.0, 0.0]}]},
    "purification.compartment": {
        "purification": [{"compartment": "cellar", "area_m2": 1e-6, "period_s": 10.0, "open_s": 1.0}]
    },
    "heat_w": {"heat_w": {"cellar": 8.0}},
    "wall_heat_w": {"wall_heat_w": {"cellar": 8.0}},
    "patch.cellar.leak": {"patch": [{"leak": "cellar", "at_s": 1.0, "residual": 0.1}]},
    "growth.cellar.leak": {"growth": [{"leak": "cellar", "over_s": 1.0, "factor": 2.0}]},
    "fault.cellar.channel": {"fault": [{"channel": "cellar", "kind": "stuck", "begin_s": 0.0}]},
    "clock.cellar.channel": {"clock": [{"channel": "cellar", "offset_s": -1.0}]},
    "pump_trip.pump": {"pump_trip": [{"at_s": 1.0, "pump": "cellar"}]},
}


@pytest.mark.parametrize("key", UNKNOWN)
def test_what_the_bench_does_not_have_is_named_with_its_key(key):
    with pytest.raises(ConfigError) as refused:
        rigs.staged(**UNKNOWN[key])
    assert str(refused.value) == f"scenario test: {key}: 'cellar' is not in {rigs.BENCH.file}"


@pytest.mark.parametrize("name", ["vent_valve", "hatch_us_transfer", "roughing_pump", "twin"])
def test_a_name_can_be_given_once(name):
    leaks = [{"name": leak, "compartment": "us_segment", "diameter_m": 1e-5} for leak in (name, "twin")]
    with pytest.raises(ConfigError, match=f"{name!r} has the name of a valve, hatch or other leak"):
        rigs.staged(hidden_leak=leaks)


HOLE = {"name": "hole", "compartment": "us_segment", "diameter_m": 1e-5}
IDLE = [
    ({"patch": [{"leak": "hole", "at_s": t, "residual": 0.1} for t in (1.0, 2.0)]}, "patch.hole: 2 of them"),
    ({"growth": [{"leak": "hole", "over_s": t, "factor": 2.0} for t in (1.0, 2.0)]}, "growth.hole: 2 of them"),
    ({"growth": [{"leak": "fill_valve", "over_s": 1.0, "factor": 2.0}]}, "growth.fill_valve.leak: 'fill_valve' is not"),
    ({"hidden_leak": [{**HOLE, "position_m": [0.9, 0.0, 0.0]}]}, "hidden_leak.hole.position_m: not within the box of"),
    (
        {"hiss": [{"compartment": "us_segment", "position_m": [0.1, 0.3, 0.0]}]},
        "hiss.position_m: not within the box of",
    ),
    ({"hidden_leak": [{**HOLE, "to": "us_segment"}]}, "hidden_leak.hole.to: it leads where it comes from"),
]


@pytest.mark.parametrize(("changes", "reason"), IDLE, ids=[reason.split(":")[0] for _, reason in IDLE])
def test_what_would_silently_do_nothing_is_refused(changes, reason):
    with pytest.raises(ConfigError, match=reason):
        rigs.staged(**{"hidden_leak": [HOLE], **changes})


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("orifice", "diameter_m"),
        ("short_tube", "diameter_m, length_m"),
        ("slit", "height_m, length_m"),
        ("capillary", "diameter_m, length_m"),
        ("permeation", "conductance_kg_s_pa"),
    ],
)
def test_a_leak_without_its_dimensions_is_refused(kind, missing):
    with pytest.raises(ValueError, match=f"a leak of kind {kind} needs {missing}"):
        HiddenLeak(name="crack", compartment="us_segment", kind=kind, width_m=0.01)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("swing = 1.0", "swing: unknown key"),
        ("gas_excess_k = 'warm'", "gas_excess_k: Input should be a valid number"),
        ("[composition]\nXe = 0.1", "composition.Xe"),
        ("[composition]\nN2 = 0.0", "composition: Value error, no gas at all"),
        ("[[growth]]\nleak = 'x'\nover_s = 0.0\nfactor = 2.0", "growth.0.over_s: Input should be greater than 0"),
        ("[[growth]]\nleak = 'x'\nover_s = 1.0", "growth.0.factor: Field required"),
        (
            "[[patch]]\nleak = 'x'\nat_s = 1.0\nresidual = 1.5",
            "patch.0.residual: Input should be less than or equal to 1",
        ),
        ("[[crew]]\ncompartment = 'x'\npeople = 0", "crew.0.people: Input should be greater than 0"),
        ("[[makeup]]\ncompartment = 'x'\npressure_pa = 1e5", "makeup.0.max_flow_kg_s: Field required"),
        ("[[trapped]]\nname = 'x'\ncompartment = 'y'", "trapped.0.volume_m3: Field required"),
        ("[[clock]]\nchannel = 'x'\noffset_s = 1.0", "clock.0.offset_s: Input should be less than or equal to 0"),
        ("[[clock]]\nchannel = 'x'\nskew = 1e-5", "clock.0: Value error, skew > 0 asks for samples of the future"),
        ("[[clock]]\nchannel = 'x'\nskew = -1.0", "clock.0.skew: Input should be greater than -1"),
        ("[[fault]]\nchannel = 'x'\nkind = 'stuck'\nbegin_s = 2.0\nend_s = 1.0", "fault.0: Value error, "),
        ("[[pump_trip]]\npump = 'x'", "pump_trip.0.at_s: Field required"),
        ("wall_heat_w = 8.0", "wall_heat_w: Input should be a valid dictionary"),
    ],
)
def test_a_file_that_cannot_be_meant_names_itself_and_the_key_in_one_line(tmp_path, text, reason):
    file = tmp_path / "mine.toml"
    file.write_text(f'name = "mine"\nwhy = "why"\n{text}\n')
    with pytest.raises(ConfigError) as refused:
        load_scenario(str(file))
    assert str(refused.value).startswith(f"{file}: {reason}")
    assert "\n" not in str(refused.value)


def test_draws_are_functions_of_seed_and_name_alone():
    one, other = Draws(7, hidden=True), Draws(7, hidden=True)
    one.normal("a", 0.0, 1.0)
    assert one.normal("b", 1.0, 0.1) == other.normal("b", 1.0, 0.1)
    assert Draws(8, hidden=True).normal("b", 1.0, 0.1) != one.drawn["b"]
    assert Draws(7, hidden=False).normal("b", 1.0, 0.1) == 1.0


def test_a_uniform_draw_lies_between_nothing_and_its_limit():
    drawn = [Draws(seed, hidden=True).uniform("seal", 2.0) for seed in range(200)]
    assert min(drawn) > 0.0
    assert max(drawn) < 2.0
    assert math.fsum(drawn) / 200.0 == pytest.approx(1.0, abs=4.0 * 2.0 / math.sqrt(12.0 * 200.0))
    assert Draws(7, hidden=False).uniform("seal", 2.0) == 0.0


def test_a_scenario_is_found_by_its_number_alone():
    assert load_scenario("S06").name == "S06_night"
    assert load_scenario("S18").name == "S18_makeup"
    with pytest.raises(ConfigError, match="no such scenario"):
        load_scenario("S")


def test_the_readme_s_scenario_is_one():
    text = (
        (SHIPPED.parent / "sim" / "README.md")
        .read_text()
        .partition("## Write a scenario")[2]
        .split("```toml\n")[1]
        .split("```")[0]
    )
    entries = tomllib.loads(text)
    assert len(entries.pop("why")) > len(entries.pop("name"))
    rig = rigs.staged(**entries)
    rig.clock.advance_to(60_000.0)
    assert np.isfinite(rig.panel.bank.rows).all()
    assert rig.sealed()["passed_kg"]["crack"] > 0.0
