import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench.dataset import Dataset
from bench.manifest import verify
from bench.recorder import Recorder, RecordingError, new_run_folder, write_atomically
from bench.records import Channel, Event, EventKind, Outcome, Scan, Verdict

CHANNELS = (
    Channel("node_pressure", "pressure", "Pa", 0.0, 2e5, 10.0, "node"),
    Channel("node_gas_1", "gas_temperature", "K", -np.inf, np.inf, 0.1, "node"),
    Channel("vent_open", "switch", "1", 0.0, 1.0, 0.0),
)


def scan(index, size=3):
    values = 1e5 + index + np.arange(size)
    return Scan(float(index), values, np.full(size, -0.25), np.arange(size, dtype=np.uint8) % 6)


@pytest.fixture
def recorder(tmp_path):
    return Recorder(tmp_path, CHANNELS, {"procedure": "leak_sweep", "limit": float("inf")})


@pytest.fixture
def sealed(recorder):
    for index in range(5):
        recorder.record(scan(index))
    recorder.event(Event(0.0, EventKind.RUN_BEGUN))
    recorder.write_json("truth.json", {"leaks": []})
    recorder.seal()
    return recorder.folder


def run_json(folder):
    return json.loads((folder / "run.json").read_text())


def test_run_numbers_count_on_over_days_and_procedures(tmp_path):
    new_run_folder(tmp_path, "check", datetime(2026, 11, 22, tzinfo=UTC))
    folder = new_run_folder(tmp_path, "leak_sweep", datetime(2026, 11, 23, tzinfo=UTC))
    assert folder == tmp_path / "2026-11-23" / "000002-leak_sweep"
    assert folder.is_dir()


def test_the_day_of_a_run_is_the_utc_day(tmp_path):
    after_midnight = datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert new_run_folder(tmp_path, "check", after_midnight).parent.name == "2026-11-22"


def test_a_number_is_given_once_even_to_runs_begun_together(tmp_path):
    utc = datetime(2026, 11, 22, tzinfo=UTC)
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda index: new_run_folder(tmp_path, f"p{index % 3}", utc), range(40)))
    assert sorted(int(folder.name[:6]) for folder in folders) == list(range(1, 41))


def test_run_json_is_there_at_once_and_is_valid_json(recorder):
    run = run_json(recorder.folder)
    assert run["procedure"] == "leak_sweep"
    assert run["limit"] is None
    assert run["outcome"] is None
    assert run["schema_version"] == 1
    assert run["channels"][0]["name"] == "node_pressure"
    assert run["channels"][1]["range_max"] is None


def test_update_merges_and_keeps_the_rest(recorder):
    recorder.update(outcome=Outcome.PASS, scans=np.int64(7), plan={"leaks": ("a",)}, started_utc=datetime(2026, 1, 1))  # noqa: DTZ001
    run = run_json(recorder.folder)
    assert (run["outcome"], run["scans"], run["plan"]) == ("PASS", 7, {"leaks": ["a"]})
    assert run["started_utc"] == "2026-01-01T00:00:00"
    assert run["procedure"] == "leak_sweep"


def test_what_json_cannot_say_is_refused_and_the_old_file_stays(recorder):
    with pytest.raises(TypeError, match="complex"):
        recorder.write_json("run.json", {"impedance": 1j})
    assert run_json(recorder.folder)["procedure"] == "leak_sweep"


def test_non_finite_numbers_become_null_at_any_depth(recorder):
    recorder.write_json(
        "scores.json", {"verdict": Verdict(Outcome.FAIL, "far off"), "scores": [np.array([1.0, np.nan])]}
    )
    text = (recorder.folder / "scores.json").read_text()
    assert json.loads(text) == {"verdict": {"outcome": "FAIL", "reason": "far off"}, "scores": [[1.0, None]]}


def test_an_event_is_one_line(recorder):
    recorder.event(Event(1.5, EventKind.WINDOW, {"name": "w\n1", "end_s": np.inf}))
    lines = (recorder.folder / "events.jsonl").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"time_s": 1.5, "kind": "window", "detail": {"name": "w\n1", "end_s": None}}
    ]


def test_a_scan_of_the_wrong_length_is_refused(recorder):
    with pytest.raises(RecordingError, match=r"\{2\} numbers for 3 channels"):
        recorder.record(scan(0, size=2))


def test_closing_turns_the_journal_into_parquet(recorder):
    for index in range(3):
        recorder.record(scan(index))
    recorder.close_scans()
    recorder.close_scans()
    assert recorder.scans == 3
    assert not (recorder.folder / "scans.arrows").exists()
    with pytest.raises(RecordingError, match="closed"):
        recorder.record(scan(3))


def test_plain_pandas_reads_the_scans(sealed):
    frame = pd.read_parquet(sealed / "scans.parquet")
    assert list(frame.columns[:4]) == ["time_s", "node_pressure_pa", "node_pressure_offset_s", "node_pressure_quality"]
    assert frame["vent_open_state"].tolist() == [100002.0, 100003.0, 100004.0, 100005.0, 100006.0]
    assert frame["node_gas_1_offset_s"].dtype == np.float32
    assert frame["node_gas_1_quality"].unique().tolist() == [1]


