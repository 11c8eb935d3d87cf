"""The shipped rack that the official client's tests ask for, served in this process on a clock that runs by itself."""

from contextlib import contextmanager

from daq_bed import serving

from bench.clock import WallClock
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.rack.file import find_rack, load_rack
from bench.sim.daq.signals import signals_of

TESTER, REAL = "nidaqmxMultithreadingTester1", "realDaq"
MODULES = {
    "tsChassisTester": ["tsPowerTester1", "tsPowerTester2", "tsVoltageTester1"],
    "cdaqChassisTester": [f"cdaqTesterMod{slot}" for slot in range(1, 7)],
}


@contextmanager
def serving_testers():
    """A channel to the service."""
    outputs, found = Outputs(), load_rack(find_rack("nidaqmx_tests"))
    with serving(found.rack, signals_of(found, outputs), outputs, WallClock()) as rig:
        yield rig.channel
