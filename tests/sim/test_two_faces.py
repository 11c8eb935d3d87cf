"""One rig, three ways to look at it: behind the wires, on a station without wires, by a schedule known in advance."""

from datetime import date

import numpy as np
import pytest

from bench.clock import VirtualClock
from bench.commands import (
    CloseValve,
    OpenValve,
    SetHeater,
    SetPressure,
    StartControl,
    StartDetector,
    StartPump,
    StopControl,
)
from bench.config.load import find_bench, load_bench
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import EventKind, Quality
from bench.run import Run
from bench.sim.direct import closed, heated, opened, simulate, simulate_many
from bench.sim.direct_station import direct_instruments
from bench.sim.host import serve
from bench.sim.ports import SupplyPort, inputs_of
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import Scenario
from bench.station import Station, open_station
from bench.stop import StopRequest
from procedures.progress import PhaseLines

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 24))
HOSTILE = Scenario.model_validate(
    {
        "name": "hostile",
        "why": "something of everything within two minutes",
        "swing_k": 5.0,
        "swing_period_s": 600.0,
        "hidden_leak": [
            {"name": "hole", "compartment": "us_segment", "diameter_m": 2e-4, "begin_s": 33.33},
            {"name": "crack", "compartment": "working_compartment", "kind": "slit"}
            | {"width_m": 0.01, "height_m": 3e-5, "length_m": 2e-3},
        ],
        "patch": [{"leak": "hole", "at_s": 60.0, "residual": 0.2, "cure_s": 20.0, "reopen_s": 90.0, "reopening": 0.5}],
        "purification": [{"compartment": "working_compartment", "area_m2": 1e-6, "period_s": 50.0, "open_s": 0.5}],
        "crew": [{"compartment": "working_compartment", "people": 0.01}],
        "fault": [
            {"channel": "working_gas_1", "kind": "detached", "begin_s": 20.0, "end_s": 70.0, "size": 2.0},
            {"channel": "working_gas_2", "kind": "attenuated", "begin_s": 15.0, "size": 0.7},
            {"channel": "us_pressure", "kind": "stuck", "begin_s": 40.0, "end_s": 48.0},
            {"channel": "us_gas_1", "kind": "drift", "begin_s": 10.0, "size": 0.01},
            {"channel": "transfer_gas_1", "kind": "spikes", "begin_s": 0.0, "size": 3.0, "rate_hz": 0.2},
        ],
        "clock": [{"channel": "intermediate_gas_2", "skew": -1e-3, "offset_s": -0.4}],
    }
)
PRINTED = {
    **dict.fromkeys(("chamber_pirani", "chamber_cdg_1000pa", "chamber_cdg_10pa", "chamber_cold_cathode"), 5e-4),
    "foreline_pressure": 5e-4,
    "chamber_pressure": 5e-4,
    "supply_pressure": 1e-6,
    "helium_leak_rate": 5e-3,
    "detector_inlet": 5e-3,
}
"""Relative: as many digits as these instruments print."""
SOUND = ("band_power", "spectral_kurtosis")
"""A station without wires has no microphones."""
LAST_DIGIT = {"makeup_flow": 1.2e-10, "leak_flow": 1.2e-10, "room_pressure": 0.06}
"""Half of it: a hundredth of a standard cubic centimetre a minute, a tenth of a pascal."""


def conduct(station, clock, folder):
    """A short procedure; its scans, and when each command was confirmed."""
    recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
    with StopRequest() as stop, Run(station, recorder, clock, PhaseLines(), stop) as run:
        run.hold(5.0)
        run.execute(StartDetector("leak_detector"))
        run.execute(StartPump("roughing_pump"))
        run.execute(OpenValve("roughing_valve"))
        run.hold(10.0)
        run.execute(OpenValve("fill_valve"))
        run.execute(SetPressure("pressure_controller", 99_000.0, 40.0))
        run.execute(StartControl("pressure_controller"))
        run.hold(15.0)
        run.execute(CloseValve("fill_valve"))
        run.execute(StopControl("pressure_controller"))
        run.execute(SetHeater("heater_working", 24.0))
        run.execute(CloseValve("hatch_us_transfer"))
        run.execute(OpenValve("equalisation_us_transfer"))
        run.hold(60.0)
        end_s = clock.now()
    data = Dataset(folder)
    confirmed = [(e.time_s, e.detail["command"]) for e in data.events() if e.kind is EventKind.COMMAND_CONFIRMED]
    scans = data.scans()
    return scans[scans["time_s"] <= end_s + 1e-6], [item for item in confirmed if item[0] <= end_s]


@pytest.fixture(scope="module")
def wired(tmp_path_factory):
    compile_plant(BENCH, HOSTILE)  # an instrument must not be late because of it
    rig = SimulatedRig(BENCH, HOSTILE, 3, VirtualClock())
    with serve(rig) as rack, open_station(rack.bench) as station:
        return conduct(station, rig.clock, tmp_path_factory.mktemp("wired"))


