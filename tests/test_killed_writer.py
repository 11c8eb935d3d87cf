"""SIGKILL at random moments: nothing that was written is lost, and what was being written is there whole or not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.dataset import Dataset
from bench.manifest import verify

FEW, MANY = 12, 500
TESTS = Path(__file__).parent


def check(line: str) -> None:
    folder, *done = line.split()
    scans, events, bursts = map(int, done)
    dataset = Dataset(Path(folder))
    times_s = dataset.scans()["time_s"].tolist()
    assert times_s == [float(index) for index in range(len(times_s))]
    assert scans <= len(times_s) <= scans + 1
    assert events <= len(dataset.events()) <= events + 1
    found = dataset.waveforms()
    assert bursts <= len(found) <= bursts + 1
    assert all(dataset.waveform(index).pressures_pa.shape == (2, 2000) for index in range(len(found)))
    assert dataset.outcome == "INTERRUPTED"
    assert verify(dataset.folder) == ("INTERRUPTED: not closed",)


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_killed_writer_leaves_all_that_it_had_written(tmp_path, count):
    words = [sys.executable, str(TESTS / "killed_writers.py"), str(tmp_path), str(count), "8"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    told = done.stdout.splitlines()
    assert len(told) == count
    for line in told:
        check(line)
