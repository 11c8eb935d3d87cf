"""The command from its words to its exit code: verdict, files, gate, and a Ctrl-C."""

import io
import json
import signal
import time
from contextlib import redirect_stderr, redirect_stdout

import pandas as pd
import pytest
from campaign_bed import SMALL, command, written

from procedures.campaign.folder import COSTS, MANIFEST, ROWS, SCORECARD, SCORES
from procedures.cli import main

WORSE = SMALL.replace('name = "compensated_mass"\nlabel = "mass"', 'name = "pressure_decay"\nlabel = "mass"')


def done(file, results, *words):
    """(exit code, what it said on standard output, on standard error), in this process."""
    line = ["leakbench", "campaign", str(file), "--results", str(results), "--no-prefect", "--workers", "2", "--json"]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", [*line, *words])
        with pytest.raises(SystemExit) as left:
            main()
    return left.value.code or 0, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    path = tmp_path_factory.mktemp("first")
    code, out, err = done(written(path), path / "results")
    assert out, err
    return code, json.loads(out), path


def test_a_campaign_ends_with_its_verdict_and_its_files(first):
    code, found, path = first
    assert (code, found["verdict"]) == (0, "PASS")
    (folder,) = (path / "results" / "campaigns").iterdir()
    assert found["campaign"] == str(folder)
    assert {file.name for file in folder.iterdir()} >= {ROWS, COSTS, SCORES, SCORECARD, MANIFEST, "campaign.toml"}
    assert list((folder / "parts").iterdir()) == []
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["seeds"] == {"S01": [7, 16], "S07": [17, 18]}
    assert manifest["runs"] == 12
    assert manifest["simulated_days"] == pytest.approx(2.0)
    assert {"processor_rig", "processor_mass", "processor_pressure_decay", "scores"} <= set(manifest["timings_s"])


def test_the_scorecard_holds_the_numbers_of_the_scores_and_asks_nothing_of_the_network(first):
    _, found, path = first
    (folder,) = (path / "results" / "campaigns").iterdir()
    page, scores = (folder / SCORECARD).read_text(), pd.read_parquet(folder / SCORES)
    whole = scores[(scores["scenario"] == "") & (scores["leak"] == "") & (scores["method"] == "mass")].set_index("name")
    assert "PASS: mass" in page
    assert found["reason"] in page
    for name, scale in (("rmse_kg_s", 3.6e9), ("false_alarms_per_day", 1.0), ("coverage", 100.0)):
        assert f"{whole['value'][name] * scale:.3g} (" in page
    assert all(
        f'id="{plot}-figure_1"' in page for plot in ("pod", "delays", "coverage", "errors", "alarms", "cost", "roc")
    )
    assert "http" not in page.replace("http://www.w3.org", "")


def test_a_finished_campaign_is_only_scored_again(first):
    _, before, path = first
    code, out, _ = done(path / "small.toml", path / "results")
    found = json.loads(out)
    assert code == 0
    assert found["campaign"] == before["campaign"]
    assert found["timings_s"]["work"] == before["timings_s"]["work"]


def test_the_gate_lets_the_same_through_and_stops_a_worse_one_with_a_line_that_says_which(first, tmp_path):
    _, before, path = first
    code, out, _ = done(path / "small.toml", path / "results", "--gate", before["campaign"])
    same = json.loads(out)
    assert (code, same["worse"]) == (0, False)
    assert "nothing got significantly worse" in same["gate"][0]
    worse_file = written(tmp_path, WORSE.replace("at_least = 0.2", "at_most = 1.0\nat_least = 0.0"))
    code, out, _ = done(worse_file, tmp_path / "results", "--gate", before["campaign"])
    worse = json.loads(out)
    assert (code, worse["worse"]) == (30, True)
    assert any("mass (1 h windows): share of intervals that hold the truth WORSE" in line for line in worse["gate"])


def test_a_gate_without_a_campaign_is_a_bad_argument(first, tmp_path):
    _, _, path = first
    code, out, err = done(path / "small.toml", path / "results", "--gate", str(tmp_path))
    assert (code, out) == (70, "")
    assert "no finished campaign is there" in err


@pytest.mark.long
def test_ctrl_c_ends_in_order_and_says_how_to_go_on(tmp_path):
    longer = SMALL.replace("seeds = 3\n\n", "seeds = 2000\n\n")
    process = command(written(tmp_path, longer), tmp_path / "results", "--no-prefect")
    deadline = time.monotonic() + 60.0
    while not list(tmp_path.glob("results/campaigns/*/parts/*.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (40, "")
    assert "of 2009 runs are done; the same command goes on from there" in err.splitlines()[-1]
