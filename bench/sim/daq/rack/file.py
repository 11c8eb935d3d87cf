"""A rack in a TOML file: its devices, and the signals at their inputs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bench.errors import ConfigError
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.device import Device, Rack
from bench.sim.daq.rack.entries import Closed, DeviceEntry
from bench.sim.daq.rack.signal_entries import ON_LINES, Loopback, Signal
from bench.text import read_toml

SHIPPED: Final = Path(__file__).parents[1] / "racks"


class RackEntries(Closed):
    """why: what the rack is for, for whoever asks for a list."""

    why: str = ""
    device: tuple[DeviceEntry, ...] = ()
    signal: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """A signal at some inputs. sources: of a loop-back, one for each input."""

    signal: Signal
    terminals: tuple[str, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    file: Path
    why: str
    rack: Rack
    connections: tuple[Connection, ...]


def find_rack(name: str) -> Path:
    """A path as it stands, or the name of a shipped rack ("demo")."""
    path, shipped = Path(name), SHIPPED / f"{name}.toml"
    if path.is_file():
        return path
    if shipped.is_file():
        return shipped
    raise ConfigError(
        f"{name}: no such rack file, and no shipped rack of that name (shipped: {', '.join(shipped_racks())})"
    )


def shipped_racks() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.toml")))


def load_rack(path: Path) -> Described:
    """Raises ConfigError, one line of file, key and reason, for anything wrong."""
    data = read_toml(path)
    try:
        entries = RackEntries.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_one_line(data, error)}") from error
    for problem in _problems(entries.device):
        raise ConfigError(f"{path}: {problem}")
    rack = Rack({device.name: device for device in _devices(entries.device)})
    try:
        return Described(path, entries.why, rack, _connections(rack, entries.signal))
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error


def _one_line(data: Mapping[str, Any], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    reason = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    return f"{'.'.join(_key(data, first['loc']))}: {reason}"


def _key(data: Any, loc: tuple[int | str, ...]) -> Iterator[str]:  # noqa: ANN401 - as TOML gave it
    """Where it is; an entry by its name or terminal rather than its number."""
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            yield str(part)
            continue
        named = data.get("name", data.get("terminal")) if isinstance(data, dict) and isinstance(part, int) else None
        yield str(part if named is None else named)


def _problems(entries: tuple[DeviceEntry, ...]) -> Iterator[str]:
    if not entries:
        yield "device: there is none"
    for name, count in Counter(entry.name.lower() for entry in entries).items():
        if count > 1:
            yield f"device.{name}: {count} of that name"
    chassis = {entry.name for entry in entries if entry.is_chassis}
    slots: Counter[tuple[str, int]] = Counter()
    for entry in entries:
        if entry.chassis is None:
            if entry.slot is not None:
                yield f"device.{entry.name}.slot: it is in no chassis"
            continue
        if entry.chassis not in chassis:
            yield f"device.{entry.name}.chassis: there is no chassis {entry.chassis!r} in this file"
        if entry.slot is not None:
            slots[entry.chassis, entry.slot] += 1
            if slots[entry.chassis, entry.slot] > 1:
                yield f"device.{entry.name}.slot: slot {entry.slot} of {entry.chassis} is taken"


def _devices(entries: tuple[DeviceEntry, ...]) -> Iterator[Device]:
    """A module that does not say its slot has the first free one."""
    taken = {(entry.chassis, entry.slot) for entry in entries if entry.slot is not None}
    for entry in entries:
        slot = entry.slot or 0
        if entry.chassis is not None and entry.slot is None:
            slot = next(number for number in range(1, len(entries) + 1) if (entry.chassis, number) not in taken)
            taken.add((entry.chassis, slot))
        yield entry.described(slot)


def _connections(rack: Rack, signals: tuple[Signal, ...]) -> tuple[Connection, ...]:
    """ValueError for what the rack does not have, or for two at one place."""
    connections = tuple(_connected(rack, signal) for signal in signals)
    taken = Counter(terminal for connection in connections for terminal in connection.terminals)
    for terminal, count in taken.items():
        if count > 1:
            raise ValueError(f"signal: {terminal} has {count} of them")
    return connections


def _connected(rack: Rack, signal: Signal) -> Connection:
    terminals = _resolved(rack, signal.terminal, f"signal.{signal.terminal}.terminal", "ai", "internal", "di_lines")
    lines = [terminal for terminal in terminals if "/port" in terminal]
    if lines and signal.kind not in ON_LINES:
        raise ValueError(f"signal.{signal.terminal}.kind: a line has one of {', '.join(ON_LINES)}")
    if not isinstance(signal, Loopback):
        return Connection(signal, terminals)
    key = f"signal.{signal.terminal}.source"
    sources = _resolved(rack, signal.source, key, "do_lines" if lines else "ao")
    if len(sources) not in (1, len(terminals)):
        raise ValueError(f"{key}: {len(sources)} outputs for {len(terminals)} inputs")
    return Connection(signal, terminals, sources if len(sources) > 1 else sources * len(terminals))


def _resolved(rack: Rack, names: str, key: str, *kinds: Any) -> tuple[str, ...]:  # noqa: ANN401 - as resolve takes them
    try:
        return rack.resolve(names, *kinds)
    except DriverError as error:
        raise ValueError(f"{key}: {', '.join(str(error).splitlines()[:3:2])}") from error
