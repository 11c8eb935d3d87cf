"""The wire and the direct face: one scenario and seed, the same score within what instruments round away."""

import math

import pytest
from campaign_bed import SMALL, loaded

from bench.clock import VirtualClock
from bench.config.rig import rig_of
from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.station import open_station
from bench.stop import StopRequest
from procedures.campaign.cases import cases, staged, windows
from procedures.campaign.rows import chunk
from procedures.progress import PhaseLines
from procedures.simulate import make_ready

HOUR_S = 3600.0
SHORT = (
    SMALL.replace("duration_h = 4.0", "duration_h = 1.2")
    .replace("settle_h = 0.5", "settle_h = 0.1")
    .replace("background_h = 1.0", "background_h = 0.4")
    .replace("exposures_h = [1.0]", "exposures_h = [0.3]")
    .replace("period_s = 120.0", "period_s = 1.0")
    .replace("onset_h = 2.0", "onset_h = 0.7")
)


def over_the_wires(campaign, case, folder):
    """The scans of the same run, recorded by a station through instruments and drivers."""
    scenario, _ = staged(campaign, case)
    compile_plant(campaign.bench, scenario)
    rig = SimulatedRig(campaign.bench, scenario, case.seed, VirtualClock())
    make_ready(rig)
    with serve(rig) as rack, open_station(rack.bench) as station, StopRequest() as stop:
        recorder = Recorder(folder, [entry.record() for entry in station.channels], {})
        with Run(station, recorder, rig.clock, PhaseLines(), stop) as run:
            run.hold(campaign.file.duration_h * HOUR_S - rig.clock.now())
    return Dataset(folder).series()


@pytest.mark.long
def test_both_faces_of_the_rig_give_a_method_the_same_score(tmp_path):
    campaign = loaded(tmp_path, SHORT)
    case = next(case for case in cases(campaign) if case.size_kg_s == 1e-7)
    direct = chunk(campaign, [case])
    series = over_the_wires(campaign, case, tmp_path)
    rig = rig_of(campaign.bench)
    compared = 0
    for window, _ in windows(campaign.file, case, 0.3 * HOUR_S):
        for entry in campaign.file.method:
            found = entry.made().method.estimate(rig, series, window)
            (row,) = direct[(direct["method"] == entry.called) & (direct["begin_s"] == window.begin_s)].to_dict(
                "records"
            )
            assert math.isclose(found.rate_kg_s, row["rate_kg_s"], abs_tol=0.02 * found.u_kg_s)
            assert found.u_kg_s == pytest.approx(row["u_kg_s"], rel=0.01)
            assert (found.rate_kg_s > entry.alarm.k * found.u_kg_s) == row["alarm"]
            compared += 1
    assert compared == 4
