import numpy as np
import pytest

from bench.recorder import Recorder
from bench.records import Burst, Channel, Event, EventKind
from bench.review.evidence import gather
from bench.review.report import write_report
from bench.review.sound import spectra

EARS = {"node_ear_1": "node", "node_ear_2": "node", "annex_ear": "annex"}
CHANNELS = tuple(
    Channel(f"{name}_band_power", "band_power", "Pa2", 0.0, 1.0, 0.0, where) for name, where in EARS.items()
)
RATE_HZ, DENSITY_PA2_HZ = 200e3, 4e-12  # 10 dB re 20 uPa in every hertz
QUIET_DB = 10.0 * np.log10(DENSITY_PA2_HZ / (20e-6) ** 2)


def heard(recorder, t0_s, gain):
    """White noise, louder by gain in the node."""
    random = np.random.default_rng(int(t0_s))
    noise = np.sqrt(DENSITY_PA2_HZ * RATE_HZ / 2) * random.standard_normal((len(EARS), 20_000))
    noise[:2] *= gain
    recorder.burst(Burst(t0_s, 1 / RATE_HZ, tuple(EARS), noise.astype(np.float32)))


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path, CHANNELS, {"outcome": "PASS"})
    window = {"window": "node_50um", "compartment": "node", "begin_s": 1000.0, "end_s": 2000.0}
    recorder.event(Event(3000.0, EventKind.WINDOW, {**window, "background": [(100.0, 900.0), (2100.0, 2900.0)]}))
    return recorder


def curves(recorder):
    figure = spectra(gather(recorder.folder))
    return {
        axes.get_title(): {line.get_label(): line for line in axes.get_lines()} for axes in figure.axes if axes.lines
    }


def test_the_leak_s_spectrum_stands_above_the_quiet_one_in_its_compartment(recorder):
    for t0_s, gain in ((0.0, 30.0), (101.0, 1.0), (800.0, 30.0), (1001.0, 10.0), (1900.0, 30.0)):
        heard(recorder, t0_s, gain)  # the first within each window is drawn
    found = curves(recorder)
    assert list(found) == ["node", "annex"]
    quiet, leaking = (found["node"][name].get_ydata() for name in ("every leak closed", "node 50um"))
    assert quiet.mean() == pytest.approx(QUIET_DB, abs=0.5)
    assert leaking.mean() - quiet.mean() == pytest.approx(20.0, abs=0.5)
    assert found["node"]["node 50um"].get_xdata()[[0, -1]] == pytest.approx([0.2, 99.8])
    assert list(found["annex"]) == ["every leak closed"]


def test_without_a_burst_at_such_a_moment_there_is_no_figure(recorder):
    assert spectra(gather(recorder.folder)) is None
    heard(recorder, 5000.0, 1.0)
    assert spectra(gather(recorder.folder)) is None


def test_a_silent_channel_is_drawn_at_the_foot(recorder):
    recorder.burst(Burst(1500.0, 1 / RATE_HZ, tuple(EARS), np.zeros((3, 20_000), np.float32)))
    assert np.isfinite(curves(recorder)["node"]["node 50um"].get_ydata()).all()


def test_the_report_has_a_section_on_sound_only_where_something_was_heard(recorder):
    assert "<h2>Sound</h2>" not in write_report(recorder.folder).read_text()
    heard(recorder, 1500.0, 1.0)
    assert "<h2>Sound</h2>" in write_report(recorder.folder).read_text()
