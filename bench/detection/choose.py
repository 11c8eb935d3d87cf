"""A method by the name that a person gives: shipped, of an installed package, or a class of a file."""

import hashlib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.detection import shipped
from bench.errors import ConfigError

GROUP = "leakbench.methods"
QUESTIONS = {"estimate": "(rig, series, window)", "start": "(rig, background)"}
"""What a method is asked (bench/detection/method.py), and a monitor (monitor.py): one of the two, or both."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of methods. word: how it was asked for. example: a shipped one, whose parameters are the defaults.
    origin: where it is from, so that the same word for another program can be told from it.
    """

    word: str
    make: type[Any]
    origin: str
    example: object = None


def choose(word: str, folder: Path | None = None) -> Kind:
    """word: a name, or path/to/file.py:Class, the path relative to folder. Raises ConfigError, in one line."""
    path, _, name = word.rpartition(":")
    if path.endswith(".py"):
        return _of_file((folder or Path()) / path, name, word)
    if word in shipped.every():
        example = shipped.every()[word]
        return Kind(word, type(example), "leakbench", example)
    points = {point.name: point for point in entry_points(group=GROUP)}
    if word not in points:
        known = ", ".join(sorted({*shipped.every(), *points}))
        raise ConfigError(f"{word}: no such method (there are: {known}; or give path/to/file.py:Class)")
    return _of_package(points[word])


def choices() -> Mapping[str, str]:
    """Name -> first line of what it says of itself, of all that need no path."""
    told = {name: _first_line(type(method)) for name, method in shipped.every().items()}
    others = {point.name: f"of {_origin(point)}" for point in entry_points(group=GROUP)}
    return dict(sorted({**others, **told}.items()))


def _of_package(point: EntryPoint) -> Kind:
    try:
        found = point.load()
    except Exception as error:  # whatever somebody else's code raises, it is said in one line
        raise ConfigError(f"{point.name}: {_origin(point)} cannot be loaded: {_said(error)}") from error
    return Kind(point.name, _checked(found, point.name), _origin(point))


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _of_file(path: Path, name: str, word: str) -> Kind:
    if not path.is_file():
        raise ConfigError(f"{word}: there is no file {path}")
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    module = _module(path, f"leakbench_method_{sha256[:16]}")
    if not hasattr(module, name):
        found = [key for key, value in vars(module).items() if inspect.isclass(value) and _answers(value)]
        raise ConfigError(f"{word}: {path.name} has no {name or 'empty name'} (methods in it: {_named(found)})")
    return Kind(word, _checked(getattr(module, name), word), f"{path.name}, sha256 {sha256}")


def _module(path: Path, name: str) -> ModuleType:
    """Named after its content: the same file is loaded once, a changed one anew."""
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there for what their annotations mean
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever somebody else's code raises, it is said in one line
        del sys.modules[name]
        raise ConfigError(f"{path}: cannot be loaded: {_said(error)}") from error
    return module


def _checked(found: object, word: str) -> type[Any]:
    if not inspect.isclass(found):
        raise ConfigError(f"{word}: is a {type(found).__name__}, not a class")
    if not _answers(found):
        missing = " nor ".join(f"{name}{arguments}" for name, arguments in QUESTIONS.items())
        raise ConfigError(f"{word}: no method: it has neither {missing}")
    return found


def _answers(kind: type) -> bool:
    return any(callable(getattr(kind, question, None)) for question in QUESTIONS)


def _named(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]
