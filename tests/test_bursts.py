"""Bursts in runs on the small bench: when they begin, what scans say of them, and what they may not cost."""

import numpy as np
import pytest
from listening import ListeningBed
from small_bench import Daq, lost

from bench.acoustics import features
from bench.acquisition import Acquisition
from bench.dataset import Dataset
from bench.records import EventKind, Quality
from drivers.errors import CommandRefused, ReplyTimeout


@pytest.fixture
def bed(tmp_path):
    return ListeningBed(tmp_path, period_s=10.0)


def events(bed, *kinds):
    return [event for event in Dataset(bed.recorder.folder).events() if event.kind in kinds]


def column(bed, name):
    scans = Dataset(bed.recorder.folder).scans()
    return dict(zip(scans["time_s"].tolist(), scans[name].tolist(), strict=True))


def spectator(bench, clock):
    """A chassis as it was before microphones."""
    del clock
    return Daq(bench)


def test_bursts_begin_with_the_run_and_then_on_a_grid_of_their_own(bed):
    with bed.run as run:
        run.hold(35.0)
    assert bed.daq.begun_s == [0.0, 10.0, 20.0, 30.0]


def test_scans_keep_their_grid_while_bursts_are_recorded(bed):
    with bed.run as run:
        run.hold(100.0)
    assert bed.listener.scans[:100] == [float(second) for second in range(1, 101)]
    assert events(bed, EventKind.GAP) == []


@pytest.mark.parametrize(("burst_s", "fetched_s"), [(0.5, 1.0), (1.0, 1.0), (2.5, 3.0)])
def test_a_burst_is_fetched_in_the_first_scan_after_its_end(tmp_path, burst_s, fetched_s):
    bed = ListeningBed(tmp_path, period_s=10.0, burst_s=burst_s)
    with bed.run as run:
        run.hold(5.0)
    (event,) = events(bed, EventKind.BURST)
    assert event.time_s == fetched_s
    assert event.detail["t0_s"] == 1 / 200e3


def test_features_are_those_of_the_samples_that_are_recorded(bed):
    with bed.run as run:
        run.hold(2.0)
    burst = Dataset(bed.recorder.folder).waveform(0)
    found = features(burst.pressures_pa, burst.dt_s, (30e3, 50e3))
    (event,) = events(bed, EventKind.BURST)
    assert event.detail["band_power_pa2"] == dict(zip(burst.microphones, found.band_power_pa2.tolist(), strict=True))
    assert column(bed, "node_ear_band_power_pa2")[1.0] == found.band_power_pa2[0]
    assert column(bed, "annex_ear_kurtosis_excess")[1.0] == found.spectral_kurtosis[1]
    assert found.band_power_pa2[0] == pytest.approx(2e-3**2 * 0.2, rel=0.05)  # 20 of 100 kHz


def test_a_feature_is_of_the_burst_s_middle_and_held_until_the_next(bed):
    with bed.run as run:
        run.hold(12.0)
    quality, offset_s = column(bed, "node_ear_band_power_quality"), column(bed, "node_ear_band_power_offset_s")
    assert [quality[float(second)] for second in range(1, 13)] == [Quality.GOOD, *[Quality.HELD] * 9, Quality.GOOD, 4]
    assert offset_s[1.0] == pytest.approx(-0.75, abs=1e-5)
    assert offset_s[10.0] == pytest.approx(-9.75, abs=1e-5)


def test_without_a_next_burst_it_is_stale(bed):
    with bed.run as run:
        run.scan()
        bed.daq.failing["start_burst"] = CommandRefused("reserved")
        run.hold(15.0)
    quality = column(bed, "node_ear_kurtosis_quality")
    assert [quality[second] for second in (11.0, 12.0)] == [Quality.HELD, Quality.STALE]


def test_with_no_period_there_are_bursts_on_request_only_and_they_count_a_minute(tmp_path):
    bed = ListeningBed(tmp_path)
    with bed.run as run:
        run.hold(5.0)
        assert bed.daq.begun_s == []
        run.burst()
        run.hold(70.0)
    quality = column(bed, "node_ear_band_power_quality")
    assert bed.daq.begun_s == [6.0]
    assert [quality[second] for second in (5.0, 7.0, 67.0, 68.0)] == [
        Quality.STALE,
        Quality.GOOD,
        Quality.HELD,
        Quality.STALE,
    ]


def test_a_request_is_answered_with_a_burst_that_begins_after_it(bed):
    with bed.run as run:
        run.hold(10.0)  # one is on
        burst = run.burst()
        assert bed.daq.begun_s == [0.0, 10.0, 12.0]
        assert burst.t0_s == pytest.approx(12.0, abs=1e-5)
        assert run.clock.now() == 13.0
    reasons = [event.detail["reason"] for event in events(bed, EventKind.BURST)]
    assert reasons == ["periodic", "periodic", "requested"]


def test_an_event_names_the_file(bed):
    with bed.run as run:
        run.hold(12.0)
    files = [event.detail["file"] for event in events(bed, EventKind.BURST)]
    assert files == ["waveforms/000001.parquet", "waveforms/000002.parquet"]
    assert [found.file for found in Dataset(bed.recorder.folder).waveforms()] == files


