"""One Prefect server for the whole test session; every command under test is a process of its own that talks to it."""

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from procedures.flow import OFFLINE

SHORT = ["stable_window_s=300", "background_s=600", "exposure_s=600", "lead_s=30", "max_relative_u=2"]


@pytest.fixture(scope="session")
def prefect_url():
    """Address of a server with a fresh database."""
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    os.environ["PREFECT_API_URL"] = ""  # a .env or profile must not lead the tests to a real server
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Prefect's own imports
        from prefect.settings import PREFECT_API_URL
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            yield PREFECT_API_URL.value()


def started(prefect_url: str, results: Path, *words: str) -> subprocess.Popen[str]:
    """`leakbench run leak_sweep` on a short plan; further words are appended."""
    extra = [word for pair in SHORT for word in ("-e", pair)]
    line = [sys.executable, "-m", "procedures.cli", "run", "leak_sweep", "--json", *extra, *words]
    return subprocess.Popen(
        [*line, "--results", str(results)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PREFECT_API_URL": prefect_url},
        cwd=results,
    )


@pytest.fixture
def command(prefect_url, tmp_path):
    """Start a run into tmp_path."""
    processes = []

    def start(*words: str) -> subprocess.Popen[str]:
        processes.append(started(prefect_url, tmp_path, *words))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def wait_for_phase(process: subprocess.Popen[str], name: str) -> list[str]:
    """Read standard error until the phase begins; the lines so far."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if re.search(rf"\b{name}\b", line):
            return seen
    raise AssertionError(f"{name} never began:\n{''.join(seen)}")


def only_folder(results: Path) -> Path:
    (folder,) = results.glob("*/*-leak_sweep")
    return folder
