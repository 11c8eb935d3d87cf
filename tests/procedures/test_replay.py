"""A recorded run fed to methods: their answers, and that nothing else is touched."""

import json
from pathlib import Path

import pandas as pd
import pytest
from run_bed import PASSED, Bed
from typer.testing import CliRunner

import procedures.cli
from bench.dataset import BENCH
from bench.detection.made import make
from bench.errors import ConfigError
from bench.manifest import verify
from bench.records import Window
from procedures.replay import recording, replay

TINY = f"{Path(__file__).parents[1] / 'tiny_cusum.py'}:TinyCusum"
WINDOW = Window("node_50um", "node", 1260.0, 1800.0, ((60.0, 1200.0),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Half an hour; from 21 minutes on the node's pressure falls."""
    bed = Bed(tmp_path_factory.mktemp("run"))

    def falls():
        bed.daq.values["ai0"] -= 1e-3  # noqa: PD011 - no frame

    bed.listener.at = {float(second): falls for second in range(1260, 1800)}
    with bed.run as run:
        bed.recorder.write_json(BENCH, run.bench.model_dump(mode="json"))
        run.hold(1800.0)
        run.window(WINDOW)
        run.conclude(PASSED)
    bed.recorder.seal()
    return bed.recorder.folder


def answers(folder, word, *, windows=(), background=None, **given):
    (found,) = replay(recording(folder, windows, background), [make(word, given)])
    return found.answers


def test_a_method_is_asked_about_the_windows_of_the_run(folder):
    ((compartment, found),) = answers(folder, "pressure_decay")
    assert (compartment, found.window) == ("node", "node_50um")
    assert found.rate_kg_s > 1e-5


def test_or_about_others(folder):
    windows = ("annex:60:1200", "node_50um")
    (annex, node) = answers(folder, "pressure_decay", windows=windows)
    assert [annex[0], node[0]] == ["annex", "node"]
    assert abs(annex[1].rate_kg_s) < 1e-12


def test_a_monitor_watches_from_the_end_of_what_it_learns_from_on(folder):
    found = answers(folder, TINY)
    times_s = [each.time_s for _, each in found]
    assert times_s[0] == 1320.0  # of blocks of a minute, two make a difference
    assert next(each.time_s for _, each in found if each.alarm) == 1320.0
    assert {place for place, _ in found} == {"node"}


def test_what_it_learns_from_can_be_said(folder):
    found = answers(folder, TINY, background="60:600", compartment="annex")
    assert {place for place, _ in found} == {"annex"}
    assert found[0][1].time_s == 720.0
    assert not any(each.alarm for _, each in found)


def test_what_cannot_be_answered_is_said(folder):
    ((_, refusal),) = answers(folder, TINY, background="60:120")
    assert "minutes to learn from" in refusal.reason


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"windows": ("elsewhere",)}, "--window elsewhere: the run has node_50um; or say COMPARTMENT:BEGIN:END"),
        ({"windows": ("moon:1:2",)}, "moon: no such compartment"),
        ({"windows": ("node:1:x",)}, "1:x: write it as BEGIN:END in seconds"),
        ({"background": "9:3"}, "9:3: ends before it begins"),
    ],
)
def test_what_is_wrong_with_the_question_is_said(folder, asked, said):
    with pytest.raises(ConfigError, match=said):
        answers(folder, "pressure_decay", **asked)


def command(*words):
    return CliRunner().invoke(procedures.cli.app, ["replay", *map(str, words)])


def test_the_command_prints_a_table_and_leaves_the_run_as_it_was(folder, tmp_path):
    file = tmp_path / "answers.parquet"
    done = command(folder, "-m", "pressure_decay", "-m", TINY, "--output", file)
    assert done.exit_code == 0, done.output
    assert "ALARM" in done.output
    assert verify(folder) == ()
    table = pd.read_parquet(file)
    assert set(table["method"]) == {"pressure_decay", "tiny_cusum"}
    assert json.loads(table["parameters"].iloc[-1])["width_s"] == 60.0


def test_as_json_it_says_with_what_a_method_was_made(folder):
    done = command(folder, "-m", TINY, "-p", "h=5", "--json")
    (told,) = json.loads(done.output)["methods"]
    assert told["parameters"] == {"rate_kg_s": 1e-7, "h": 5.0, "width_s": 60.0, "compartment": "node"}
    assert told["origin"].startswith("tiny_cusum.py, sha256 ")
    assert told["answers"][0]["compartment"] == "node"


def test_without_a_method_it_names_those_there_are(folder):
    assert "compensated_mass" in command(folder).output


def test_nothing_is_written_into_the_run(folder):
    done = command(folder, "-m", "pressure_decay", "--output", folder / "mine.parquet")
    assert isinstance(done.exception, ConfigError)
    assert not (folder / "mine.parquet").exists()
