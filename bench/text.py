"""Reading what people and other machines have written: whole, plain, finite, or a ConfigError in one line."""

import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from bench.errors import ConfigError

LONGEST_BYTES = 16_000_000
"""A hundred times the longest bench file, and more than any run.json has."""
LARGEST = 1e18
"""Beyond it no number of a bench lies, in SI: what is larger is a slip of the pen, or meant to do harm."""


def read_text(path: Path) -> str:
    """A pipe or a device, which may never end, is not read; nor is what is too long."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: cannot be read: no plain file")
        if path.stat().st_size > LONGEST_BYTES:
            raise ConfigError(f"{path}: cannot be read: longer than {LONGEST_BYTES / 1e6:g} MB")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from error
    except ValueError as error:  # a path with a zero byte in it
        raise error if isinstance(error, ConfigError) else ConfigError(f"{str(path)!r}: {error}") from error


def read_toml(path: Path) -> dict[str, Any]:
    text = read_text(path)
    try:
        data = tomllib.loads(text)
        odd = next(_odd(data, ()), None)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"{path}: not TOML: {_why(error)}") from error
    if odd is not None:
        raise ConfigError(f"{path}: {odd}")
    return data


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON is
    """With no NaN and no infinity in it: JSON has none."""
    try:
        return parsed_json(read_text(path))
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(f"{path}: not JSON: {error}") from error


def parsed_json(text: str | bytes) -> Any:  # noqa: ANN401 - as above
    """ValueError, and no other, for what is none."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError(_why(error)) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _why(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _odd(value: object, key: tuple[str, ...]) -> Iterator[str]:
    """What no number of a bench can be, with its key; an entry of a list by its name."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _odd(item, (*key, str(name)))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            name = item.get("name", place) if isinstance(item, dict) else place
            yield from _odd(item, (*key, str(name)))
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{'.'.join(key)}: {value} is not finite"
    elif isinstance(value, int | float) and abs(value) > LARGEST:
        yield f"{'.'.join(key)}: more than {LARGEST:g} is nowhere on a bench"
