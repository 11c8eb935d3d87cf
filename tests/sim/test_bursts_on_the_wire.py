"""One run on the virtual clock that records bursts of the shipped bench over the wires, and reads them back."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from bench.acoustics import features
from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.dataset import Dataset
from bench.manifest import verify
from bench.recorder import Recorder
from bench.records import EventKind, Quality
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import open_station
from bench.stop import StopRequest

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
RATE_HZ, SAMPLES = 200e3, 100_000


class Nobody:
    def phase_begun(self, name):
        pass

    def scanned(self, state):
        pass

    def made_safe(self):
        pass

    def noticed(self, event):
        pass


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """Ten minutes of bench time, a burst every two of them, and one on request at the end of the fourth."""
    folder = tmp_path_factory.mktemp("heard")
    bench = BENCH.model_copy(update={"acoustics": BENCH.acoustics.model_copy(update={"period_s": 120.0})})
    scenario = load_scenario("quiet")
    compile_plant(bench, scenario)
    rig = SimulatedRig(bench, scenario, 5, VirtualClock())
    with serve(rig) as rack, open_station(rack.bench) as station:
        recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
        with StopRequest() as stop, Run(station, recorder, rig.clock, Nobody(), stop) as run:
            run.hold(239.0)
            assert run.burst() is not None
            run.hold(360.0)
        recorder.seal()
    return folder


def bursts(folder):
    return [event for event in Dataset(folder).events() if event.kind is EventKind.BURST]


def test_bursts_are_at_their_times_and_the_scans_at_theirs(run_folder):
    dataset = Dataset(run_folder)
    begun_s = [entry.t0_s - entry.dt_s for entry in dataset.waveforms()]
    assert begun_s == pytest.approx([0.0, 120.0, 240.0, 360.0, 480.0, 600.0], abs=1e-9)
    assert [event.detail["reason"] for event in bursts(run_folder)].count("requested") == 1
    time_s = dataset.scans()["time_s"].to_numpy()
    assert np.array_equal(time_s, np.arange(1.0, time_s.size + 1.0))
    assert not [e for e in dataset.events() if e.kind in {EventKind.GAP, EventKind.BURST_LOST, EventKind.LINK_LOST}]


def test_every_microphone_is_in_every_burst(run_folder):
    dataset = Dataset(run_folder)
    for number in range(len(dataset.waveforms())):
        burst = dataset.waveform(number)
        assert burst.microphones == tuple(microphone.name for microphone in BENCH.microphone)
        assert burst.pressures_pa.shape == (8, SAMPLES)
        assert 1.0 / burst.dt_s == pytest.approx(RATE_HZ)
        assert (burst.pressures_pa.std(axis=1) > 0.0).all()


def test_no_two_bursts_and_no_two_microphones_are_the_same(run_folder):
    dataset = Dataset(run_folder)
    rows = np.concatenate([dataset.waveform(number).pressures_pa[:, :64] for number in (0, 1)])
    assert np.unique(rows, axis=0).shape == rows.shape


def test_the_scans_say_what_the_recorded_samples_are_worth(run_folder):
    dataset = Dataset(run_folder)
    scans = dataset.scans().set_index("time_s")
    for entry in dataset.waveforms():
        burst = dataset.waveform(dataset.waveforms().index(entry))
        found = features(burst.pressures_pa, burst.dt_s, BENCH.acoustics.band_hz)
        row = scans.loc[round(entry.t0_s) + 1.0]
        for place, name in enumerate(burst.microphones):
            assert row[f"{name}_band_power_pa2"] == found.band_power_pa2[place]
            assert row[f"{name}_kurtosis_excess"] == found.spectral_kurtosis[place]
            assert row[f"{name}_band_power_quality"] == Quality.GOOD


def test_pandas_alone_reads_a_burst_by_the_name_in_its_event(run_folder):
    event = bursts(run_folder)[2]
    frame = pd.read_parquet(run_folder / event.detail["file"])
    assert frame.attrs["t0_s"] == event.detail["t0_s"]
    power = features(frame.to_numpy().T, frame.attrs["dt_s"], BENCH.acoustics.band_hz).band_power_pa2
    assert list(event.detail["band_power_pa2"].values()) == power.tolist()


def test_the_folder_is_sealed_with_its_bursts(run_folder):
    assert verify(run_folder) == ()
