"""Faults of a rig's NI chassis that a scenario stages: what a plain client is told, and when."""

import grpc
import pytest
import rigs
from daq_bed import refused
from nidaqmx import GrpcSessionOptions, Task

from bench.errors import ConfigError
from bench.sim.host import serve

SWITCH = "cDAQ1Mod3/port0/line0"


def levels(link):
    with Task(grpc_options=GrpcSessionOptions(link, "")) as task:
        task.di_channels.add_di_chan(SWITCH)
        return task.read()


def test_faults_begin_and_end_at_the_scenario_s_times():
    removed = {"kind": "device_removed", "at": "cDAQ1Mod3", "begin_s": 10.0, "end_s": 20.0}
    assert rigs.BENCH.hatch[0].open_switch == SWITCH
    stuck = {"kind": "stuck_line", "at": SWITCH, "begin_s": 30.0}
    rig = rigs.staged(daq_fault=[{**stuck, "level": 1}, removed])
    with serve(rig) as rack:
        address = next(entry.address for entry in rack.bench.instrument if entry.name == "daq")
        with grpc.insecure_channel(address.removeprefix("grpc://")) as link:
            assert levels(link) is True
            rig.clock.advance_to(10.0)
            with refused(-201003):
                levels(link)
            rig.clock.advance_to(20.0)
            assert levels(link) is False  # the hatch has closed meanwhile
            rig.clock.advance_to(30.0)
            assert levels(link) is True


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "frozen_input", "at": "cDAQ1Mod1/ai99"}, "daq_fault.frozen_input: at: Physical channel specified"),
        ({"kind": "overflow", "instrument": "thermometers"}, "daq_fault.instrument: 'thermometers' is not in "),
    ],
)
def test_a_fault_of_what_the_bench_does_not_have_is_one_line(fault, said):
    with pytest.raises(ConfigError, match=said), serve(rigs.staged(daq_fault=[fault])):
        pass
