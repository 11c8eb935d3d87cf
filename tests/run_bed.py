"""A run on the small bench, with everything about it at hand."""

import pytest
from small_bench import small_stand

from bench.clock import VirtualClock
from bench.commands import OpenValve, StartControl, StartPump
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import Outcome, Verdict
from bench.run import Run
from bench.stop import StopRequest

FILL_CLOSED, ORIFICE_CLOSED, EMERGENCY_STOP = "di2", "di0", "di6"
PASSED = Verdict(Outcome.PASS, "as it should be")


class Bystander:
    def __init__(self):
        self.phases, self.scans, self.notices = [], [], []
        self.at = {}
        """Time of a scan -> what the test does after it."""

    def phase_begun(self, name):
        self.phases.append(name)

    def made_safe(self):
        pass

    def noticed(self, event):
        self.notices.append(event)

    def scanned(self, state):
        self.scans.append(state.scan.time_s)
        self.at.pop(state.scan.time_s, lambda: None)()


class Bed:
    """The run is not entered yet: `with bed.stop, bed.run as run`, or caught()."""

    def __init__(self, folder):
        stand = small_stand()
        self.daq, self.controller, self.station = stand.daq, stand.controller, stand.station
        self.clock, self.stop, self.listener = VirtualClock(), StopRequest(), Bystander()
        self.recorder = Recorder(folder, [entry.record() for entry in stand.bench.channels], {})
        self.run = Run(self.station, self.recorder, self.clock, self.listener, self.stop)

    def events(self, *kinds):
        found = Dataset(self.recorder.folder).events()
        return [e for e in found if e.kind in kinds] if kinds else list(found)

    def at_work(self):
        """Fill the node through an open valve, the pump running: nothing here is safe."""
        self.run.execute(StartPump("rotary"))
        self.run.execute(OpenValve("fill"))
        self.run.execute(StartControl("controller"))

    def last(self, column):
        return Dataset(self.recorder.folder).scans().iloc[-1][column]


def caught(bed, body, error):
    """The exception with which a run ends when body(run) is its procedure."""

    def conduct():
        with bed.stop, bed.run as run:
            body(run)

    with pytest.raises(error) as found:
        conduct()
    return found.value
