"""A rig in a process of its own, runs on it in others, and how the rig really stands."""

import os
import subprocess
import sys
import time

import pytest

from procedures.fault import told

SPEED = 5.0
CLI = [sys.executable, "-m", "procedures.cli"]
SHORT = ["stable_window_s=300", "background_s=300", "exposure_s=300", "lead_s=30", "max_relative_u=2"]
PLAN = [word for pair in (*SHORT, "leaks=working_100um") for word in ("-e", pair)]


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """State and rigs of this session alone; Prefect is not what is tested here, but every run has it."""
    folder = tmp_path_factory.mktemp("faults")
    return {
        **os.environ,
        "LEAKBENCH_STATE": str(folder),
        "TMPDIR": str(folder),
        "PREFECT_HOME": str(folder / "prefect"),
    }


class ServedRig:
    def __init__(self, environment, results):
        self._environment, self.results = environment, results
        line = [*CLI, "sim", "--speed", str(SPEED)]
        self._process = subprocess.Popen(
            line, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        said = next(line for line in self._process.stderr if "faults:" in line)
        self.address = said.rpartition(" ")[2].strip().rstrip(")")

    def stand(self):
        return told(self.address, {"do": "stand"})

    def run(self, *words):
        """A leak_sweep on it; its standard error can be read."""
        line = [
            *CLI,
            "run",
            "leak_sweep",
            "--rig",
            self.address,
            "--json",
            "--results",
            str(self.results),
            *PLAN,
            *words,
        ]
        return subprocess.Popen(line, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ask(self, *words):
        line = [*CLI, *words, "--rig", self.address]
        return subprocess.run(line, env=self._environment, capture_output=True, text=True, check=False, timeout=60)

    def close(self):
        self._process.terminate()
        self._process.communicate()


@pytest.fixture
def rig(environment, tmp_path):
    served = ServedRig(environment, tmp_path)
    yield served
    served.close()


def until(condition, within_s, what):
    """Wall time it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < within_s, f"{what}: not within {within_s} s"
        time.sleep(0.05)
    return time.monotonic() - begun
