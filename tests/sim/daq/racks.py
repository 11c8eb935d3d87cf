"""Racks described in files, served in this process on a clock moved by hand."""

from contextlib import contextmanager

from daq_bed import serving

from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.rack.file import load_rack
from bench.sim.daq.signals import signals_of

BOARD = '[[device]]\nname = "Dev1"\nproduct = "PCIe-6363"\n'
REAL = BOARD + "simulated = false\n"


def described(folder, text):
    file = folder / "rack.toml"
    file.write_text(text)
    return load_rack(file)


@contextmanager
def rack_served(folder, text):
    outputs, found = Outputs(), described(folder, text)
    with serving(found.rack, signals_of(found, outputs), outputs) as rig:
        rig.clock.time_s = 100.0
        yield rig
