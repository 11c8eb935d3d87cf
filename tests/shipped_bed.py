"""A run on the shipped bench's rig without wires, with the truth about its pressures at hand."""

from sim import rigs
from sim.rigs import BENCH, CHAMBER

from bench.clock import VirtualClock
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import EventKind, Outcome, Verdict
from bench.run import Run
from bench.sim.direct_station import direct_instruments
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.station import Station
from bench.stop import StopRequest
from procedures.progress import PhaseLines


class Witness(PhaseLines):
    """Looks at the true pressures in every scan. worst_pa: by which the chamber has stood above a compartment."""

    def __init__(self, rig):
        super().__init__()
        self._rig, self.worst_pa = rig, -float("inf")

    def scanned(self, state):
        del state
        chamber_pa = self._rig.true_pressure_pa(CHAMBER)
        lowest_pa = min(self._rig.true_pressure_pa(node) for node in range(CHAMBER))
        self.worst_pa = max(self.worst_pa, chamber_pa - lowest_pa)


class ShippedBed:
    def __init__(self, folder, *, bench=BENCH, empty=True, **scenario):
        self.rig = SimulatedRig(bench, load_scenario("as_stated").model_copy(update=scenario), 1, VirtualClock())
        if empty:
            self.rig.command(rigs.empty_chamber)
        self.witness, self.stop = Witness(self.rig), StopRequest()
        station = Station(bench, direct_instruments(self.rig))
        self.recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
        self.run = Run(station, self.recorder, self.rig.clock, self.witness, self.stop)

    def conduct(self, body):
        with self.stop, self.run as run:
            body(run)
            run.conclude(Verdict(Outcome.PASS, "as it should be"))

    def confirmed(self):
        """Commands that the run gave through the one door."""
        events = Dataset(self.recorder.folder).events()
        return [event.detail["command"] for event in events if event.kind is EventKind.COMMAND_CONFIRMED]

    def answers(self):
        """What interlocks have commanded by themselves."""
        tripped = Dataset(self.recorder.folder).events()
        return [e.detail["actions"] for e in tripped if e.kind is EventKind.INTERLOCK_TRIPPED and "actions" in e.detail]