def test_parquet_states_units_and_splits_bytes(sealed):
    with pq.ParquetFile(sealed / "scans.parquet") as file:
        assert file.schema_arrow.field("node_gas_1_k").metadata[b"unit"] == b"K"
        column = file.metadata.row_group(0).column(1)
    assert column.compression == "ZSTD"
    assert "BYTE_STREAM_SPLIT" in column.encodings


def test_a_run_without_scans_closes(recorder):
    recorder.seal()
    assert verify(recorder.folder) == ()
    assert len(Dataset(recorder.folder).scans()) == 0


def test_closing_refuses_a_journal_that_lost_scans(recorder):
    recorder.record(scan(0))
    size = (recorder.folder / "scans.arrows").stat().st_size
    recorder.record(scan(1))
    os.truncate(recorder.folder / "scans.arrows", size)
    with pytest.raises(RecordingError, match="2 recorded"):
        recorder.seal()
    assert (recorder.folder / "scans.arrows").exists()
    with pytest.raises(RecordingError, match="2 recorded"):
        recorder.seal()
    assert verify(recorder.folder) == ("INTERRUPTED: not closed",)


def test_an_interrupt_between_write_and_count_does_not_spoil_the_run(recorder, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    write = recorder._journal._write
    monkeypatch.setattr(recorder._journal, "_write", lambda: (write(), interrupted()))
    with pytest.raises(KeyboardInterrupt):
        recorder.record(scan(0))
    monkeypatch.setattr(recorder._journal, "_write", write)
    recorder.record(scan(1))
    recorder.seal()
    assert Dataset(recorder.folder).scans()["time_s"].tolist() == [0.0, 1.0]


def test_no_scan_follows_one_that_a_full_disk_cut_short(recorder, monkeypatch):
    class FullDisk:
        def write_batch(self, _):
            raise OSError(28, "No space left on device")

    recorder.record(scan(0))
    monkeypatch.setattr(recorder._journal, "_writer", FullDisk())
    with pytest.raises(OSError, match="No space"):
        recorder.record(scan(1))
    with pytest.raises(OSError, match="No space"):
        recorder.record(scan(2))
    recorder.seal()
    assert Dataset(recorder.folder).scans()["time_s"].tolist() == [0.0]


def test_a_sealed_folder_is_as_stated(sealed):
    assert verify(sealed) == ()


def test_nothing_is_written_after_sealing(recorder):
    recorder.seal()
    with pytest.raises(RecordingError, match="sealed"):
        recorder.update(outcome="PASS")
    with pytest.raises(RecordingError, match="sealed"):
        recorder.event(Event(0.0, EventKind.ERROR))
    assert verify(recorder.folder) == ()


def test_verify_finds_one_flipped_bit(sealed):
    content = bytearray((sealed / "scans.parquet").read_bytes())
    content[100] ^= 1
    (sealed / "scans.parquet").write_bytes(content)
    assert verify(sealed) == ("scans.parquet: hash differs",)


def test_verify_finds_missing_and_extra_files(sealed):
    (sealed / "truth.json").unlink()
    (sealed / "waveforms").mkdir()
    (sealed / "waveforms" / "mic.wav").write_bytes(b"")
    assert verify(sealed) == ("truth.json: missing", "waveforms/mic.wav: not in manifest.json")


def test_verify_finds_a_tail_that_is_missing(sealed):
    for name in ("scans.parquet", "events.jsonl", "truth.json"):
        os.truncate(sealed / name, (sealed / name).stat().st_size - 1)
    assert verify(sealed) == ("events.jsonl: hash differs", "scans.parquet: hash differs", "truth.json: hash differs")


def test_verify_finds_what_is_no_file(sealed, tmp_path_factory):
    """A link may lead anywhere, and what it leads to is not sealed; a pipe would be read for ever."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (sealed / "truth.json").rename(elsewhere / "truth.json")
    (sealed / "truth.json").symlink_to(elsewhere / "truth.json")
    (sealed / "folder").symlink_to(elsewhere)
    (sealed / "gone").symlink_to(elsewhere / "gone")
    os.mkfifo(sealed / "pipe")
    assert verify(sealed) == tuple(f"{name}: no plain file" for name in ("folder", "gone", "pipe", "truth.json"))


def test_a_second_recorder_of_a_folder_is_refused_and_the_first_one_goes_on(recorder):
    recorder.record(scan(0))
    with pytest.raises(RecordingError, match="another run writes here"):
        Recorder(recorder.folder, CHANNELS, {"procedure": "other"})
    recorder.record(scan(1))
    recorder.seal()
    assert len(Dataset(recorder.folder).scans()) == 2
    assert run_json(recorder.folder)["procedure"] == "leak_sweep"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"files": 3}', b"{}", b"\xff", b"[" * 100_000, b'{"files": [[1]]}'])
def test_verify_says_that_the_manifest_is_unreadable(sealed, content):
    (sealed / "manifest.json").write_bytes(content)
    assert verify(sealed)[0].startswith("manifest.json: unreadable")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("power")))
    with pytest.raises(OSError, match="power"):
        write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_table_reads_back(recorder):
    frame = pd.DataFrame({"method": ["m"], "rate_kg_s": [1e-7], "notes": [("a", "b")]})
    recorder.write_table("estimates.parquet", frame)
    assert pd.read_parquet(recorder.folder / "estimates.parquet")["rate_kg_s"].tolist() == [1e-7]
