"""The rig behind the simulated chassis: valves fall when the watchdog expires, to the instant, whoever looks when."""

from contextlib import contextmanager

import grpc
import numpy as np
import pytest
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx.constants import Level
from nidaqmx.system.watchdog import WatchdogTask
from nidaqmx.types import DOExpirationState
from rigs import LINES, rig_of

from bench.sim.host import serve

VALVE = "orifice_50um_working"
LINE = LINES[VALVE]
KICKED_S, TIMEOUT_S, END_S = 10.0, 3.25, 60.0


@contextmanager
def served():
    """The rig with the valve's task running, and a function that makes options."""
    rig = rig_of()
    with serve(rig) as rack:
        address = next(e.address for e in rack.bench.instrument if e.name == "daq").removeprefix("grpc://")
        with grpc.insecure_channel(address) as channel, Task(grpc_options=GrpcSessionOptions(channel, "")) as valve:
            valve.do_channels.add_do_chan(LINE)
            valve.start()
            valve.write(True)
            yield rig, valve, lambda: GrpcSessionOptions(channel, "")


def leaked_kg(rig):
    """By the end, either way: the chamber may be at higher pressure than the compartment."""
    rig.clock.advance_to(END_S)
    return abs(rig.sealed()["passed_kg"][VALVE])


@pytest.fixture(scope="module")
def closed_by_hand_kg():
    with served() as (rig, valve, _):
        rig.clock.advance_to(KICKED_S + TIMEOUT_S)
        valve.write(False)
        return leaked_kg(rig)


@pytest.mark.parametrize("looks", [0, 7, 100])
def test_what_leaked_is_what_leaks_until_just_the_expiry(closed_by_hand_kg, looks):
    with served() as (rig, _, options), WatchdogTask("cDAQ1", timeout=TIMEOUT_S, grpc_options=options()) as guard:
        guard.cfg_watchdog_do_expir_states([DOExpirationState(LINE, Level.LOW)])
        rig.clock.advance_to(KICKED_S - 3.0)
        guard.start()
        rig.clock.advance_to(KICKED_S)
        guard.reset_timer()
        for time_s in np.linspace(KICKED_S, END_S, looks):
            rig.clock.advance_to(float(time_s))
            rig.look()
        assert leaked_kg(rig) == pytest.approx(closed_by_hand_kg, rel=1e-9)
        assert not rig.read_line(LINE)
        assert guard.expired


def test_while_it_is_kicked_the_valve_stays_open(closed_by_hand_kg):
    with served() as (rig, _, options), WatchdogTask("cDAQ1", timeout=TIMEOUT_S, grpc_options=options()) as guard:
        guard.cfg_watchdog_do_expir_states([DOExpirationState(LINE, Level.LOW)])
        guard.start()
        for time_s in np.arange(3.0, END_S, 3.0):
            rig.clock.advance_to(float(time_s))
            guard.reset_timer()
        assert not guard.expired
        assert leaked_kg(rig) > 3.0 * closed_by_hand_kg
