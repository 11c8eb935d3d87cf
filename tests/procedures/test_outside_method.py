"""Somebody else's methods beside ours: found by their entry points, and by their files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bench.detection.choose

PACKAGE = Path(__file__).parents[1] / "outside_method"
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CONFORM = """
from bench.detection.made import make
from bench.records import Window
from bench.testing.cabin import cabin_rig, cabin_series
from bench.testing.methods import check_method
from bench.testing.monitors import check_monitor

rig, series = cabin_rig(), cabin_series(seed=1, hours=5.0, leak_kg_s=1e-6, onset_s=7200.0)
check_method(make("two_points").method, rig, series, Window("hold", "node", 7200.0, 14400.0))
check_monitor(make("hourly_drop", {"compartment": "node"}).monitor, rig, series)
print(make("two_points", {"minutes": "5"}).about)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package in it, as pip puts it there."""
    folder = tmp_path_factory.mktemp("outside")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(folder), str(PACKAGE)], check=True)
    return folder


def test_they_are_found_conform_and_say_what_they_were_made_with(installed):
    """With the lines that the page tells an author to put into a test of theirs."""
    here = Path(bench.detection.choose.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{installed}:{here}"}
    line = [sys.executable, "-c", CONFORM]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told = {"method": "two_points", "asked_for": "two_points", "origin": "acme-leaks 1.0", "parameters": {"minutes": 5}}
    assert done.stdout.strip() == str(told).replace("5}", "5.0}")


def test_the_page_on_writing_a_method_shows_what_is_installed_here():
    page = (Path(bench.detection.choose.__file__).parent / "README.md").read_text()
    sources = [path.read_text() for path in PACKAGE.rglob("*") if path.suffix in {".py", ".toml"}]
    blocks = BLOCK.findall(page)
    assert len(blocks) == 4
    for block in blocks:
        assert any(block in source for source in [*sources, CONFORM]), block
