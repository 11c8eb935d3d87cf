"""The rack that the official client's tests ask for, served in this process on a clock that runs by itself."""

import asyncio
import threading
from contextlib import contextmanager

import grpc
import numpy as np

from bench.clock import ScaledClock
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.process import WallPace
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.face.server import start_daq
from bench.sim.daq.rack.device import Rack
from bench.sim.daq.rack.names import line_number, owner
from bench.sim.daq.rack.products import products

TESTER, REAL = "nidaqmxMultithreadingTester1", "realDaq"
ALONE = {
    **{f"nidaqmxMultithreadingTester{number}": "PCIe-6363" for number in range(1, 5)},
    "aoTester": "PXIe-4322",
    "bridgeTester": "PXIe-4331",
    "pxie4311": "PXIe-4311",
    "chargeTester": "PXIe-4480",
    "dsaTester": "PXIe-4466",
    "tempTester": "PXIe-4353",
    "positionTester": "PXIe-4340",
    "dmmTester": "NI myDAQ",
    "hsdioTester": "PCIe-6535",
    "mioDAQ": "USB-6423",
}
MODULES = {
    "tsChassisTester": {"tsPowerTester1": "TS-15200", "tsPowerTester2": "TS-15200", "tsVoltageTester1": "TS-15100"},
    "cdaqChassisTester": {
        "cdaqTesterMod1": "NI 9361",
        "cdaqTesterMod2": "NI 9215",
        "cdaqTesterMod3": "NI 9775",
        "cdaqTesterMod4": "NI 9401",
        "cdaqTesterMod5": "NI 9263",
        "cdaqTesterMod6": "NI 9205",
    },
}
CHASSIS = {"tsChassisTester": "TS-15000", "cdaqChassisTester": "cDAQ-9189"}
RM_24999_A = 0x7992  # plugged to the bridge module


def rack():
    known = {**products(), "bridge": products()["PXIe-4331"].model_copy(update={"accessories": (RM_24999_A,)})}
    devices = [
        known["bridge" if name == "bridgeTester" else product].device(name, product, 0)
        for name, product in ALONE.items()
    ]
    for chassis, modules in MODULES.items():
        devices.append(known[CHASSIS[chassis]].device(chassis, CHASSIS[chassis], 0))
        for slot, (name, product) in enumerate(modules.items(), 1):
            devices.append(known[product].device(name, product, 0, chassis=chassis, slot=slot))
    devices.append(known["PCIe-6363"].device(REAL, "PCIe-6363", 0x1234, simulated=False))
    return Rack({device.name: device for device in devices})


class Signals:
    """Simulated inputs: a sine inside the limits that are asked for, and a count in binary. Others see the outputs."""

    def __init__(self, served, outputs):
        self._rack, self._outputs = served, outputs

    def analog(self, terminal, times_s, limits):
        device, name = terminal.split("/", 1)
        if name.startswith("_ao"):
            return self._outputs.of(f"{device}/{name.split('_')[1]}").at(times_s)
        return np.mean(limits) + 0.49 * (limits[1] - limits[0]) * np.sin(2.0 * np.pi * 50.0 * times_s)

    def digital(self, line, times_s, first):
        if not self._rack.device(owner(line)).simulated:
            return self._outputs.of(line).at(times_s) > 0.5
        return (first + np.arange(len(times_s)) >> line_number(line) % 8 & 1).astype(np.bool_)

    def drive(self, terminal, value):
        """The driver keeps what outputs carry."""

    def plan(self, name, due_s, levels):
        """As does it here."""


@contextmanager
def serving_testers():
    """A channel to a service of its own, on a loop in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    served, outputs = rack(), Outputs()
    driver = Driver(served, Signals(served, outputs), WallPace(ScaledClock(), 1.0), outputs)
    server, port = asyncio.run_coroutine_threadsafe(start_daq(driver), loop).result()
    with grpc.insecure_channel(f"127.0.0.1:{port}", (("grpc.max_receive_message_length", -1),)) as channel:
        yield channel
    asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
