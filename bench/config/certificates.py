"""Certificates as files, and which of them a run may use."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from bench.certificate import Certificate
from bench.config.model import Bench
from bench.config.parts import Override
from bench.config.toml import one_line
from bench.errors import ConfigError
from bench.text import read_toml


def load_certificate(path: Path) -> Certificate:
    """With the hash of its file. Raises ConfigError (file, key, reason)."""
    path = path.resolve()
    data = read_toml(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        return Certificate.model_validate({**data, "file": path, "sha256": sha256})
    except ValidationError as error:
        raise ConfigError(one_line(path, data, error)) from error


def overridden(bench: Bench, today: date, reasons: Mapping[str, str]) -> Iterator[Override]:
    """What is wrong with certificates and was let pass, leak -> reason. Raises ConfigError for the first that was not,
    and for a reason that nothing needs.
    """
    for leak in bench.leak:
        doubts = "; ".join(leak.doubts(today))
        if doubts and not reasons.get(leak.name, "").strip():
            key = f"{bench.file}: leak.{leak.name}.certificate: {leak.certificate.file or 'in place'}"
            raise ConfigError(
                f"{key}: {doubts}; recalibrate the leak (or say why not: --override-certificate {leak.name})"
            )
        if doubts:
            yield Override(leak=leak.name, problem=doubts, reason=reasons[leak.name].strip())
    doubted = {leak.name for leak in bench.leak if any(leak.doubts(today))}
    for name in reasons:
        if name not in doubted:
            known = {leak.name for leak in bench.leak}
            why = "nothing is wrong with its certificate" if name in known else "no such leak in this file"
            raise ConfigError(f"{bench.file}: override of {name}: {why}")


def calibrations_of(certificate: Certificate) -> tuple[Certificate, ...]:
    """All certificates of that serial that lie beside its file; itself alone where it came from none."""
    if certificate.file is None or not certificate.file.is_file():
        return (certificate,)
    files = sorted(certificate.file.parent.glob("*.toml"))
    return tuple(load_certificate(file) for file in files if read_toml(file).get("serial") == certificate.serial)
