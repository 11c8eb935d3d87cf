"""Somebody else's package beside ours: its driver is found by its entry point, on the bench and simulated."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from shipped_copy import copy_shipped

PACKAGE = Path(__file__).parents[1] / "outside_package"
INSTRUMENT = """
[[instrument]]
name = "acme"
driver = "acme_barometer"
address = "TCPIP::acme.bench::7000::SOCKET"
serial = "42"
settings = { unit = "Pa" }

[[channel]]
name = "acme_pressure"
quantity = "chamber_pressure"
unit = "Pa"
instrument = "acme"
input = "pressure"
range = [0.0, 120000.0]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package in it, as pip puts it there."""
    folder = tmp_path_factory.mktemp("outside")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(folder), str(PACKAGE)], check=True)
    return folder


@pytest.fixture
def bench_file(tmp_path):
    file = copy_shipped(tmp_path)
    file.write_text(file.read_text() + INSTRUMENT)
    return file


def leakbench(installed, *words):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "procedures.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_its_driver_is_used_on_a_simulated_bench(installed, bench_file):
    done = leakbench(installed, "check", "--bench", str(bench_file), "--simulate", "quiet", "--json")
    assert done.returncode == 0, done.stderr
    found = {about["name"]: about for about in json.loads(done.stdout)}
    assert found["acme"]["identity"] == {
        "manufacturer": "Acme",
        "model": "barometer",
        "serial": "42",
        "firmware": "1",
    }
    assert found["acme"]["problems"] == []


def test_without_it_the_driver_is_not_known(bench_file, tmp_path):
    done = leakbench(tmp_path, "check", "--bench", str(bench_file), "--simulate", "quiet")
    assert done.returncode == 70
    assert "instrument.acme.driver: 'acme_barometer' unknown" in done.stderr
