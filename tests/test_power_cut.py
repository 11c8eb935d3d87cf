"""A power cut, by a disk that forgets what was not synced: what of a run folder is there when the power returns."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_recorder import CHANNELS, scan
from test_waveforms import burst

from bench import disk
from bench.dataset import Dataset
from bench.manifest import verify
from bench.recorder import Recorder, new_run_folder
from bench.records import Event, EventKind

PROMISED_S = 1.0


class ForgetfulDisk:
    """What POSIX promises and no more: a file's bytes as at its last sync, a name in a folder as at the folder's last.

    root: the folder on whose disk it is, which is there. Files are told apart by their inode, whatever their name.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._root, self._fsync = root, os.fsync
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, tuple[int, bool]]] = {}
        self._lock = threading.Lock()
        self.synced_s: list[float] = []
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, file) -> None:
        handle = file if isinstance(file, int) else file.fileno()
        path = Path(f"/proc/self/fd/{handle}").resolve()
        with self._lock:
            inode = os.fstat(handle).st_ino
            if path.is_dir():
                self._names[inode] = {each.name: (each.stat().st_ino, each.is_dir()) for each in path.iterdir()}
            else:
                self._contents[inode] = path.read_bytes()
        self._fsync(handle)
        self.synced_s.append(time.monotonic())

    def after_power_cut(self, copy: Path) -> Path:
        """All that is left of root, in another place."""
        with self._lock:
            self._restore(self._root.stat().st_ino, copy)
        return copy

    def _restore(self, inode: int, folder: Path) -> None:
        folder.mkdir()
        for name, (child, is_folder) in self._names.get(inode, {}).items():
            if is_folder:
                self._restore(child, folder / name)
            else:
                (folder / name).write_bytes(self._contents.get(child, b""))


@pytest.fixture
def forgetful(tmp_path, monkeypatch):
    root = tmp_path / "root"
    root.mkdir()
    return ForgetfulDisk(root, monkeypatch)


@pytest.fixture
def left(forgetful, tmp_path):
    """Call it with a path under root: what is there of it if the power is cut now."""
    cuts = iter(range(1000))

    def cut(path: Path) -> Path:
        return forgetful.after_power_cut(tmp_path / f"cut{next(cuts)}") / path.relative_to(tmp_path / "root")

    return cut


@pytest.fixture
def recorder(forgetful, tmp_path):  # noqa: ARG001 - the disk is there first
    folder = new_run_folder(tmp_path / "root" / "results", "leak_sweep", datetime(2026, 11, 24, tzinfo=UTC))
    return Recorder(folder, CHANNELS, {"procedure": "leak_sweep"})


def due() -> None:
    """The sync that is due has been done."""
    for thread in threading.enumerate():
        if thread.name == disk.WORKER:
            thread.join()


def test_the_disk_of_these_tests_forgets(left, tmp_path):
    """Or all that follows would show nothing."""
    path = tmp_path / "root" / "file"
    path.write_bytes(b"1")
    assert not left(path).exists()
    disk.sync(path)
    assert not left(path).exists()
    disk.sync(path.parent)
    path.write_bytes(b"22")
    assert left(path).read_bytes() == b"1"
    path.rename(path.with_name("other"))
    assert left(path).read_bytes() == b"1"


def test_a_run_that_has_just_begun_opens_and_says_interrupted(recorder, left):
    dataset = Dataset(left(recorder.folder))
    assert dataset.outcome == "INTERRUPTED"
    assert dataset.events() == ()
    assert len(dataset.scans()) == 0
    assert verify(dataset.folder) == ("INTERRUPTED: not closed",)


def test_every_event_is_there_as_soon_as_it_is_written(recorder, left):
    for number in range(3):
        recorder.event(Event(float(number), EventKind.RUN_BEGUN))
        assert len(Dataset(left(recorder.folder)).events()) == number + 1


def test_every_burst_is_there_as_soon_as_it_is_written(recorder, left):
    for number in range(1, 3):
        recorder.burst(burst(samples=1000))
        assert len(Dataset(left(recorder.folder)).waveforms()) == number


def test_what_was_updated_is_there_at_once(recorder, left):
    recorder.update(instruments={"daq": "one"})
    assert Dataset(left(recorder.folder)).run["instruments"] == {"daq": "one"}


def test_scans_are_there_after_a_second_though_none_follows(recorder, left):
    """The last one is not left to the next one's sync: the instruments may take their time."""
    recorder.record(scan(0))
    recorder.record(scan(1))
    assert len(Dataset(left(recorder.folder)).scans()) == 0
    due()
    assert Dataset(left(recorder.folder)).scans()["time_s"].tolist() == [0.0, 1.0]
    recorder.record(scan(2))
    due()
    assert Dataset(left(recorder.folder)).scans()["time_s"].tolist() == [0.0, 1.0, 2.0]


def test_no_scan_waits_longer_than_a_second_for_the_disk(recorder, forgetful):
    """In wall time, at ten scans a second."""
    written_s = []
    for index in range(12):
        recorder.record(scan(index))
        written_s.append(time.monotonic())
        time.sleep(0.1)
    due()
    synced_s = sorted(forgetful.synced_s)
    assert max(next(s for s in synced_s if s >= at_s) - at_s for at_s in written_s) < PROMISED_S
    recorder.close_scans()
    assert 0.0 < recorder.longest_unsynced_s < PROMISED_S


def test_at_every_sync_of_a_run_the_folder_is_whole(recorder, left, monkeypatch):
    """Closing included: the journal is given up only when its closed form is sure to be there."""
    sync, found = os.fsync, []

    def then_cut(file):
        sync(file)
        dataset = Dataset(left(recorder.folder))
        found.append((len(dataset.scans()), len(dataset.events()), dataset.outcome))

    monkeypatch.setattr(os, "fsync", then_cut)
    for index in range(3):
        recorder.event(Event(float(index), EventKind.GAP))
        recorder.record(scan(index))
        due()
    recorder.update(outcome="PASS")
    recorder.seal()
    scans, events, outcomes = zip(*found, strict=True)
    assert list(scans) == sorted(scans)
    assert list(events) == sorted(events)
    assert (scans[-1], events[-1]) == (3, 3)
    assert outcomes[-1] == "PASS"
    assert set(outcomes[:-1]) == {"INTERRUPTED"}
    assert verify(left(recorder.folder)) == ()


def test_a_sync_that_fails_ends_the_run_at_the_next_scan(recorder, monkeypatch):
    """A kernel says once that it lost what it had taken: nobody may miss it."""

    def lost(_):
        raise OSError(5, "Input/output error")

    recorder.record(scan(0))
    monkeypatch.setattr(os, "fsync", lost)
    due()
    with pytest.raises(OSError, match="Input/output error"):
        recorder.record(scan(1))
