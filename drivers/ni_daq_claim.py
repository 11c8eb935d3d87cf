"""What a dead client left on a server. NI's device server keeps its tasks, with the lines and converters they hold;
whoever comes next must know that nobody uses them any more.
"""

import fcntl
import hashlib
import os
import secrets
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

FOLDER = Path(tempfile.gettempdir()) / f"leakbench-{os.getuid()}-daq"
"""A file for each set of devices, locked while a process of this machine uses them. A lock ends with its process."""


class Claim:
    """Names for the tasks of one client. While it is the only one of its devices on this machine they are always the
    same: tasks of those names on the server are a dead client's. Any other client has names of its own.
    """

    def __init__(self, address: str, devices: Iterable[str]) -> None:
        self._devices = "_".join(devices)
        self._digest = hashlib.sha256(f"{address} {self._devices}".encode()).hexdigest()[:16]
        self._file: IO[bytes] | None = None
        self._client = secrets.token_hex(4)
        self._take()

    def task(self, role: str) -> str:
        return f"leakbench_{self._client}_{role.replace(' ', '_')}_{self._devices}"

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _take(self) -> None:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        file = (FOLDER / self._digest).open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return
        self._file, self._client = file, socket.gethostname()
