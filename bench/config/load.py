"""Reading a bench file and its certificates, and saying in one line what is wrong with them."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeGuard

from pydantic import ValidationError

from bench.config.certificates import load_certificate, overridden
from bench.config.checks import problems
from bench.config.model import Bench
from bench.config.toml import one_line
from bench.errors import ConfigError
from bench.text import read_toml

SHIPPED = Path(__file__).parents[1] / "benches"
CERTIFICATES = Path(__file__).parents[1] / "certificates"
NOTHING: Mapping[str, str] = {}

Entries = list[dict[str, Any]]


class Digest(Protocol):
    """A hash in the making."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def find_bench(name: str) -> Path:
    """A path as it stands, or the name of a shipped bench ("zvezda")."""
    path = Path(name)
    shipped = SHIPPED / f"{name}.toml"
    if path.exists():
        return path
    if shipped.exists():
        return shipped
    known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
    raise ConfigError(f"{name}: no such bench file, and no shipped bench of that name (shipped: {known})")


def load_bench(path: Path, today: date, overrides: Mapping[str, str] = NOTHING) -> Bench:
    """A checked bench. Raises ConfigError (file, key, reason) for anything wrong, a certificate that may not be used
    included. overrides: leak -> the reason for which its certificate, and no other, is used nevertheless.
    """
    data, digest = _read_bench(path)
    sha256 = digest.hexdigest()
    try:
        bench = Bench.model_validate({**data, "file": path, "sha256": sha256, "overrides": ()})
    except ValidationError as error:
        raise ConfigError(one_line(path, data, error)) from error
    for problem in problems(bench):
        raise ConfigError(f"{path}: {problem}")
    return bench.model_copy(update={"overrides": tuple(overridden(bench, today, overrides))})


def _read_bench(path: Path, before: tuple[Path, ...] = ()) -> tuple[dict[str, Any], Digest]:
    """What a bench file says, over what the file says that it extends; a hash over both, the other one first."""
    data = read_toml(path)
    _read_certificates(path, data.get("leak"))
    base = data.pop("extends", None)
    if base is None:
        return data, hashlib.sha256(path.read_bytes())
    if not isinstance(base, str):
        raise ConfigError(f"{path}: extends: give the name of another bench file")
    found = _beside(path, base, SHIPPED)
    if found.resolve() in (path.resolve(), *before):
        raise ConfigError(f"{path}: extends: {base} extends this file")
    extended, digest = _read_bench(found, (path.resolve(), *before))
    digest.update(path.read_bytes())
    return _replaced(extended, data), digest


def _replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are joined key by key; of lists, entries of the same name are replaced, others added; the rest replaces.

    An entry is replaced as a whole, in its place: what the new one does not say is not said.
    """
    joined = dict(old)
    for key, value in new.items():
        before = joined.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            joined[key] = {**before, **value}
        elif _named(before) and _named(value):
            joined[key] = _by_name(before, value)
        else:
            joined[key] = value
    return joined


def _by_name(old: Entries, new: Entries) -> Entries:
    """Names used twice stay so, for the checks to find."""
    names = [entry["name"] for entry in old]
    replaced = {name: [entry for entry in new if entry["name"] == name] or None for name in names}
    kept = [entry for before in old for entry in replaced.pop(before["name"], None) or [before]]
    return [*kept, *(entry for entry in new if entry["name"] not in names)]


def _named(entries: object) -> TypeGuard[Entries]:
    return isinstance(entries, list) and all(isinstance(entry, dict) and "name" in entry for entry in entries)


def _read_certificates(path: Path, leaks: object) -> None:
    """Put each leak's certificate where its file's name stands; what else is wrong with leaks is the model's to say."""
    for leak in leaks if isinstance(leaks, list) else []:
        if not isinstance(leak, dict) or "certificate" not in leak:
            continue
        key, name = f"{path}: leak.{leak.get('name')}.certificate", leak["certificate"]
        if not isinstance(name, str):
            raise ConfigError(f"{key}: give the name of the certificate's file")
        try:
            leak["certificate"] = load_certificate(_beside(path, name, CERTIFICATES))
        except ConfigError as error:
            raise ConfigError(f"{key}: {error}") from error


def _beside(bench_file: Path, name: str, folder: Path) -> Path:
    """Relative to the bench file; else the shipped one of that name, so that a copied bench file works where it is."""
    beside, shipped = bench_file.parent / name, folder / Path(name).name
    return shipped if shipped.exists() and not beside.exists() else beside
