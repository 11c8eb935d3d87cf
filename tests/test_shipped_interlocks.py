"""The shipped bench's interlocks on what goes over links and into high vacuum, on its rig without wires."""

import pytest
from sim import rigs
from sim.rigs import BENCH

from bench.clock import VirtualClock
from bench.commands import (
    CloseValve,
    OpenValve,
    SetFlow,
    SetHeater,
    StartFilament,
    StartPump,
    StopControl,
    label,
)
from bench.errors import CommandRefusedError, InterlockTripError
from bench.recorder import Recorder
from bench.run import Run
from bench.sim.direct_station import direct_instruments
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.station import Station
from bench.stop import StopRequest
from procedures.progress import PhaseLines


def bed(folder, body, **scenario):
    """Let body(run, rig) be the procedure of a run; every interlock is that of the bench file."""
    rig = SimulatedRig(BENCH, load_scenario("as_stated").model_copy(update=scenario), 1, VirtualClock())
    station = Station(BENCH, direct_instruments(rig))
    recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
    with StopRequest() as stop, Run(station, recorder, rig.clock, PhaseLines(), stop) as run:
        body(run, rig)


def rough(run):
    run.execute(StartPump("roughing_pump"))
    run.execute(OpenValve("roughing_valve"))
    run.hold(900.0)
    run.execute(CloseValve("roughing_valve"))


def back(run):
    run.execute(OpenValve("foreline_valve"))
    run.hold(10.0)
    run.execute(StartPump("turbo_pump"))
    run.hold(120.0)


IN_AIR = {
    OpenValve("gate_valve"): "gate_against_air",
    StartPump("turbo_pump"): "turbo_backed",
    StartFilament("residual_gas_analyser"): "filament_in_vacuum",
    OpenValve("select_us"): "leak_into_vacuum",
    OpenValve("purification_valve"): "leak_into_vacuum",
}


@pytest.mark.parametrize("command", IN_AIR, ids=label)
def test_a_chamber_full_of_air_forbids_what_needs_vacuum(tmp_path, command):
    def body(run, _):
        with pytest.raises(CommandRefusedError, match=IN_AIR[command]):
            run.execute(command)

    bed(tmp_path, body)


def test_step_by_step_high_vacuum_allows_the_filament_and_forbids_to_vent(tmp_path):
    def body(run, rig):
        rough(run)
        with pytest.raises(CommandRefusedError, match="turbo_backed"):
            run.execute(StartPump("turbo_pump"))
        back(run)
        with pytest.raises(CommandRefusedError, match="filament_in_vacuum"):
            run.execute(StartFilament("residual_gas_analyser"))
        run.execute(OpenValve("gate_valve"))
        run.hold(120.0)
        run.execute(StartFilament("residual_gas_analyser"))
        for command, rule in {
            OpenValve("vent_valve"): "vent_against_gate",
            OpenValve("roughing_valve"): "roughing_against_foreline",
        }.items():
            with pytest.raises(CommandRefusedError, match=rule):
                run.execute(command)
        assert rig.true_pressure_pa(rigs.CHAMBER) < 0.01

    bed(tmp_path, body)


def test_a_hot_wall_forbids_its_heater_and_ends_the_run(tmp_path):
    """The cut-out opens at 45 degrees."""

    def body(run, _):
        run.execute(SetHeater("heater_us", 60.0))
        run.hold(3600.0)

    with pytest.raises(InterlockTripError, match="wall_heat_us: us_wall_cool = 0"):
        bed(tmp_path, body, shroud_temperature_k=317.65)


def test_the_emergency_stop_forbids_to_heat_and_to_let_gas_flow():
    (rule,) = (rule for rule in BENCH.interlock if rule.name == "emergency_stop")
    guarded = {pattern.partition(":")[0] for pattern in rule.guards}
    assert guarded == {"OpenValve", "Start*", "Set*"}


def test_leaving_a_run_stops_heater_flow_and_pumps(tmp_path):
    kept = []

    def body(run, rig):
        kept.append(rig)
        run.execute(SetHeater("heater_working", 30.0))
        run.execute(SetFlow("leak_flow", 1e-7))
        run.execute(StartPump("roughing_pump"))
        run.execute(StopControl("pressure_controller"))
        run.hold(5.0)
        assert run.state.value("heater_working_power") == pytest.approx(30.0)

    bed(tmp_path, body)
    (rig,) = kept
    assert not rig.course.state.heat[:, 2].any()
    names = ("leak_flow", "roughing_pump", "turbo_pump")
    assert [rig.course.state.move[rig.model.path[name], 2] for name in names] == [0.0, 0.0, 0.0]
