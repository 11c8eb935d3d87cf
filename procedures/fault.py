"""To tell a served rig what shall go wrong, and to ask it where it is and how it stands."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.errors import ConfigError

FOLDER = Path(tempfile.gettempdir()) / f"leakbench-{os.getuid()}-rigs"
"""A file per served rig, named by its process; it says where that takes orders."""
PATIENCE_S = 10.0
HEAL = "heal"


@contextmanager
def announced(address: str) -> Iterator[str]:
    """While this lasts, the rig at address is found without naming it."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    file = FOLDER / str(os.getpid())
    file.write_text(address, encoding="ascii")
    try:
        yield address
    finally:
        file.unlink(missing_ok=True)


def order(
    instrument: str,
    kind: str,
    *,
    at: str | None = None,
    for_s: float | None = None,
    delay_s: float = 10.0,
    level: bool | None = None,
    rig: str | None = None,
) -> str:
    """Give the order; what ails which instrument now. ConfigError for what the rig does not take."""
    said: dict[str, object] = {"do": HEAL, "instrument": instrument}
    if kind != HEAL:
        said |= {"do": "fault", "kind": kind, "at": at, "for_s": for_s, "delay_s": delay_s, "level": level}
    ailing = {name: kinds for name, kinds in told(rig or only_rig(), said).items() if kinds}
    return "\n".join(f"{name}: {', '.join(kinds)}" for name, kinds in ailing.items()) or "no faults"


def told(rig: str, said: Mapping[str, object]) -> dict[str, Any]:
    """What the rig at HOST:PORT answers. ConfigError if it does not, or refuses."""
    host, _, port = rig.rpartition(":")
    if not port.isdigit():
        raise ConfigError(f"{rig}: give the rig as HOST:PORT")
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
            connection.sendall(json.dumps(said).encode("ascii") + b"\n")
            answer: dict[str, Any] = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{rig}: no simulated rig takes orders there ({error})") from error
    if "error" in answer:
        raise ConfigError(str(answer["error"]))
    found: dict[str, Any] = answer["ok"]
    return found


def only_rig() -> str:
    files = sorted(FOLDER.glob("*")) if FOLDER.exists() else []
    alive = {file: file.read_text(encoding="ascii") for file in files if Path(f"/proc/{file.name}").exists()}
    if not alive:
        raise ConfigError("no simulated rig is served: start one with `leakbench sim`, or name it with --rig")
    if len(alive) > 1:
        raise ConfigError(f"several rigs are served: name one with --rig ({', '.join(alive.values())})")
    return next(iter(alive.values()))