@pytest.fixture(scope="module")
def without_wires(tmp_path_factory):
    rig = SimulatedRig(BENCH, HOSTILE, 3, VirtualClock())
    station = Station(BENCH, direct_instruments(rig))
    return conduct(station, rig.clock, tmp_path_factory.mktemp("direct"))


def assert_same(name, ours, wired_values):
    """Within what the instrument's digits round away, half a step of them, and nothing more."""
    assert np.isnan(ours).tolist() == np.isnan(wired_values).tolist()
    assert ours == pytest.approx(wired_values, rel=PRINTED.get(name, 1e-9), abs=LAST_DIGIT.get(name, 1e-9), nan_ok=True)


def test_a_procedure_without_wires_records_what_it_records_over_the_wires(wired, without_wires):
    (wired_scans, wired_commands), (scans, commands) = wired, without_wires
    assert commands == wired_commands
    assert list(scans.columns) == list(wired_scans.columns)
    assert len(scans) == len(wired_scans) > 100
    for entry in (entry for entry in BENCH.channels if entry.quantity not in SOUND):
        column = next(name for name in scans.columns if name.startswith(f"{entry.name}_") or name == entry.name)
        rows = np.full(len(scans), fill_value=True)
        if entry.name == "leak_flow":  # out of range in front of an empty manifold, which it says over the wire alone
            rows = wired_scans["leak_flow_quality"].to_numpy() != Quality.STALE
        assert_same(entry.name, scans[column].to_numpy(float)[rows], wired_scans[column].to_numpy(float)[rows])


def orders(commands):
    """The same commands at the same times, as a schedule."""
    channel = next(iter(inputs_of(BENCH, "pressure_controller").values()))
    acts = {
        "SetPressure:pressure_controller": lambda rig: SupplyPort(rig, channel).set_target(99_000.0, 40.0),
        "StartControl:pressure_controller": lambda rig: SupplyPort(rig, channel).set_control(True),
        "StopControl:pressure_controller": lambda rig: SupplyPort(rig, channel).set_control(False),
        "SetHeater:heater_working": heated("heater_working", 24.0),
    }
    for time_s, command in commands:
        if command == "StartDetector:leak_detector":
            continue  # it changes what is shown, not what is there
        kind, _, name = command.partition(":")
        yield time_s, acts.get(command) or (opened if kind in ("OpenValve", "StartPump") else closed)(name)


def test_a_schedule_known_in_advance_gives_the_same_values(wired):
    scans, commands = wired
    end_s = float(scans["time_s"].iloc[-1])
    found = simulate(BENCH, HOSTILE, 3, list(orders(commands)), duration_s=end_s)
    rows = np.searchsorted(found.time_s, scans["time_s"].to_numpy() - 1e-6)
    for name in found.channels:
        column = next(c for c in scans.columns if c.startswith(f"{name}_"))
        recorded = scans[column].to_numpy(float)
        elsewhen = (Quality.HELD, Quality.STALE, Quality.SENSOR_FAULT)  # of another time, or in standby
        own = ~np.isin(scans[f"{name}_quality"].to_numpy(), elsewhen)
        if name.endswith("_pressure") and name != "supply_pressure":
            own &= scans["time_s"].to_numpy() > 1.5  # the chassis has no second behind it before
        assert_same(name, found.column(name)[rows][own], recorded[own])


def test_how_often_somebody_looks_changes_no_bit():
    acts = [(10.03, opened("orifice_100um_working")), (40.07, closed("hatch_us_transfer"))]
    fine, coarse = (simulate(BENCH, HOSTILE, 3, acts, duration_s=120.0, period_s=p) for p in (1.0, 20.0))
    assert np.array_equal(fine.values[::20], coarse.values, equal_nan=True)
    assert np.array_equal(fine.passed_kg[::20], coarse.passed_kg)


def test_what_passed_a_hidden_leak_is_known_to_the_schedule_alone():
    found = simulate(BENCH, HOSTILE, 3, duration_s=120.0)
    passed = found.passed_kg[:, found.leaks.index("hole")]
    assert passed[33] == 0.0
    assert (np.diff(passed[34:]) < 0.0).all()  # the chamber is at the room's pressure, the mock-up below it


def test_many_seeds_are_each_the_run_of_that_seed():
    found = list(simulate_many(BENCH, HOSTILE, [3, 4, 5], duration_s=60.0, period_s=20.0, workers=2))
    alone = [simulate(BENCH, HOSTILE, seed, duration_s=60.0, period_s=20.0).values for seed in (3, 4, 5)]
    assert [np.array_equal(f.values, a, equal_nan=True) for f, a in zip(found, alone, strict=True)] == [True] * 3
    assert not np.array_equal(alone[0], alone[1])
