"""The thread between a run and its guard: a line when it begins, a beat with every scan, a word when all is safe.

The first beat arms the guard; from the word that all is safe to the next beat it has nothing to fear.

On a Unix socket: the guard knows from the system whose other end it is, and a run that dies hangs up.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import GuardLostError

SOCKET = "guard.sock"
BEAT, SAFE, LEFT = b".\n", b"safe\n", b"left\n"
START_S = 20.0


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Of the guard's socket. A socket's path has 108 characters at most, which a folder may exceed by itself."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)


class Heart:
    """The run's end. Raises GuardLostError once, as soon as the guard is gone: a run goes on under a guard, or not at
    all, and on the way out nobody needs to be told again.
    """

    lost = False

    def __init__(
        self, folder: Path, run_folder: Path, patience_s: float, ensure: Callable[[], None], within_s: float = START_S
    ) -> None:
        """Wait until the guard listens. ensure: see to it that there is one. patience_s: wall time without a beat after
        which it takes over.
        """
        self._socket = _reached(folder, ensure, time.monotonic() + within_s)
        self._socket.settimeout(within_s)
        self._socket.sendall(json.dumps({"run": str(run_folder), "patience_s": patience_s}).encode() + b"\n")
        if self._socket.recv(16) != b"ok\n":
            raise GuardLostError("the guard did not answer")
        self._socket.setblocking(False)

    def beat(self) -> None:
        self._say(BEAT)

    def rest(self) -> None:
        """All is safe: nobody needs to watch until the next beat."""
        self._say(SAFE)

    def close(self) -> None:
        """The run has left the bench; if it could not make it safe, the guard need not kill it for that."""
        with self._socket, suppress(OSError):
            self._socket.sendall(LEFT)

    def _say(self, what: bytes) -> None:
        if self.lost:
            return
        try:
            self._socket.sendall(what)
        except OSError as error:
            self.lost = True
            raise GuardLostError(f"the guard is gone ({error}): nobody would make the bench safe") from error


def _reached(folder: Path, ensure: Callable[[], None], until_s: float) -> socket.socket:
    while True:
        ensure()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with address(folder) as path:
                connection.connect(path)
        except OSError as error:
            connection.close()
            if time.monotonic() > until_s:
                raise GuardLostError(f"no guard listens in {folder} ({error})") from error
            time.sleep(0.1)
        else:
            return connection
