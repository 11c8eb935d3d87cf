"""The small bench with two microphones, and a chassis for it that hears: noise of a strength that the test sets."""

import numpy as np
from run_bed import Bystander
from small_bench import Controller, Daq, Inputs, small_bench

from bench.clock import VirtualClock
from bench.config.sound import Acoustics, Microphone
from bench.recorder import Recorder
from bench.run import Run
from bench.station import Station
from bench.stop import StopRequest
from drivers.errors import CommandRefused

RATE_HZ = 200e3
MICROPHONES = tuple(
    Microphone(
        name=f"{compartment}_ear",
        compartment=compartment,
        input=f"mic{number}",
        position_m=(0, 0, 0),
        sensitivity_v_pa=0.01,
    )
    for number, compartment in enumerate(("node", "annex"))
)


def listening_bench(**acoustics):
    """Without interlocks: a lost chassis ends no run."""
    heard = {"microphone": MICROPHONES, "acoustics": Acoustics(**acoustics)}
    return small_bench().model_copy(update={"interlock": (), **heard})


class HearingDaq(Daq):
    """failing: "start_burst", "burst_ready", "fetch_burst", too. late_s: how much longer a burst takes."""

    burst_rate_hz = RATE_HZ

    def __init__(self, bench, clock):
        super().__init__(bench)
        self._clock, self._burst_s = clock, bench.acoustics.burst_s
        self.begun_s, self.ready_s, self.late_s = [], None, 0.0
        self.loudness_pa = np.array([2e-3, 1e-3])
        self.extra = 0.0

    def start_burst(self):
        self.fail("start_burst")
        if self.ready_s is not None:
            raise CommandRefused("a burst is on")
        self.begun_s.append(self._clock.now())
        self.ready_s = self._clock.now() + self._burst_s + self.late_s

    def burst_ready(self):
        self.fail("burst_ready")
        return self._clock.now() >= self.ready_s

    def fetch_burst(self):
        self.ready_s = None
        self.fail("fetch_burst")
        noise = np.random.default_rng(len(self.begun_s)).standard_normal((2, round(self._burst_s * RATE_HZ)))
        return self.loudness_pa[:, np.newaxis] * noise + self.extra

    def abandon_burst(self):
        self.ready_s = None


class ListeningBed:
    """A run that is not entered yet, as run_bed.Bed, whose chassis hears."""

    def __init__(self, folder, daq=HearingDaq, **acoustics):
        bench = listening_bench(**acoustics)
        self.clock = VirtualClock()
        self.daq, self.controller = daq(bench, self.clock), Controller()
        thermometers = Inputs({"101": 300.0, "102": 300.0, "103": 300.0})
        self.station = Station(bench, {"thermometers": thermometers, "controller": self.controller, "daq": self.daq})
        self.recorder = Recorder(folder, [entry.record() for entry in bench.channels], {})
        self.listener, self.stop = Bystander(), StopRequest()
        self.run = Run(self.station, self.recorder, self.clock, self.listener, self.stop)
