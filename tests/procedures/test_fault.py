"""`leakbench sim fault`: from one command line to a rig that another one serves, and what a driver makes of it."""

import os
import subprocess
import sys

import pytest

from drivers.errors import InstrumentError
from drivers.pfeiffer_tpg366 import TPG366

TIMEOUT_S = 0.3


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A temporary folder of its own: other rigs of this machine are not found, and do not find this one."""
    return {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("rigs"))}


def command(environment, *words):
    line = [sys.executable, "-m", "procedures.cli", "sim", *words]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def gauges(environment):
    """Address of the gauge controller of a rig that is served."""
    line = [sys.executable, "-m", "procedures.cli", "sim"]
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            for said in process.stdout:
                name, _, address = said.split()
                if name == "gauge_controller":
                    break
            while "faults:" not in process.stderr.readline():
                pass
            yield address
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture
def driver(gauges, environment):
    opened = TPG366.open(gauges, inputs=["1"], timeout_s=TIMEOUT_S)
    yield opened
    opened.close()
    command(environment, "fault", "gauge_controller", "heal")


def ask(driver):
    driver.request()
    return driver.collect()["1"]


@pytest.mark.parametrize("kind", ["no_reply", "garbled", "refuse_connection", "power_cycle"])
def test_a_fault_strikes_until_it_is_healed(driver, environment, kind):
    assert ask(driver)
    done = command(environment, "fault", "gauge_controller", kind)
    assert (done.returncode, done.stdout) == (0, f"gauge_controller: {kind}\n"), done.stderr
    with pytest.raises(InstrumentError):
        ask(driver)
    assert command(environment, "fault", "gauge_controller", "heal").stdout == "no faults\n"
    assert ask(driver)


def test_a_fault_may_last_a_time(driver, environment):
    command(environment, "fault", "gauge_controller", "nak", "--for", "1.0")
    with pytest.raises(InstrumentError):
        ask(driver)
    import time

    time.sleep(1.0)
    assert ask(driver)


@pytest.mark.usefixtures("gauges")
def test_the_chassis_has_faults_of_its_own(environment):
    done = command(environment, "fault", "daq", "stuck_line", "--at", "cDAQ1Mod3/port0/line1", "--level", "1")
    assert (done.returncode, done.stdout) == (0, "daq: stuck_line cDAQ1Mod3/port0/line1 1\n"), done.stderr
    done = command(environment, "fault", "daq", "overflow", "--at", "cDAQ1Mod1")
    assert done.stdout == "daq: overflow cDAQ1Mod1, stuck_line cDAQ1Mod3/port0/line1 1\n"
    assert command(environment, "fault", "daq", "heal").stdout == "no faults\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("toaster", "nak"), "toaster: no such instrument (there are: "),
        (("gauge_controller", "tired"), "kind: one of no_reply, late_reply"),
        (("daq", "nak"), "kind: one of overflow, device_removed"),
        (("daq", "stuck_line", "--at", "cDAQ1Mod9/port0/line1"), "at: Device identifier is invalid."),
        (("gauge_controller", "nak", "--rig", "here"), "here: give the rig as HOST:PORT"),
        (("gauge_controller", "nak", "--rig", "127.0.0.1:1"), "127.0.0.1:1: no simulated rig takes orders there"),
    ],
)
@pytest.mark.usefixtures("gauges")
def test_an_order_that_cannot_be_given_is_one_line(environment, words, told):
    done = command(environment, "fault", *words)
    assert done.returncode == 70
    assert done.stderr.startswith(f"leakbench: {told}")
    assert done.stderr.count("\n") == 1


def test_without_a_rig_the_remedy_is_said(tmp_path):
    done = command({**os.environ, "TMPDIR": str(tmp_path)}, "fault", "gauge_controller", "nak")
    assert done.returncode == 70
    assert "start one with `leakbench sim`" in done.stderr
