"""Faults by command, over the wire: the code that the client gets, where, and for how long."""

import json
import time

import numpy as np
import pytest
from daq_bed import refused
from nidaqmx.constants import LineGrouping
from nidaqmx.system import Device as NiDevice
from nidaqmx.system import System
from racks import BOARD, REAL, rack_served

from bench.sim.daq.driver.fault_orders import FaultOrders
from bench.sim.rack.control import Control

RACK = (
    REAL
    + BOARD.replace("Dev1", "Dev2")
    + """
[[signal]]
terminal = "Dev1/ai0:1"
kind = "ramp"
period_s = 1000.0
amplitude = 1000.0
offset = 1000.0
"""
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with rack_served(tmp_path_factory.mktemp("rack"), RACK) as rig:
        yield rig


@pytest.fixture
def rig(served):
    served.clock.time_s = max(served.clock.time_s, 100.0)
    yield served
    for name in ("Dev1", "Dev2", "all"):
        told(served, "heal", name)


def told(rig, do, name, **said):
    """As over the port that takes orders."""
    everything = {"Dev1": "Dev1", "Dev2": "Dev2", "all": None}
    control = Control({name: FaultOrders(rig.driver, name, device) for name, device in everything.items()})
    order = {"do": do, "instrument": name, **({"kind": said.pop("kind")} if "kind" in said else {}), **said}
    return json.loads(control.receive(json.dumps(order).encode() + b"\n"))


def strike(rig, name, kind, **said):
    answer = told(rig, "fault", name, kind=kind, **said)
    return answer["ok"][name]


def volts(rig, channel="Dev1/ai0"):
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan(channel, min_val=-10.0, max_val=10.0)
        return task.read()


def continuous(task, channel="Dev1/ai5"):
    task.ai_channels.add_ai_voltage_chan(channel, min_val=-10.0, max_val=10.0)
    task.timing.cfg_samp_clk_timing(100.0, samps_per_chan=1000)
    task.start()


def test_a_buffer_runs_over_until_the_task_is_started_again(rig):
    with rig.task() as task, rig.task() as other:
        continuous(task)
        continuous(other, "Dev2/ai0")
        assert strike(rig, "Dev1", "overflow") == ["overflow Dev1"]
        with refused(-200279):
            task.read(10)
        assert len(other.read(10)) == 10
        assert told(rig, "heal", "Dev1")["ok"] == {"Dev1": [], "Dev2": [], "all": []}
        with refused(-200279):
            task.read(10)
        task.stop()
        task.start()
        assert len(task.read(10)) == 10


def test_a_removed_device_refuses_everything_and_its_neighbour_nothing(rig):
    with rig.task() as task:
        continuous(task)
        assert strike(rig, "Dev1", "device_removed") == ["device_removed Dev1"]
        with refused(-201003):
            task.read(10)
        with refused(-201003):
            NiDevice("Dev1", grpc_options=rig.options()).reset_device()
        assert volts(rig, "Dev2/ai0") != 0.0
        told(rig, "heal", "Dev1")
        assert len(task.read(10)) == 10


@pytest.mark.parametrize("at", [None, "ai3", "Dev1/ai0"])
def test_somebody_else_holds_the_converter(rig, at):
    strike(rig, "Dev1", "reservation_held", at=at)
    with refused(-50103):
        volts(rig)
    assert volts(rig, "Dev2/ai0") != 0.0
    told(rig, "heal", "Dev1")
    assert isinstance(volts(rig), float)


def test_somebody_else_holds_a_line(rig):
    assert strike(rig, "Dev1", "reservation_held", at="port0/line3") == ["reservation_held Dev1/port0/line3"]
    with rig.task() as held, rig.task() as free:
        held.do_channels.add_do_chan("Dev1/port0/line2:3")
        free.do_channels.add_do_chan("Dev1/port0/line4")
        with refused(-50103):
            held.write(0)
        free.write(True)


def test_a_frozen_input_stands_still_and_goes_on_when_it_is_healed(rig):
    """The ramp rises by 2 V a second and begins anew every 1000 s."""
    rig.clock.time_s = 2000.5
    assert strike(rig, "Dev1", "frozen_input", at="ai0") == ["frozen_input Dev1/ai0"]
    assert volts(rig) == pytest.approx(1.0, abs=1e-6)
    rig.clock.time_s = 2002.0
    assert volts(rig) == pytest.approx(1.0, abs=1e-6)
    assert volts(rig, "Dev1/ai1") == pytest.approx(4.0, abs=1e-6)
    told(rig, "heal", "Dev1")
    assert volts(rig) == pytest.approx(4.0, abs=1e-6)


@pytest.mark.parametrize("level", [0, 1])
def test_a_stuck_line_does_not_follow(rig, level):
    assert strike(rig, "Dev1", "stuck_line", at="port0/line1", level=level) == [f"stuck_line Dev1/port0/line1 {level}"]
    with rig.task() as outputs, rig.task() as inputs:
        for task, lines in ((outputs, outputs.do_channels.add_do_chan), (inputs, inputs.di_channels.add_di_chan)):
            lines("Dev1/port0/line0:2", line_grouping=LineGrouping.CHAN_PER_LINE)
            assert task.channel_names == [f"Dev1/port0/line{index}" for index in range(3)]
        for written in (True, False):
            outputs.write([written] * 3)
            assert inputs.read() == outputs.read() == [written, bool(level), written]


def test_every_reply_comes_late_and_then_no_more(rig):
    strike(rig, "Dev1", "delayed_reply", delay_s=0.2)
    begun_s = time.monotonic()
    assert System.remote(rig.options()).devices.device_names == ["Dev1", "Dev2"]
    assert time.monotonic() - begun_s > 0.2
    told(rig, "heal", "Dev1")
    begun_s = time.monotonic()
    assert System.remote(rig.options()).devices.device_names == ["Dev1", "Dev2"]
    assert time.monotonic() - begun_s < 0.2


def test_a_fault_ends_by_itself_at_its_time(rig):
    strike(rig, "Dev1", "device_removed", for_s=5.0)
    rig.clock.time_s += 4.99
    with refused(-201003):
        volts(rig)
    rig.clock.time_s += 0.01
    assert isinstance(volts(rig), float)
    assert told(rig, "heal", "Dev2")["ok"]["Dev1"] == []


def test_a_fault_may_be_planned(rig):
    orders = FaultOrders(rig.driver, "all")
    now_s = rig.clock.now()
    orders.plan("device_removed", at="Dev2", begin_s=now_s + 10.0, end_s=now_s + 20.0, delay_s=0.0, level=None)
    assert volts(rig, "Dev2/ai0") != 0.0
    assert orders.ails() == []
    rig.clock.time_s += 10.0
    with refused(-201003):
        volts(rig, "Dev2/ai0")
    assert orders.ails() == ["device_removed Dev2"]
    rig.clock.time_s += 10.0
    assert volts(rig, "Dev2/ai0") != 0.0


def test_two_faults_at_one_place_end_one_by_one(rig):
    strike(rig, "Dev1", "device_removed", for_s=1.0)
    strike(rig, "all", "device_removed")
    rig.clock.time_s += 1.0
    with refused(-201003):
        volts(rig)
    told(rig, "heal", "all")
    assert np.isfinite(volts(rig))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"kind": "tired"}, "kind: one of overflow, device_removed, .* not tired"),
        ({"kind": "frozen_input"}, "at: say at which terminal a fault of kind frozen_input is"),
        ({"kind": "stuck_line", "at": "ai0"}, "at: Physical channel specified does not exist"),
        ({"kind": "overflow", "at": "Dev9"}, "at: Device identifier is invalid., Device Specified: Dev9"),
        ({"kind": "overflow", "at": "Dev2"}, "at: Dev2 is no part of Dev1"),
        ({"kind": "frozen_input", "at": "Dev2/ai0"}, "at: Physical channel specified does not exist"),
        ({"kind": "overflow", "level": 1}, "level: a fault of kind overflow has none"),
        ({"kind": "delayed_reply", "at": "ai0"}, "at: a fault of kind delayed_reply is everywhere"),
    ],
)
def test_what_cannot_go_wrong_is_said(rig, said, reason):
    import re

    assert re.search(reason, told(rig, "fault", "Dev1", **said)["error"])