@pytest.mark.parametrize("call", ["start_burst", "burst_ready", "fetch_burst"])
@pytest.mark.parametrize("error", [CommandRefused("reserved"), ReplyTimeout("5 s")])
def test_a_burst_that_fails_is_an_event_and_costs_no_scan(bed, call, error):
    bed.daq.failing[call] = error
    with bed.run as run:
        run.hold(9.0)
        bed.daq.failing.clear()
        run.hold(5.0)
    (event,) = events(bed, EventKind.BURST_LOST)
    assert event.detail["instrument"] == "daq"
    assert event.detail["reason"] == f"{type(error).__name__}: {error}"
    assert set(column(bed, "node_pressure_quality").values()) == {Quality.GOOD}
    assert events(bed, EventKind.LINK_LOST) == []
    assert len(events(bed, EventKind.BURST)) == 1  # the next one, at its time


def test_a_burst_whose_instrument_is_lost_is_lost_once_and_the_next_comes_when_the_link_is_back(bed):
    with bed.run as run:
        run.hold(10.0)
        bed.daq.failing["collect"] = lost()
        run.hold(1.0)
        bed.daq.failing.clear()
        run.hold(20.0)
    (event,) = events(bed, EventKind.BURST_LOST)
    assert (event.time_s, event.detail["reason"]) == (11.0, "the link to its instrument is lost")
    assert bed.daq.begun_s == [0.0, 10.0, 20.0, 30.0]


def test_nothing_is_asked_of_microphones_whose_instrument_does_not_answer(bed):
    """It would cost the time-out a second time."""
    with bed.run as run:
        run.hold(5.0)
        bed.daq.failing = {"collect": ReplyTimeout("5 s"), "reconnect": lost()}
        bed.daq.start_burst = bed.daq.burst_ready = bed.daq.fetch_burst = None
        run.hold(20.0)
        bed.daq.failing.clear()


def test_a_request_is_not_waited_for_when_it_cannot_be_had(bed):
    with bed.run as run:
        run.hold(5.0)
        bed.daq.failing["fetch_burst"] = ReplyTimeout("5 s")
        assert run.burst() is None
        bed.daq.failing = {"collect": lost(), "reconnect": lost()}
        assert run.burst() is None
        bed.daq.failing.clear()
    assert len(events(bed, EventKind.BURST_LOST)) == 2


def test_a_periodic_burst_that_fails_takes_no_request_with_it(bed):
    with bed.run as run:
        run.hold(10.0)  # one is on
        bed.daq.failing["fetch_burst"] = ReplyTimeout("5 s")
        bed.listener.at[11.0] = bed.daq.failing.clear
        assert run.burst().t0_s == pytest.approx(12.0, abs=1e-5)
    assert len(events(bed, EventKind.BURST_LOST)) == 1


def test_a_burst_that_never_ends_is_given_up(bed):
    bed.daq.late_s = 1e6
    with bed.run as run:
        run.hold(9.0)
        bed.daq.late_s = 0.0
        run.hold(11.0)
    (event,) = events(bed, EventKind.BURST_LOST)
    assert event.detail["reason"] == "not complete 10 s after its end"
    assert bed.daq.begun_s == [0.0, 12.0, 20.0]  # the one that was due meanwhile, as soon as it can


def test_samples_beyond_what_the_channel_takes_spoil_the_features(bed):
    bed.daq.extra = np.array([[0.0], [20.1]])  # over 120 dB
    with bed.run as run:
        run.hold(2.0)
    assert column(bed, "node_ear_band_power_quality")[2.0] == Quality.HELD
    assert column(bed, "annex_ear_band_power_quality")[2.0] == Quality.OVERRANGE
    assert column(bed, "annex_ear_kurtosis_quality")[1.0] == Quality.OVERRANGE


def test_a_dead_microphone_has_no_power_and_its_kurtosis_is_a_fault(bed):
    bed.daq.loudness_pa = np.array([0.0, 1e-3])
    with bed.run as run:
        run.hold(1.0)
    assert column(bed, "node_ear_band_power_pa2")[1.0] == 0.0
    assert column(bed, "node_ear_kurtosis_quality")[1.0] == Quality.SENSOR_FAULT


def test_a_station_that_cannot_hear_leaves_the_channels_stale_and_answers_nothing(tmp_path):
    bed = ListeningBed(tmp_path, daq=spectator, period_s=10.0)
    with bed.run as run:
        assert run.burst() is None
        run.hold(3.0)
    assert set(column(bed, "node_ear_band_power_quality").values()) == {Quality.STALE}
    assert events(bed, EventKind.BURST, EventKind.BURST_LOST) == []


def test_the_burst_begins_right_after_its_instrument_was_read_and_is_fetched_after_all_others(tmp_path):
    bed = ListeningBed(tmp_path, period_s=10.0)
    calls = []
    for name in ("collect", "start_burst", "fetch_burst"):
        setattr(bed.daq, name, _noting(calls, name, getattr(bed.daq, name)))
    bed.controller.collect = _noting(calls, "controller", bed.controller.collect)
    acquisition = Acquisition(bed.station, bed.clock)
    acquisition.scan()
    bed.clock.sleep(1.0)
    acquisition.scan()
    assert calls == ["collect", "start_burst", "controller", "collect", "controller", "fetch_burst"]


def _noting(calls, name, call):
    return lambda: calls.append(name) or call()
