import numpy as np
import pandas as pd
import pytest
from test_recorder import CHANNELS, scan

from bench.dataset import Dataset, journal_batches
from bench.recorder import Recorder
from bench.records import Channel, Event, EventKind


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path, CHANNELS, {"procedure": "leak_sweep"})
    for index in range(4):
        recorder.record(scan(index))
    recorder.event(Event(0.0, EventKind.PHASE_BEGUN, {"phase": "hold"}))
    recorder.event(Event(3.0, EventKind.PHASE_ENDED, {"phase": "hold"}))
    return recorder


def test_channels_come_back_as_they_were_even_without_bounds(recorder):
    assert Dataset(recorder.folder).channels == CHANNELS


def test_an_unknown_accuracy_is_nan(tmp_path):
    Recorder(tmp_path, (Channel("x", "pressure", "Pa", 0.0, 1.0, np.nan),), {})
    assert np.isnan(Dataset(tmp_path).channels[0].accuracy)


def test_the_journal_and_the_closed_form_read_the_same(recorder):
    open_form = Dataset(recorder.folder).scans()
    recorder.close_scans()
    pd.testing.assert_frame_equal(open_form, Dataset(recorder.folder).scans(), check_exact=True)


def test_interrupted_until_sealed(recorder):
    dataset = Dataset(recorder.folder)
    recorder.update(outcome="PASS")
    assert (dataset.interrupted, dataset.outcome) == (True, "INTERRUPTED")
    recorder.seal()
    dataset = Dataset(recorder.folder)
    assert (dataset.interrupted, dataset.outcome) == (False, "PASS")


def test_series_hides_what_is_not_usable(recorder):
    series = Dataset(recorder.folder).series()
    assert series.time_s.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert series.columns["node_pressure"].tolist() == [100000.0, 100001.0, 100002.0, 100003.0]
    assert np.isnan(series.columns["node_gas_1"]).all()  # UNDERRANGE


@pytest.mark.parametrize(("quality", "usable"), [(0, True), (1, False), (2, False), (3, False), (4, True), (5, False)])
def test_good_and_held_readings_are_usable(tmp_path, quality, usable):
    recorder = Recorder(tmp_path, CHANNELS, {})
    reading = scan(0)
    reading.quality[:] = quality
    recorder.record(reading)
    assert np.isfinite(Dataset(tmp_path).series(["vent_open"]).columns["vent_open"]).tolist() == [usable]


def test_series_of_some_channels_in_the_order_asked(recorder):
    assert list(Dataset(recorder.folder).series(["vent_open", "node_pressure"]).columns) == [
        "vent_open",
        "node_pressure",
    ]
    assert list(Dataset(recorder.folder).series([]).columns) == []
    with pytest.raises(KeyError, match="no channel humidity"):
        Dataset(recorder.folder).series(["humidity"])


def test_a_journal_torn_at_any_byte_ends_at_its_last_whole_scan(recorder):
    journal = recorder.folder / "scans.arrows"
    whole = journal.read_bytes()
    sizes = []
    for index in range(4, 6):
        sizes.append(journal.stat().st_size)
        recorder.record(scan(index))
    content = journal.read_bytes()
    assert sizes[0] == len(whole)
    for size in range(sizes[0], len(content) + 1):
        journal.write_bytes(content[:size])
        expected = 6 if size == len(content) else 5 if size >= sizes[1] else 4
        assert Dataset(recorder.folder).scans()["time_s"].tolist() == list(range(expected)), size


def test_a_journal_torn_before_its_first_scan_is_empty_but_has_its_columns(recorder):
    journal = recorder.folder / "scans.arrows"
    content = journal.read_bytes()
    closed = Dataset(recorder.folder).scans()
    for size in (0, 3, 7, 100, 200):
        journal.write_bytes(content[:size])
        frame = Dataset(recorder.folder).scans()
        assert len(frame) == 0
        assert frame.dtypes.equals(closed.dtypes)


def test_damage_before_the_tail_is_an_error(recorder):
    journal = recorder.folder / "scans.arrows"
    size = journal.stat().st_size
    content = bytearray(journal.read_bytes())
    content[size // 2 : size // 2 + 400] = b"\x55" * 400
    journal.write_bytes(content)
    with pytest.raises(ValueError, match=r"scans\.arrows"):
        Dataset(recorder.folder).scans()


def test_a_journal_of_other_channels_is_an_error(recorder):
    with pytest.raises(ValueError, match="channels are not those"):
        list(journal_batches(recorder.folder / "scans.arrows", CHANNELS[::-1]))


def test_events_come_back(recorder):
    begun, ended = Dataset(recorder.folder).events()
    assert begun == Event(0.0, EventKind.PHASE_BEGUN, {"phase": "hold"})
    assert ended.kind is EventKind.PHASE_ENDED


def test_a_torn_last_event_is_dropped(recorder):
    path = recorder.folder / "events.jsonl"
    content = path.read_bytes()
    first = content.index(b"\n") + 1
    for size in range(first, len(content)):
        path.write_bytes(content[:size])
        assert len(Dataset(recorder.folder).events()) == 1


@pytest.mark.parametrize("line", ["{", "[]", '{"time_s": 1, "kind": "party", "detail": {}}', '{"time_s": 1}', ""])
def test_a_malformed_event_is_named_by_file_and_line(recorder, line):
    with (recorder.folder / "events.jsonl").open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(ValueError, match=r"events\.jsonl:3: not an event"):
        Dataset(recorder.folder).events()


def test_errors_name_the_folder_and_what_is_missing(recorder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere: no run\.json"):
        Dataset(tmp_path / "nowhere")
    (recorder.folder / "events.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"no events\.jsonl"):
        Dataset(recorder.folder).events()
    (recorder.folder / "scans.arrows").unlink()
    with pytest.raises(FileNotFoundError, match=r"neither scans\.parquet nor scans\.arrows"):
        Dataset(recorder.folder).scans()


def test_truth_and_scores_stay_unread(recorder):
    for name in ("truth.json", "scores.json"):
        (recorder.folder / name).write_text("not json: reading it would fail")
    recorder.seal()
    dataset = Dataset(recorder.folder)
    assert len(dataset.scans()) == len(dataset.series().time_s)
