"""Somebody else's package beside ours: its driver is found by its entry point, on the bench and simulated."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from shipped_copy import copy_shipped
from transcript import parse
from transcript_player import played

import drivers.link

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


BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_on_adding_an_instrument_shows_what_is_installed_here():
    page = (Path(drivers.link.__file__).parent / "README.md").read_text()
    sources = [path.read_text() for path in PACKAGE.rglob("*") if path.suffix in {".py", ".toml", ".txt"}]
    blocks = BLOCK.findall(page)
    assert len(blocks) == 5
    for block in blocks:
        assert any(block in source for source in sources), block


def test_driver_and_simulated_instrument_follow_its_transcript(installed, monkeypatch):
    monkeypatch.syspath_prepend(str(installed))
    driver, simulated = (importlib.import_module(f"acme_barometer.{name}") for name in ("driver", "simulated"))
    session = parse((PACKAGE / "transcript.txt").read_text())
    unit = simulated.Barometer(lambda: float(session.conditions["pressure_pa"]))
    assert [unit.receive(e.sent) for e in session.exchanges] == [e.reply for e in session.exchanges]
    with played(session.exchanges) as player:
        barometer = driver.Barometer.open(player.address, inputs=["pressure"])
        barometer.request()
        assert barometer.collect()["pressure"].value == 101325.0
        barometer.close()
