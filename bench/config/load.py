"""Reading a bench file and its certificates, and saying in one line what is wrong with them."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bench.certificate import Certificate
from bench.config.checks import problems
from bench.config.model import Bench
from bench.errors import ConfigError
from bench.records import CompartmentRig, GasThermometer, NoiseClass, Rig

SHIPPED = Path(__file__).parents[1] / "benches"
CERTIFICATES = Path(__file__).parents[1] / "certificates"
SILENT = NoiseClass(white=0.0)


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


def load_bench(path: Path, today: date) -> Bench:
    """A checked bench. Raises ConfigError (file, key, reason) for anything wrong, an overdue certificate included."""
    data = _read_toml(path)
    _read_certificates(path, data.get("leak"), today)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        bench = Bench.model_validate({**data, "file": path, "sha256": sha256})
    except ValidationError as error:
        raise ConfigError(_one_line(path, data, error)) from error
    for problem in problems(bench):
        raise ConfigError(f"{path}: {problem}")
    return bench


def _read_certificates(path: Path, leaks: object, today: date) -> None:
    """Put each leak's certificate where its file's name stands; what else is wrong with leaks is the model's to say."""
    for leak in leaks if isinstance(leaks, list) else []:
        if not isinstance(leak, dict) or "certificate" not in leak:
            continue
        key, name = f"{path}: leak.{leak.get('name')}.certificate", leak["certificate"]
        if not isinstance(name, str):
            raise ConfigError(f"{key}: give the name of the certificate's file")
        try:
            leak["certificate"] = load_certificate(_find_certificate(path, name), today)
        except ConfigError as error:
            raise ConfigError(f"{key}: {error}") from error


def _find_certificate(bench_file: Path, name: str) -> Path:
    """Relative to the bench file; else the shipped one of that name, so that a copied bench file works where it is."""
    beside, shipped = bench_file.parent / name, CERTIFICATES / Path(name).name
    return shipped if shipped.exists() and not beside.exists() else beside


def load_certificate(path: Path, today: date) -> Certificate:
    data = _read_toml(path)
    try:
        certificate = Certificate.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_one_line(path, data, error)) from error
    if certificate.overdue(today):
        raise ConfigError(
            f"{path}: due: certificate {certificate.serial} was due on {certificate.due}; recalibrate the leak"
        )
    return certificate


def rig_of(bench: Bench) -> Rig:
    """What methods may know: the stated values with their uncertainties, never what was drawn from them."""
    noise = {name: entry.record() for name, entry in bench.noise_class.items()}
    compartments = {}
    for entry in bench.compartment:
        (pressure,) = bench.channels_of(entry.name, "pressure")
        thermometers = bench.channels_of(entry.name, "gas_temperature")
        compartments[entry.name] = CompartmentRig(
            name=entry.name,
            volume_m3=entry.volume_m3,
            u_volume_m3=entry.u_volume_m3,
            pressure_channel=pressure.name,
            pressure_noise=noise.get(pressure.noise or "", SILENT),
            u_pressure_pa=pressure.accuracy,
            u_temperature_k=max(t.accuracy for t in thermometers),
            thermometers=tuple(
                GasThermometer(t.name, t.volume_fraction or 0.0, noise.get(t.noise or "", SILENT)) for t in thermometers
            ),
        )
    hatches = tuple(hatch.connects for hatch in bench.hatch)
    return Rig(bench.gas.gas_constant_j_kg_k, compartments, hatches)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _one_line(path: Path, data: Mapping[str, Any], error: ValidationError) -> str:
    first, *others = error.errors(include_url=False)
    key = ".".join(_names(data, first["loc"]))
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        reason = "unknown key"
    more = f" (and {len(others)} more)" if others else ""
    return f"{path}: {key + ': ' if key else ''}{reason}{more}"


def _names(data: Any, location: tuple[int | str, ...]) -> list[str]:  # noqa: ANN401 - walks parsed TOML
    """("valve", 3, "bore") as ["valve", "roughing_valve", "bore"]: people know entries by name, not by number."""
    names = []
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        name = data.get("name") if isinstance(part, int) and isinstance(data, dict) else None
        names.append(str(name or part))
    return names
