"""Somebody turns an instrument to another unit during a run: what the run makes of it, over the real wire."""

from datetime import date

import pytest

from bench.clock import VirtualClock
from bench.commands import StartFilament
from bench.config.load import find_bench, load_bench
from bench.dataset import Dataset
from bench.errors import CommandRefusedError, SettingsChangedError
from bench.recorder import Recorder
from bench.records import EventKind, Outcome, Verdict
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rack.wire_faults import WireFault, WireFaultKind
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import open_station
from bench.stop import StopRequest
from procedures.progress import PhaseLines

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 24))


class Bed:
    """A run on the served bench; hands reach its instruments past their wires."""

    def __init__(self, rack, station, folder, clock):
        self.rack, self.clock, self.folder = rack, clock, folder
        recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
        self.run = Run(station, recorder, clock, PhaseLines(), StopRequest())

    def turn(self, name, command):
        """At the instrument's front panel."""
        self.rack.devices[name].instrument.receive(command)

    def pull_the_plug(self, name):
        async def cut():
            self.rack.devices[name].strike(WireFault(WireFaultKind.DISCONNECT, self.clock.now(), self.clock.now()))

        self.rack.server.run(cut())

    def events(self, kind):
        return [event for event in Dataset(self.folder).events() if event.kind is kind]


@pytest.fixture
def bed(tmp_path):
    clock, scenario = VirtualClock(), load_scenario("quiet")
    compile_plant(BENCH, scenario)
    with serve(SimulatedRig(BENCH, scenario, 1, clock)) as rack, open_station(rack.bench) as station:
        yield Bed(rack, station, tmp_path, clock)


def test_a_unit_that_changed_while_the_link_was_lost_ends_the_run_before_a_value_is_taken(bed):
    def conduct():
        with bed.run as run:
            run.hold(10.0)
            bed.turn("pressure_controller", b":UNIT:PRES BAR\n")
            bed.pull_the_plug("pressure_controller")
            run.hold(20.0)

    with pytest.raises(SettingsChangedError, match=r"pressure_controller: unit was HPA, is BAR; void from 0 s on"):
        conduct()
    assert bed.run.verdict.outcome is Outcome.ERROR
    (event,) = bed.events(EventKind.SETTINGS_CHANGED)
    assert (event.detail["was"], event.detail["found"], event.detail["void_from_s"]) == ("HPA", "BAR", 0.0)
    scans = Dataset(bed.folder).scans()
    good = scans[scans["supply_pressure_quality"] == 0]["supply_pressure_pa"]
    assert good.between(101_000.0, 101_700.0).all()
    assert scans["time_s"].iloc[-1] > 10.0  # what was recorded up to there is kept


def test_a_unit_that_changed_unseen_is_found_at_the_end_and_the_run_is_no_pass(bed):
    with bed.run as run:
        run.hold(10.0)
        bed.turn("pressure_controller", b":UNIT:PRES BAR\n")
        run.hold(5.0)
        run.conclude(Verdict(Outcome.PASS, "all is well"))
    assert run.verdict.outcome is Outcome.ERROR
    assert "pressure_controller: unit was HPA, is BAR; void from 0 s on" in run.verdict.reason


def test_settings_that_stay_are_noted_once_and_say_until_when_they_were_seen(bed):
    with bed.run as run:
        run.hold(10.0)
        run.conclude(Verdict(Outcome.PASS, "all is well"))
    assert run.verdict.outcome is Outcome.PASS
    watch = run.settings["pressure_controller"]
    assert (watch.first, watch.good_s) == (watch.latest, pytest.approx(bed.clock.now(), abs=1.0))
    assert len(bed.events(EventKind.SETTINGS)) == len(BENCH.instrument)


def test_a_filament_is_refused_in_air_and_a_spectrum_needs_one(bed):
    with bed.run as run:
        run.hold(2.0)
        with pytest.raises(CommandRefusedError, match="filament"):
            run.execute(StartFilament("residual_gas_analyser"))
        with pytest.raises(Exception, match="filament"):
            run.spectrum("residual_gas_analyser", 26, 30)
        run.conclude(Verdict(Outcome.PASS, "as it should be"))
