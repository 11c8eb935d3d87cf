"""A watchdog that nobody kicks drops its lines by itself, at last reset + timeout, and they stay down until cleared."""

import gc

import numpy as np
import pytest
from daq_bed import DO, rack, refused, serving
from nidaqmx.constants import Level
from nidaqmx.system import Device
from nidaqmx.system.watchdog import WatchdogTask
from nidaqmx.types import DOExpirationState

WIDE = rack(Dev1="PCIe-6363", Mod="NI 9205")
LINE = "Dev1/port0/line3"


@pytest.fixture(scope="module")
def served():
    with serving(WIDE) as rig:
        yield rig


@pytest.fixture
def rig(served):
    return served.reset()


def watchdog(rig, device="Dev1", timeout_s=2.0, states=((LINE, Level.LOW),)):
    task = WatchdogTask(device, timeout=timeout_s, grpc_options=rig.options())
    task.cfg_watchdog_do_expir_states([DOExpirationState(line, state) for line, state in states])
    return task


def carried(rig, line, *times_s):
    return rig.driver.outputs.of(line).at(np.array(times_s)).tolist()


def test_lines_drop_at_the_last_reset_plus_the_timeout_whenever_somebody_looks(rig):
    with rig.task() as lines, watchdog(rig) as guard:
        lines.do_channels.add_do_chan(LINE)
        lines.start()
        lines.write(True)
        guard.start()
        for _ in range(3):
            rig.clock.time_s += 1.9
            guard.reset_timer()
            assert not guard.expired
        due_s = rig.clock.time_s + 2.0
        rig.clock.time_s += 50.0
        assert guard.expired
        assert carried(rig, LINE, due_s - 1e-6, due_s, due_s + 40.0) == [1.0, 0.0, 0.0]
        assert rig.plant.plans["Dev1"] == (pytest.approx(due_s), {LINE: False})


def test_an_expired_watchdog_takes_no_kick_and_its_lines_no_writing_until_it_is_cleared(rig):
    with rig.task() as lines, watchdog(rig) as guard:
        lines.do_channels.add_do_chan(LINE)
        lines.start()
        guard.start()
        rig.clock.time_s += 2.0
        with refused(-200678):
            lines.write(True)
        with refused(-200644):
            guard.reset_timer()
        guard.clear_expiration()
        assert not guard.expired
        lines.write(True)
        assert rig.plant.levels[LINE]
        rig.clock.time_s += 2.0  # and it watches on
        assert guard.expired


def test_a_line_set_high_goes_high(rig):
    with watchdog(rig, states=((LINE, Level.HIGH), ("Dev1/port0/line4", Level.TRISTATE))) as guard:
        guard.start()
        rig.clock.time_s += 2.5
        assert guard.expired
        assert carried(rig, LINE, 102.5) == [1.0]
        assert carried(rig, "Dev1/port0/line4", 102.5) == [0.0]


@pytest.mark.parametrize("timeout_s", [-2.0, float("nan")])
def test_a_time_that_is_none_is_refused(rig, timeout_s):
    with watchdog(rig) as guard:
        with refused(-200668):
            guard.timeout = timeout_s
        assert guard.timeout == 2.0


def test_a_watchdog_may_wait_for_ever(rig):
    with watchdog(rig, timeout_s=-1.0) as guard:
        guard.start()
        rig.clock.time_s += 1e6
        assert not guard.expired


def test_a_stopped_watchdog_watches_no_more(rig):
    with watchdog(rig) as guard:
        guard.start()
        guard.stop()
        rig.clock.time_s += 10.0
        assert rig.plant.plans["Dev1"][0] == np.inf
        with refused(-200983):
            _ = guard.expired


def test_the_chassis_watches_over_lines_of_its_modules(rig):
    with rig.task() as lines, watchdog(rig, "cDAQ1", states=((DO[0], Level.LOW),)) as guard:
        lines.do_channels.add_do_chan(DO[0])
        lines.start()
        lines.write(True)
        guard.start()
        rig.clock.time_s += 2.0
        with refused(-200678):
            lines.write(True)
        assert carried(rig, DO[0], 101.999, 102.0) == [1.0, 0.0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client's half-made task ends so
def test_only_a_device_that_has_one_watches_and_only_once(rig):
    with refused(-200662):
        WatchdogTask("Mod", grpc_options=rig.options())
    gc.collect()
    with watchdog(rig) as first, watchdog(rig) as second:
        first.start()
        with refused(-50103):
            second.start()


def test_a_reset_of_the_device_ends_the_watch_and_the_expiration(rig):
    with rig.task() as lines, watchdog(rig) as guard:
        lines.do_channels.add_do_chan(LINE)
        lines.start()
        guard.start()
        rig.clock.time_s += 3.0
        with refused(-200678):
            lines.write(True)
        Device("Dev1", grpc_options=rig.options()).reset_device()
    with rig.task() as lines:
        lines.do_channels.add_do_chan(LINE)
        lines.start()
        lines.write(True)
        rig.clock.time_s += 10.0
        assert rig.plant.levels[LINE]
