"""Bursts in a run folder: written whole or not at all, sealed with the rest, and read with pandas alone."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from test_recorder import CHANNELS, scan

from bench import recorder as recording
from bench.dataset import Dataset
from bench.manifest import verify
from bench.recorder import Recorder, RecordingError
from bench.records import Burst

NAMES = ("us_microphone_1", "us_microphone_2")


def burst(t0_s=1800.000005, samples=100_000):
    noise = np.random.default_rng(int(t0_s)).standard_normal((len(NAMES), samples))
    return Burst(t0_s, 5e-6, NAMES, (2e-3 * noise).astype(np.float32))


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path, CHANNELS, {})
    recorder.record(scan(0))
    return recorder


def test_a_burst_comes_back_to_the_bit(recorder):
    written = burst()
    assert recorder.burst(written) == "waveforms/000001.parquet"
    read = Dataset(recorder.folder).waveform(0)
    assert (read.t0_s, read.dt_s, read.microphones) == (written.t0_s, written.dt_s, written.microphones)
    assert read.pressures_pa.dtype == np.float32
    assert np.array_equal(read.pressures_pa, written.pressures_pa)


def test_a_waveform_is_one_microphone_s_row_with_the_burst_s_times():
    found = burst()
    for name, row, waveform in zip(NAMES, found.pressures_pa, found.waveforms, strict=True):
        assert (waveform.name, waveform.t0_s, waveform.dt_s, waveform.unit) == (name, found.t0_s, 5e-6, "Pa")
        assert np.array_equal(waveform.samples, row)
    assert found.middle_s == pytest.approx(found.t0_s + 0.25, abs=5e-6)


def test_bursts_are_listed_with_their_times_in_the_order_recorded(recorder):
    for t0_s in (0.0, 1800.0, 2000.5):
        recorder.burst(burst(t0_s, samples=1000))
    found = Dataset(recorder.folder).waveforms()
    assert [entry.file for entry in found] == [f"waveforms/{number:06d}.parquet" for number in (1, 2, 3)]
    assert [entry.t0_s for entry in found] == [0.0, 1800.0, 2000.5]
    assert {(entry.dt_s, entry.samples, entry.microphones) for entry in found} == {(5e-6, 1000, NAMES)}


def test_a_run_without_bursts_has_none(recorder):
    recorder.seal()
    assert Dataset(recorder.folder).waveforms() == ()
    with pytest.raises(IndexError):
        Dataset(recorder.folder).waveform(0)


def test_plain_pandas_reads_a_burst_and_when_it_was(recorder):
    frame = pd.read_parquet(recorder.folder / recorder.burst(burst()))
    assert list(frame.columns) == ["us_microphone_1_pa", "us_microphone_2_pa"]
    assert frame.dtypes.tolist() == [np.float32, np.float32]
    assert len(frame) == 100_000
    assert frame.attrs == {
        "t0_s": 1800.000005,
        "dt_s": 5e-6,
        "rate_hz": 1 / 5e-6,
        "unit": "Pa",
        "microphones": list(NAMES),
    }


def test_any_parquet_reader_finds_the_times_in_the_metadata(recorder):
    metadata = pq.read_schema(recorder.folder / recorder.burst(burst())).metadata
    assert (metadata[b"t0_s"], metadata[b"dt_s"], metadata[b"unit"]) == (b"1800.000005", b"5e-06", b"Pa")


def test_noise_takes_less_than_its_four_bytes_a_sample(recorder):
    size_bytes = (recorder.folder / recorder.burst(burst())).stat().st_size
    assert size_bytes < 0.95 * 4 * 2 * 100_000


def test_a_burst_that_could_not_be_written_leaves_no_file_of_its_name(recorder, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(recording, "write_burst", _cut_short)
        with pytest.raises(OSError, match="No space left"):
            recorder.burst(burst())
    assert Dataset(recorder.folder).waveforms() == ()
    assert recorder.burst(burst()) == "waveforms/000001.parquet"
    recorder.seal()
    assert verify(recorder.folder) == ()


def test_a_burst_whose_writing_was_cut_anywhere_is_not_there(recorder):
    recorder.burst(burst(samples=20))
    whole = (recorder.folder / recorder.burst(burst(samples=20))).read_bytes()
    torn = recorder.folder / "waveforms" / "000003.parquet.part"
    for size in range(0, len(whole), 10):
        torn.write_bytes(whole[:size])
        assert len(Dataset(recorder.folder).waveforms()) == 2


def _cut_short(path, _):
    path.write_bytes(b"PAR1")
    raise OSError(28, "No space left on device")


def test_the_seal_covers_bursts(recorder):
    name = recorder.burst(burst())
    recorder.seal()
    assert verify(recorder.folder) == ()
    with (recorder.folder / name).open("r+b") as file:
        file.seek(100)
        file.write(b"x")
    assert verify(recorder.folder) == (f"{name}: hash differs",)
    (recorder.folder / name).unlink()
    assert verify(recorder.folder) == (f"{name}: missing",)


def test_nothing_is_added_to_a_sealed_run(recorder):
    recorder.seal()
    with pytest.raises(RecordingError, match="sealed"):
        recorder.burst(burst())


def test_a_foreign_file_among_the_bursts_is_named(recorder):
    recorder.burst(burst())
    pd.DataFrame({"x": [1.0]}).to_parquet(recorder.folder / "waveforms" / "000002.parquet")
    with pytest.raises(ValueError, match=r"000002.parquet: no burst"):
        Dataset(recorder.folder).waveforms()


def test_columns_named_otherwise_in_older_runs_are_found_by_their_place(recorder):
    """Relative humidity's column ended in _state once."""
    recorder.close_scans()
    path = recorder.folder / "scans.parquet"
    table = pq.read_table(path)
    was = [f"{name}_of_old" if name == "node_gas_1_k" else name for name in table.column_names]
    pq.write_table(table.rename_columns(was), path)
    dataset = Dataset(recorder.folder)
    assert dataset.scans()["node_gas_1_k"].tolist() == [100001.0]
    assert list(dataset.series(["vent_open", "node_pressure"]).columns) == ["vent_open", "node_pressure"]
