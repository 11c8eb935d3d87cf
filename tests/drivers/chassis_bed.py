"""The simulated DAQ service on a clock that the test moves, and a plant that says what its terminals carry."""

import asyncio
import threading
from contextlib import closing, contextmanager

import numpy as np
from daq_bed import rack

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.faults import Ailing
from bench.sim.daq.driver.process import MovedPace
from bench.sim.daq.face.server import start_daq
from drivers.ni_daq import NiDaq

RACK = rack(0x01DA0007, PXI1Slot2="PXIe-4498")
AI, DI, DO = RACK.devices["cDAQ1Mod1"].ai, RACK.devices["cDAQ1Mod2"].di_lines, RACK.devices["cDAQ1Mod3"].do_lines
SOUND = RACK.devices["PXI1Slot2"].ai[:8]
WIRING = {"inputs": AI[:2], "digital_inputs": DI[:4], "digital_outputs": DO[:4], "timeout_s": 5.0}
BEGIN_S = 100.0


class Clock:
    time_s = BEGIN_S

    def now(self):
        return self.time_s

    def advance_to(self, time_s):
        self.time_s = max(self.time_s, time_s)


class Plant:
    """Analog input k carries t / 100 + k volts, and an offset; microphone k carries 10 (k + 1) mV times sound(t). While
    `thawed` is cleared the server is frozen.
    """

    def __init__(self):
        self.levels, self.stuck, self.writes, self.offset_v = {}, set(), [], 0.0
        self.plans = {}
        self.sound = lambda times_s: times_s - BEGIN_S
        self.thawed = threading.Event()
        self.thawed.set()

    def analog(self, terminal, times_s, _):
        if terminal in SOUND:
            return 0.01 * (SOUND.index(terminal) + 1) * self.sound(times_s)
        return times_s / 100 + AI.index(terminal) + self.offset_v

    def digital(self, line, times_s, _):
        self.thawed.wait()
        for due_s, states in self.plans.values():
            if due_s <= times_s[-1]:
                self.levels.update(states)
        return np.full(len(times_s), self.levels.get(line, False))

    def drive(self, terminal, value):
        self.writes.append((terminal, value > 0.0))
        if terminal not in self.stuck:
            self.levels[terminal] = value > 0.0

    def plan(self, device, due_s, states):
        """Whoever looks after due_s finds the lines so."""
        self.plans[device] = (due_s, states)


class Rig:
    """The service, on the loop that `run` runs coroutines on."""

    def __init__(self, run):
        self.clock, self.plant = Clock(), Plant()
        self._run, self.port = run, 0
        self.start()
        self.address = f"grpc://127.0.0.1:{self.port}"

    def start(self):
        """A driver that knows of no task, at the same port again if there was one."""
        self.driver = Driver(RACK, self.plant, MovedPace(self.clock))
        self.server, self.port = self._run(start_daq(self.driver, self.port))

    def renew(self):
        self.clock.time_s = BEGIN_S
        self.plant = Plant()
        self.driver.process = Ailing(self.plant, self.driver.faults)

    def daq(self, **changes):
        return closing(NiDaq.open(self.address, **(WIRING | changes)))


@contextmanager
def runner():
    """Runs a coroutine on a loop in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
