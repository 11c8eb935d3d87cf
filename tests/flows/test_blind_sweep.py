"""A blind run with witnesses, with a certificate that should not be used, and what became of it afterwards."""

import json
import subprocess
import sys

import pytest
from flows.conftest import only_folder, wait_for_phase
from shipped_copy import copy_shipped, replace

from bench.blind import blind_problems
from bench.dataset import Dataset
from bench.manifest import verify
from bench.records import EventKind
from bench.testimony import recalled

REASON = "the laboratory is closed"


@pytest.fixture
def overdue(tmp_path_factory):
    """The shipped bench; its us_50um was due last summer."""
    bench = copy_shipped(tmp_path_factory.mktemp("bench"))
    replace(bench.parent.parent / "certificates" / "orifice_50um_us.toml", "due = 2099-12-31", "due = 2026-07-01")
    return bench


def test_a_blind_run_tells_nothing_until_its_estimates_are_recorded(command, overdue, tmp_path):
    process = command(
        "--bench", str(overdue), "--simulate", "S03", "--seed", "77", "--blind",
        "-e", "leaks=us_50um", "-e", "rise_s=120",
        "--override-certificate", "us_50um", "--reason", REASON,
    )  # fmt: skip
    wait_for_phase(process, "background_before")
    folder = only_folder(tmp_path)
    told = (folder / "run.json").read_text()
    assert "S03" not in told
    during = json.loads(told)
    telling = json.dumps([during[key] for key in ("seed", "scenario", "plan", "arguments")])
    assert not any(word in telling for word in ("77", "16 um", "us_50um"))
    assert not (folder / "truth.json").exists()
    out, err = process.communicate(timeout=200)
    found = json.loads(out)
    after = Dataset(folder)
    assert (after.run["scenario"]["name"], after.run["seed"]) == ("S03_step", 77), err
    assert after.run["blind"]["commitment"] == during["blind"]["commitment"]
    assert verify(folder) == ()
    assert blind_problems(folder) == ()
    told_of_override(found, after)
    witnessed(folder)


def told_of_override(found, after):
    (event,) = (e for e in after.events() if e.kind == EventKind.CERTIFICATE_OVERRIDDEN)
    assert event.detail["reason"] == REASON
    (taint,) = after.taints
    assert "was due on 2026-07-01" in taint
    assert found["taints"] == [taint]
    assert f"TAINTED: {taint}" in found["reason"]
    scores = json.loads((after.folder / "scores.json").read_text())
    assert scores["taints"] == [taint]
    assert all(score["tainted"] == taint for score in scores["scores"])
    assert "Tainted" in (after.folder / "report.html").read_text()


def witnessed(folder):
    """The chamber saw the leak before and after the window, as the certificate has it."""
    (truth,) = json.loads((folder / "truth.json").read_text())["leaks"]
    chamber = [recalled(witness) for witness in truth["witnesses"] if witness["name"] == "chamber's rate of rise"]
    assert len(chamber) == 2
    assert all(witness.informative and abs(witness.deviation) < 2.0 for witness in chamber), chamber
    again = subprocess.run(
        [sys.executable, "-m", "procedures.cli", "reevaluate", str(folder), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    (renewed,) = json.loads(again.stdout)["after"]["truths"]
    assert renewed["rate_kg_s"] == truth["rate_kg_s"]
    assert verify(folder) == ()
