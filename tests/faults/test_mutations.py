"""The tests of what is promised can fail: each of these changes to the code is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = {
    "the guard never fires": (
        "bench/guard.py",
        'return "the run\'s process is gone" if armed else None',
        "return None",
        "tests/faults/test_guard.py",
    ),
    "read-back is always true": (
        "bench/station.py",
        "return self._actuation.confirmed(command)",
        "return True",
        "tests/test_run.py",
    ),
    "no interlock forbids anything": (
        "bench/interlock.py",
        "name = label(command)",
        "return ()",
        "tests/test_interlock.py",
    ),
}


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", MUTATIONS)
def test_it_is_caught(tmp_path, name):
    file, was, becomes, tests = MUTATIONS[name]
    for part in ("bench", "drivers", "procedures", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, tmp_path)
    text = (tmp_path / file).read_text()
    assert text.count(was) == 1
    (tmp_path / file).write_text(text.replace(was, becomes))
    line = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-x", "-p", "no:cacheprovider", tests]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    found = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout
    assert "= FAILURES =" in found.stdout
