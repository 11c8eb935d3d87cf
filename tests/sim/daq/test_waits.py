"""Whoever waits is told what happens meanwhile, however long it may be until then."""

import math
import weakref

import numpy as np
import pytest
from daq_bed import refused
from nidaqmx.constants import AcquisitionType, Level, RegenerationMode
from nidaqmx.system import WatchdogTask
from nidaqmx.types import DOExpirationState
from racks import REAL, rack_served

from bench.sim.daq.driver.fault_orders import FaultOrders
from bench.sim.daq.driver.timeline import KEPT_SAMPLES, Timeline
from bench.sim.daq.driver.timing import CONTINUOUS, SampleClock, Timing

FOR_EVER = -1.0


@pytest.fixture
def rig(tmp_path):
    with rack_served(tmp_path, REAL) as rig:
        yield rig


@pytest.fixture
def removed(rig):
    """At 105 s; the clock is at 100."""
    plan = FaultOrders(rig.driver, "Dev1", "Dev1").plan
    plan("device_removed", at=None, begin_s=105.0, end_s=math.inf, delay_s=0.0, level=None)


@pytest.mark.usefixtures("removed")
@pytest.mark.parametrize("wait", [lambda task: task.read(10, FOR_EVER), lambda task: task.wait_until_done(FOR_EVER)])
def test_a_reader_whose_clock_never_comes_learns_of_a_removed_device(rig, wait):
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(10.0, "/Dev1/Ctr0InternalOutput")
        task.start()
        with refused(-201003):
            wait(task)
        assert rig.clock.now() == 105.0


@pytest.mark.usefixtures("removed")
def test_a_writer_who_waits_for_space_learns_of_a_removed_device(rig):
    with rig.task() as task:
        task.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        task.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
        task.timing.cfg_samp_clk_timing(10.0, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=100)
        task.out_stream.output_buf_size = 100
        task.write(np.zeros(100))
        task.start()
        with refused(-201003):
            task.write(np.zeros(10_000), timeout=FOR_EVER)
        assert rig.clock.now() == 105.0


def test_a_line_can_be_read_while_its_watchdog_has_expired(rig):
    with WatchdogTask("Dev1", timeout=1.0, grpc_options=rig.options()) as watchdog, rig.task() as task:
        task.do_channels.add_do_chan("Dev1/port0/line0")
        watchdog.cfg_watchdog_do_expir_states([DOExpirationState("Dev1/port0/line0", Level.LOW)])
        task.write(True)
        watchdog.start()
        assert task.read() is True
        rig.clock.time_s += 1.0
        assert task.read() is False
        with refused(-200678):
            task.write(True)


@pytest.mark.parametrize("started_s", [0.0, 0.1, 300_000.123, 31_557_600.7])
@pytest.mark.parametrize("rate_hz", [200e3, 1e7])
def test_a_sample_is_there_when_it_is_due(started_s, rate_hz):
    """Days after the start, too: else a clock that jumps to when it is due would stand there for ever."""
    clock = SampleClock(started_s, Timing(rate_hz, CONTINUOUS, 1000))
    for sample in range(0, 100_000, 97):
        due_s = clock.due_s(sample)
        assert clock.ticks(due_s) >= sample + 1
        assert clock.indices(np.array([due_s]))[0] >= sample


def test_what_an_output_has_carried_takes_a_limited_memory():
    """Writing while it runs replaces the buffer each time: what went before is kept for those who read it late."""
    line, size, buffers = Timeline(), 100_000, []
    for second in range(200):
        buffer = np.full(size, float(second))
        buffers.append(weakref.ref(buffer))
        line.follow(float(second), lambda times_s, held=buffer: held[: len(times_s)], size)
        del buffer
    assert sum(size for held in buffers if held() is not None) <= KEPT_SAMPLES
    assert line.at(np.array([190.5, 198.5, 300.0])).tolist() == [190.0, 198.0, 199.0]
