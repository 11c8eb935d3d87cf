"""A disk that is full, nearly full, read-only or slow: the run ends safe, says why in one line, keeps what it had."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest
from run_bed import PASSED, Bed, caught
from small_bench import small_bench
from test_recorder import CHANNELS, scan

from bench import space
from bench.dataset import Dataset
from bench.errors import ConfigError, StorageError
from bench.recorder import Recorder
from bench.records import Event, EventKind, Outcome
from procedures.order import make_order
from procedures.room import needed_bytes

TESTS = Path(__file__).parent
FILLER = str(TESTS / "disk_filler.py")
FULL = "No space left on device"
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil has it


UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]
"""A name space of its own, in which a small disk can be mounted without being root."""


def has_tmpfs() -> bool:
    tried = [*UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return bool(shutil.which("unshare")) and not subprocess.run(tried, capture_output=True, check=False).returncode


def filled(*words: str) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def as_promised(lines: list[str], why: str) -> None:
    kind, said, outcome, reason, *rest = lines
    assert (kind, outcome) == ("StorageError", "ERROR")
    assert said.endswith(why)
    assert reason == f"StorageError: {said}"
    assert rest == ["safe: True", "whole: True", "INTERRUPTED", "True", "[]"]


def test_a_file_that_may_not_grow_ends_the_run_safe_and_in_one_line(tmp_path):
    """RLIMIT_FSIZE: the only full disk that there is everywhere."""
    as_promised(filled(sys.executable, FILLER, str(tmp_path), "200000"), os.strerror(errno.EFBIG))


@pytest.mark.skipif(not has_tmpfs(), reason="no name spaces for users here: no disk of its own can be mounted")
def test_a_full_disk_ends_the_run_safe_and_in_one_line(tmp_path):
    mount = 'mount -t tmpfs -o size=300k none "$2" && exec "$0" "$1" "$2"'
    as_promised(filled(*UNSHARE, "sh", "-c", mount, sys.executable, FILLER, str(tmp_path)), FULL)


def full(*_):
    raise OSError(errno.ENOSPC, FULL)


def test_half_an_event_is_taken_back_and_the_next_one_is_whole(tmp_path, monkeypatch):
    recorder = Recorder(tmp_path, CHANNELS, {})
    recorder.event(Event(0.0, EventKind.RUN_BEGUN))
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match=FULL):
            recorder.event(Event(1.0, EventKind.GAP, {"since_s": 0.0}))
    recorder.event(Event(2.0, EventKind.RUN_ENDED))
    assert [event.time_s for event in Dataset(tmp_path).events()] == [0.0, 2.0]


def test_what_failed_is_said_once_though_everything_after_it_fails(tmp_path):
    bed = Bed(tmp_path)
    lost = StorageError(f"{tmp_path}: {FULL}")

    def refuse(*_, **__):
        raise lost

    def body(run):
        bed.at_work()
        bed.recorder.record = bed.recorder.event = bed.recorder.close_scans = refuse
        run.scan()

    error = caught(bed, body, StorageError)
    assert not getattr(error, "__notes__", ())
    assert bed.run.verdict.reason == f"StorageError: {tmp_path}: {FULL}"
    assert not bed.daq.levels["do2"]


# -- room ----------------------------------------------------------------------------------------------------------
def test_the_estimate_is_above_what_a_run_takes_and_not_by_far(tmp_path):
    channels = [entry.record() for entry in small_bench().channels]
    recorder = Recorder(tmp_path, channels, {})
    for index in range(2000):
        recorder.record(scan(index, size=len(channels)))
    size = (tmp_path / "scans.arrows").stat().st_size
    estimate = space.scans_bytes(len(channels), 2000)
    assert size < estimate < 1.5 * size
    recorder.close_scans()
    assert (tmp_path / "scans.parquet").stat().st_size < estimate


def disk_of(monkeypatch, free_bytes):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1e12, 1e12 - free_bytes, free_bytes))


def order(results):
    return make_order("leak_sweep", "zvezda", "quiet", [], seed=1, results=results, quiet=True, begun=0.0)


def test_a_run_that_may_not_find_room_is_refused_and_leaves_no_trace(tmp_path, monkeypatch):
    disk_of(monkeypatch, 50e6)
    with pytest.raises(ConfigError, match=r"new: 50 MB left on the disk, the run may take \d\d\d"):
        order(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_of_the_shipped_bench_is_estimated_at_some_hundred_megabytes(tmp_path):
    """results/README.md: 50 MB with its 16 bursts; the estimate allows for more bursts, and for closing."""
    assert 50e6 < needed_bytes(order(tmp_path).bench, 4.5 * 3600.0) < 500e6


@pytest.mark.parametrize("results", ["file/results", "/proc/leakbench"])
def test_a_results_folder_that_cannot_be_written_to_is_refused_before_anything_is_touched(tmp_path, results):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written to"):
        order(tmp_path / results)


def test_a_disk_that_fills_up_ends_the_run_in_order_while_there_is_room_to_close_it(tmp_path, monkeypatch):
    bed = Bed(tmp_path)
    monkeypatch.setattr(space, "LOOK_S", 0.0)

    def body(run):
        bed.at_work()
        run.hold(10.0)
        disk_of(monkeypatch, 20e6)
        run.hold(10.0)

    error = caught(bed, body, StorageError)
    assert "20 MB left on the disk, 32 to close the run" in str(error)
    assert bed.run.verdict.outcome == Outcome.ERROR
    assert bed.events(EventKind.SAFE_STATE)[0].detail["failures"] == []
    assert (tmp_path / "scans.parquet").exists()


# -- a slow one ----------------------------------------------------------------------------------------------------
def test_scans_that_a_slow_disk_makes_late_are_a_gap_and_said(tmp_path):
    bed = Bed(tmp_path)
    record = bed.recorder.record

    def slow(scan):
        record(scan)
        bed.clock.sleep(3.5 if scan.time_s == 3.0 else 0.0)

    bed.recorder.record = slow
    with bed.run as run:
        run.hold(10.0)
        run.conclude(PASSED)
    (gap,) = bed.events(EventKind.GAP)
    assert gap.detail == {"missed_scans": 2, "since_s": 4.0}
    assert gap in bed.listener.notices
    times_s = Dataset(tmp_path).scans()["time_s"].tolist()
    assert times_s[:5] == [1.0, 2.0, 3.0, 6.5, 7.0]


def test_a_disk_that_takes_its_time_to_sync_makes_no_scan_late(tmp_path, monkeypatch):
    """It is waited for by nobody; how long anything was at risk is known in the end."""
    recorder, sync = Recorder(tmp_path, CHANNELS, {}), os.fsync
    monkeypatch.setattr("bench.disk.SYNC_PERIOD_S", 0.01)
    monkeypatch.setattr(os, "fsync", lambda file: (time.sleep(0.4), sync(file)))
    begun_s = time.monotonic()
    for index in range(20):
        recorder.record(scan(index))
        time.sleep(0.005)
    assert time.monotonic() - begun_s < 0.35
    recorder._journal.syncing.end()
    assert recorder._journal.syncing.longest_s > 0.4
