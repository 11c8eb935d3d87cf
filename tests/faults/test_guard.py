"""A run that dies or hangs leaves a bench that its guard makes safe."""

import json
import os
import signal

import pytest
from faults.conftest import until

ENERGISED = ("roughing_pump", "roughing_valve", "fill_valve", "orifice_100um_working")
SAFE_WITHIN_S = 5.0


def at_work(rig):
    return lambda: rig.stand()["positions"]["roughing_valve"] == 1.0


def safe(rig):
    return lambda: all(rig.stand()["positions"][name] == 0.0 for name in ENERGISED)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_run_that_dies_or_hangs_ends_safe_and_nobody_runs_before_somebody_has_looked(rig, number):
    run = rig.run()
    until(at_work(rig), 90.0, "the run at work")
    patience_s = 0.0 if number == signal.SIGKILL else 5.0
    os.kill(run.pid, number)
    until(safe(rig), SAFE_WITHIN_S + patience_s, "the safe state")
    assert run.wait(timeout=20.0) == -signal.SIGKILL

    (folder,) = rig.results.glob("*/*-leak_sweep")
    until((folder / "guard.json").exists, 10.0, "the guard's report")
    report = json.loads((folder / "guard.json").read_text())
    assert report["safe"]
    assert report["process_ended"]

    refused = rig.run()
    assert refused.wait(timeout=60.0) == 50
    assert "leakbench ack" in refused.stderr.read()
    assert rig.ask("ack", "--name", "", "--reason", "seen").returncode == 70
    assert rig.ask("ack", "--name", "A. Tester", "--reason", "seen").returncode == 0
    again = rig.run()
    until(at_work(rig), 90.0, "the next run at work")
    assert rig.ask("stop").returncode == 0
    assert again.wait(timeout=30.0) == 40
    assert safe(rig)()
