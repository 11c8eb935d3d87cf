"""How a sweep opens and closes its leaks."""

from sim.rigs import BENCH, empty_chamber

from bench.clock import VirtualClock
from bench.commands import CloseValve
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import EventKind
from bench.run import Run
from bench.sim.direct_station import direct_instruments
from bench.sim.plant.state import WANTED
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.station import Station
from bench.stop import StopRequest
from procedures.leak_sweep import Plan, complete, expose
from procedures.progress import PhaseLines


def exposed(folder, name):
    """Events of an exposure of 60 s in an empty chamber, and the rig after it."""
    rig = SimulatedRig(BENCH, load_scenario("as_stated"), 1, VirtualClock())
    rig.command(empty_chamber)
    station = Station(BENCH, direct_instruments(rig))
    recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
    with StopRequest() as stop, Run(station, recorder, rig.clock, PhaseLines(), stop) as run:
        run.hold(5.0)
        for hatch in BENCH.hatch:
            run.execute(CloseValve(hatch.name))
        begin_s, end_s = expose(run, Plan(leaks=(name,), exposure_s=60.0, lead_s=20.0), name)
        run.hold(5.0)
        shut = float(rig.course.state.move[rig.model.path["leak_flow"], WANTED])
    dataset = Dataset(folder)
    confirmed = [e.detail["command"] for e in dataset.events() if e.kind == EventKind.COMMAND_CONFIRMED]
    return confirmed, dataset.series().between(begin_s, end_s), shut


def test_a_programmable_leak_is_set_opened_closed_and_stopped(tmp_path):
    confirmed, series, shut = exposed(tmp_path, "programmable_working")
    after_hatches = confirmed[len(BENCH.hatch) : len(BENCH.hatch) + 4]
    assert after_hatches == [
        "SetFlow:leak_flow",
        "OpenValve:select_working",
        "CloseValve:select_working",
        "StopFlow:leak_flow",
    ]
    assert abs(series.columns["leak_flow"].mean() - 6e-7) < 2e-10
    assert shut == 0.0


def test_an_orifice_needs_no_flow_controller(tmp_path):
    confirmed, series, _ = exposed(tmp_path, "working_50um")
    assert not [command for command in confirmed[: len(BENCH.hatch) + 2] if "leak_flow" in command]
    assert abs(series.columns["leak_flow"].mean()) < 1e-9


def test_programmable_leaks_are_opened_only_when_asked_for():
    leaks = complete(Plan(), BENCH).leaks
    assert leaks
    assert not [name for name in leaks if name.startswith("programmable")]
