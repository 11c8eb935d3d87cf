"""Bytes onto the disk so that they are there after a power cut. What the disk refuses is a StorageError, one line."""

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from bench.errors import StorageError

SYNC_PERIOD_S = 0.5
"""Wall time from a write to the sync that follows it: half of the second that a power cut may cost."""

WORKER = "sync"
"""Name of the thread."""


@contextmanager
def stored(folder: Path) -> Iterator[None]:
    """While this lasts the disk of folder may be full, gone or read-only: StorageError, the same words each time."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(f"{folder}: {os.strerror(error.errno) if error.errno else error}") from error


def sync(path: Path) -> None:
    """A file's content, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """With its parents, each an entry of a folder that is synced. One that is there is left as it is."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write the file that this gives: afterwards path is that as a whole. A reader, or a power cut, sees the old file
    or the new one; of what failed nothing is left, for a full disk has no room for it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        sync(part)
        part.replace(path)
        sync(path.parent)  # the new name is an entry of the directory, and must survive as well
    except BaseException:
        with suppress(OSError):  # the first error says more
            part.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    with replacing(path) as part:
        part.write_bytes(content)


def append(path: Path, line: bytes) -> None:
    """The whole line, synced, or nothing: half of one would spoil the next."""
    with path.open("ab", buffering=0) as file:
        size, rest = file.tell(), memoryview(line)
        try:
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file.fileno(), size)
            raise


class Written(Protocol):
    """An open file."""

    def fileno(self) -> int: ...


class Syncing:
    """Syncs a file half a second after it was written to, from a thread: whoever writes does not wait for the disk, and
    what was written last is not left alone until somebody writes again. longest_s: for which anything was at risk.
    """

    def __init__(self, file: Written) -> None:
        self._file = file
        self._lock, self._ending = threading.Lock(), threading.Event()
        self._since_s: float | None = None
        self._worker: threading.Thread | None = None
        self._error: OSError | None = None
        self.longest_s = 0.0

    def wrote(self) -> None:
        """Raises what a sync before this came to: a disk that lost what it had taken must not go unnoticed."""
        if self._error is not None:
            raise self._error
        if self._since_s is not None:
            return  # the sync to come is of this write too
        with self._lock:
            if self._worker is None:
                worker = threading.Thread(target=self._work, name=WORKER, daemon=True)
                worker.start()
                self._worker = worker
            self._since_s = time.monotonic()  # last: whatever interrupts this, somebody is there to sync

    def end(self) -> None:
        """What is written is synced, and no more will be: the file may be closed."""
        self._ending.set()
        worker = self._worker
        if worker is not None:
            worker.join()

    def _work(self) -> None:
        """While there is anything to sync. One at a time: a slow disk is not asked again before it has answered."""
        while True:
            self._ending.wait(SYNC_PERIOD_S)
            since_s, self._since_s = self._since_s, None  # before the sync: a write during it is the next one's
            self._sync()
            with self._lock:
                self.longest_s = max(self.longest_s, time.monotonic() - (since_s or math.inf))
                if self._since_s is None or self._error is not None:
                    self._worker = None
                    return

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._error = error
