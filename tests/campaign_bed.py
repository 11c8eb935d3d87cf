"""A campaign that takes seconds: a dozen runs of four hours on the shipped bench."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench.stop import StopRequest
from procedures.campaign.conduct import conduct
from procedures.campaign.folder import CampaignFolder
from procedures.campaign.load import load_campaign
from procedures.campaign.outcome import conclude
from procedures.campaign.pool import PoolRunner

TODAY = date(2026, 11, 24)
SMALL = """
name = "small"
why = "A test."
compartment = "working_compartment"
first_seed = 7
duration_h = 4.0
period_s = 120.0
settle_h = 0.5
background_h = 1.0
exposures_h = [1.0]
under_test = "mass"

[[scenario]]
name = "S01"
seeds = 3

[[scenario]]
name = "S07"
seeds = 2

[[leak]]
name = "hole"
onset_h = 2.0
seeds = 3
scenarios = ["S01"]
sizes_kg_s = [1e-8, 1e-7]

[[leak]]
name = "orifice"
onset_h = 2.0
seeds = 1
scenarios = ["S01"]
orifices = ["working_25um"]

[[method]]
name = "compensated_mass"
label = "mass"

[[method]]
name = "pressure_decay"
alarm = { k = 5.0 }

[[requirement]]
measure = "coverage"
at_least = 0.2
"""


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "small.toml"
    path.write_text(text)
    return path


def loaded(folder: Path, text: str = SMALL):
    return load_campaign(str(written(folder, text)), TODAY)


def conducted(campaign, results: Path, workers: int = 2, part_cases: int | None = None) -> CampaignFolder:
    """All parts, by a pool without Prefect."""
    folder = CampaignFolder(results, campaign)
    with StopRequest() as stop, PoolRunner(workers) as runner:
        conduct(campaign, folder, runner, stop, part_cases=part_cases)
    return folder


def concluded(campaign, results: Path, **how: int):
    return conclude(campaign, conducted(campaign, results, **how), {})


def command(file: Path, results: Path, *words: str) -> "subprocess.Popen[str]":
    """`leakbench campaign FILE`, a process of its own, without Prefect."""
    line = [sys.executable, "-m", "procedures.cli", "campaign", str(file), "--results", str(results), *words]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
