"""Who drives a bench, and whether it may be driven: an OS lock that dies with its holder, and a latch that does not.

Both are files of a folder of the bench's on this machine: one host drives a bench.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.errors import BenchBusyError, BenchLatchedError, ConfigError

DRIVES, GUARDS = "drives.lock", "guards.lock"
DIED = "{}: died at it, and no guard has made the bench safe"
LATCHED = "no run before somebody has looked: {}. Then: leakbench ack --name NAME --reason TEXT"
LATCH, ACKNOWLEDGED = "latch.json", "acknowledged.jsonl"


def state_folder(bench: str) -> Path:
    """$LEAKBENCH_STATE, else the user's state folder; made if it is not there."""
    base = os.environ.get("LEAKBENCH_STATE") or Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    folder = Path(base) / "leakbench" / re.sub(r"[^A-Za-z0-9_.-]", "_", bench)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Possession:
    """A context manager: inside it, this process alone drives the bench, or guards it. Raises BenchBusyError, naming
    the holder. Who finds that the last driver died in here latches the bench.
    """

    def __init__(self, folder: Path, purpose: str, lock: str = DRIVES) -> None:
        self._path, self._purpose = folder / lock, purpose
        self._handle = -1

    def __enter__(self) -> Self:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            said = _said(self._handle)
            os.close(self._handle)
            raise BenchBusyError(
                f"the bench is driven by another process: {said or 'it has not said which'}"
            ) from error
        left = _said(self._handle)
        if left and self._path.name == DRIVES and not (self._path.parent / LATCH).exists():
            latch(self._path.parent, {"reason": DIED.format(left)})
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"process {os.getpid()}, {self._purpose}, since {_now()}\n".encode(), 0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


@contextmanager
def driving(folder: Path, purpose: str) -> Iterator[None]:
    """For a run. Raises BenchBusyError; BenchLatchedError while nobody has looked at what the guard had to do, or at a
    bench whose driver died with nobody to make it safe.
    """
    with Possession(folder, purpose):
        check_latch(folder)
        yield


def holder(folder: Path, lock: str = DRIVES) -> int | None:
    """The process that drives (or guards) the bench now; None: nobody. Changes nothing."""
    found = re.search(r"process (\d+)", _seen(folder / lock)[0])
    return int(found[1]) if found else None


def _seen(path: Path) -> tuple[str, str]:
    """What its holder says of itself, and what one that has died said; empty where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return "", ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _said(handle) or "process 0", ""
    else:
        return "", _said(handle)
    finally:
        os.close(handle)


def _said(handle: int) -> str:
    return os.pread(handle, 4096, 0).decode("utf-8", "replace").strip()


def latch(folder: Path, report: Mapping[str, Any]) -> None:
    """No run may begin before somebody has looked."""
    part = folder / f"{LATCH}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"utc": _now(), **report}, indent=2))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / LATCH)


def check_latch(folder: Path) -> None:
    """Raises BenchLatchedError: what happened, and the remedy."""
    path, died = folder / LATCH, _seen(folder / DRIVES)[1]
    if path.exists():
        raise BenchLatchedError(LATCHED.format(_happened(path)))
    if died:
        raise BenchLatchedError(LATCHED.format(DIED.format(died)))


def _happened(path: Path) -> str:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return f"{said['reason']} ({said['utc']})"
    except (ValueError, KeyError, TypeError):
        return f"{path} cannot be read"


def acknowledge(folder: Path, name: str, reason: str) -> dict[str, Any]:
    """Somebody has looked: the latch opens, who and why is kept. Returns what had happened. ConfigError if nothing had,
    or without a name and a reason.
    """
    if not (name.strip() and reason.strip()):
        raise ConfigError("an acknowledgement needs a name and a reason")
    path = folder / LATCH
    with suppress(BenchBusyError), Possession(folder, "acknowledging"):
        pass  # now the latch is there, if somebody died at it
    if not path.exists():
        raise ConfigError("nothing is to be acknowledged")
    try:
        happened: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        happened = {"reason": "the report could not be read"}
    line = {"utc": _now(), "name": name.strip(), "reason": reason.strip(), "happened": happened}
    with (folder / ACKNOWLEDGED).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    return happened


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
