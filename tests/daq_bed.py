"""A simulated rack served in this process on a clock moved by hand, and the public nidaqmx package in front of it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import numpy as np
import pytest
from nidaqmx import DaqError, GrpcSessionOptions, SessionInitializationBehavior, Task
from nidaqmx.constants import AcquisitionType

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.process import MovedPace, WallPace
from bench.sim.daq.face.server import start_daq
from bench.sim.daq.rack.device import Rack
from bench.sim.daq.rack.products import products

MODULES = {"cDAQ1Mod1": ("NI 9205", 0x01A0), "cDAQ1Mod2": ("NI 9425", 0x01A1), "cDAQ1Mod3": ("NI 9476", 0x01A2)}


def rack(serial=0x01DA9189, **more) -> Rack:
    """A chassis with an analog input, a digital input and a digital output module; more: other devices by product."""
    base = products()["cDAQ-9189"].device("cDAQ1", "cDAQ-9189", serial)
    modules = [
        products()[product].device(name, product, number, chassis="cDAQ1", slot=slot, simulated=False)
        for slot, (name, (product, number)) in enumerate(MODULES.items(), 1)
    ]
    others = [products()[product].device(name, product, 0) for name, product in more.items()]
    return Rack({device.name: device for device in (base, *modules, *others)})


RACK = rack()
AI, DI, DO = RACK.devices["cDAQ1Mod1"].ai, RACK.devices["cDAQ1Mod2"].di_lines, RACK.devices["cDAQ1Mod3"].do_lines


@dataclass
class Clock:
    time_s: float = 0.0

    def now(self):
        return self.time_s

    def advance_to(self, t_s):
        assert t_s >= self.time_s
        self.time_s = t_s


@dataclass
class Sines:
    """Channel k carries sin(t) + k volts; lines carry what is written, unless one is stuck."""

    levels: dict[str, bool] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    plans: dict[str, tuple[float, dict[str, bool]]] = field(default_factory=dict)

    def analog(self, terminal, times_s, limits):
        assert limits[0] < limits[1]
        return np.sin(times_s) + int(terminal.partition("/ai")[2])

    def digital(self, line, times_s, first):
        assert first is None or first >= 0
        return np.full(len(times_s), self.levels.get(line, False))

    def drive(self, terminal, value):
        if terminal not in self.stuck:
            self.levels[terminal] = value > 0.0

    def plan(self, name, due_s, levels):
        self.plans[name] = due_s, dict(levels)


@dataclass
class Rig:
    clock: Clock
    plant: Sines
    channel: grpc.Channel
    driver: Driver

    def reset(self):
        self.clock.time_s = 100.0
        self.plant.levels.clear()
        self.plant.stuck.clear()
        self.driver.faults.heal()
        return self

    def options(self, name="", behavior=SessionInitializationBehavior.AUTO):
        return GrpcSessionOptions(self.channel, name, initialization_behavior=behavior)

    def task(self, name=""):
        return Task(name, grpc_options=self.options(name))

    @contextmanager
    def inputs(self, channels=2, rate_hz=10.0, mode=AcquisitionType.CONTINUOUS, samples=1000) -> Iterator[Task]:
        with self.task() as task:
            for index in range(channels):
                task.ai_channels.add_ai_voltage_chan(AI[index], f"in{index}", min_val=-10.0, max_val=10.0)
            task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=mode, samps_per_chan=samples)
            yield task


@contextmanager
def serving(served=None, plant=None, outputs=None, clock=None):
    """A rig behind a service of its own, on a loop in a thread; plant: another process than the sines; clock: one that
    runs by itself.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    pace = WallPace(clock, clock.speed) if clock else MovedPace(clock := Clock())
    plant = plant or Sines()
    driver = Driver(served or RACK, plant, pace, outputs)
    server, port = asyncio.run_coroutine_threadsafe(start_daq(driver), loop).result()
    with grpc.insecure_channel(f"127.0.0.1:{port}", (("grpc.max_receive_message_length", -1),)) as channel:
        try:
            yield Rig(clock, plant, channel, driver)
        finally:  # a test that fails must not leave a loop that nobody ends
            asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


@contextmanager
def refused(code):
    with pytest.raises(DaqError) as caught:
        yield caught
    assert caught.value.error_code == code
