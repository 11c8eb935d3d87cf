"""An instrument that is dumb costs the scan its own channels and nothing else: no scan, no other reading."""

import math
from datetime import date

import pytest

from bench.clock import VirtualClock, WallClock
from bench.config.load import find_bench, load_bench
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import EventKind, Quality
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import Scenario
from bench.station import open_station
from bench.stop import StopRequest
from procedures.progress import PhaseLines

LONGEST_RETRY_S = 65.0
SHIPPED = load_bench(find_bench("zvezda"), date(2026, 11, 24))


def bench(timeout_s):
    """Patient enough for a busy machine, and no more: every attempt on a dumb instrument costs its time-out."""
    entries = tuple(entry.model_copy(update={"timeout_s": timeout_s}) for entry in SHIPPED.instrument)
    return SHIPPED.model_copy(update={"instrument": entries})


def dumb(instrument, kind, begin_s, end_s):
    fault = {"instrument": instrument, "kind": kind, "begin_s": begin_s, "end_s": None if end_s == math.inf else end_s}
    return Scenario.model_validate({"name": "dumb", "why": "test", "wire_fault": [fault]})


def recorded(folder, rig, clock, duration_s):
    with serve(rig) as rack, open_station(rack.bench) as station, StopRequest() as stop:
        recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
        with Run(station, recorder, clock, PhaseLines(), stop) as run:
            run.hold(duration_s)
            end_s = clock.now()
    data = Dataset(folder)
    scans = data.scans()
    return scans[scans["time_s"] <= end_s], list(data.events())


def qualities(scans, instrument):
    """Codes seen in the channels of one instrument."""
    names = [entry.name for entry in SHIPPED.channels if entry.instrument == instrument]
    return {int(code) for name in names for code in scans[f"{name}_quality"].unique()}


@pytest.mark.parametrize(
    ("instrument", "kind", "dumb_s"),
    [
        ("gauge_controller", "no_reply", 120.0),
        pytest.param("barometer", "refuse_connection", 120.0, marks=pytest.mark.long),
        pytest.param("gauge_controller", "no_reply", 3600.0, marks=pytest.mark.long),
        pytest.param("thermometers", "late_reply", 3600.0, marks=pytest.mark.long),
        pytest.param("leak_flow", "garbled", 3600.0, marks=pytest.mark.long),
        pytest.param("heater_supply", "power_cycle", 3600.0, marks=pytest.mark.long),
    ],
)
def test_dumb_for_a_while_it_costs_its_own_channels_alone(tmp_path, instrument, kind, dumb_s):
    begin_s, end_s = 20.5, 20.5 + dumb_s
    stated, scenario, clock = bench(0.3), dumb(instrument, kind, begin_s, end_s), VirtualClock()
    compile_plant(stated, scenario)
    scans, events = recorded(tmp_path, SimulatedRig(stated, scenario, 1, clock), clock, end_s + LONGEST_RETRY_S + 10.0)
    time_s = scans["time_s"]
    assert time_s.tolist() == [float(n) for n in range(1, len(scans) + 1)]
    assert not [e for e in events if e.kind is EventKind.GAP]
    assert {e.detail["instrument"] for e in events if e.kind is EventKind.LINK_LOST} == {instrument}
    during = scans[(time_s > begin_s + 12.0) & (time_s < end_s)]
    own = [entry.name for entry in SHIPPED.channels if entry.instrument == instrument]
    assert set(during[[f"{name}_quality" for name in own]].to_numpy().ravel()) == {Quality.STALE}
    after = scans[time_s > end_s + LONGEST_RETRY_S]
    assert Quality.STALE not in set(after[[f"{name}_quality" for name in own]].to_numpy().ravel())
    at_rest = {"leak_detector", "leak_flow"}  # in standby; in front of an empty manifold its sensor is out of range
    others = {entry.instrument for entry in SHIPPED.channel} - {instrument, *at_rest}
    for other in others:  # time stands still while the first time-out is waited for: what is dated by the wall is old
        settled = scans[(time_s > 6.0) & ((time_s < begin_s) | (time_s > begin_s + 5.0))]
        assert Quality.STALE not in qualities(settled, other), other


@pytest.mark.long
@pytest.mark.parametrize("instrument", ["gauge_controller", "barometer"])
def test_on_a_clock_that_nobody_can_stop_the_others_keep_their_grid(tmp_path, instrument):
    stated, scenario = bench(1.5), dumb(instrument, "no_reply", 2.5, math.inf)
    compile_plant(stated, scenario)
    clock = WallClock()
    scans, events = recorded(tmp_path, SimulatedRig(stated, scenario, 1, WallClock()), clock, 6.0)
    assert not [e for e in events if e.kind is EventKind.GAP]
    assert len(scans) >= 5
    assert {e.detail["instrument"] for e in events if e.kind is EventKind.LINK_LOST} == {instrument}
