"""A method with its parameters: checked against its constructor, and written beside what it finds."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic_core import to_jsonable_python

from bench.detection.choose import Kind, choose
from bench.detection.method import Method
from bench.detection.monitor import Monitor
from bench.errors import ConfigError

NOTHING: Mapping[str, object] = {}
COMPARTMENT = "compartment"
"""The parameter of a monitor that watches one volume: which, a compartment or rig.WHOLE."""


@dataclass(frozen=True, slots=True)
class Made:
    """algorithm: the method or monitor. given: the parameters that somebody stated; parameters: all, by their names."""

    kind: Kind
    algorithm: Any
    given: Mapping[str, object]
    parameters: Mapping[str, object]

    @property
    def name(self) -> str:
        """What its answers call it."""
        return str(self.algorithm.name)

    @property
    def method(self) -> Method | None:
        """To be asked about a window, if that can be."""
        return self.algorithm if isinstance(self.algorithm, Method) else None

    @property
    def monitor(self) -> Monitor | None:
        """To watch, if it can."""
        return self.algorithm if isinstance(self.algorithm, Monitor) else None

    @property
    def compartment(self) -> str:
        """That it is made for; empty where that is no parameter of it."""
        return str(self.parameters.get(COMPARTMENT, ""))

    @property
    def about(self) -> dict[str, object]:
        """For the record: with what it was made, and of which program."""
        parameters = to_jsonable_python(dict(self.parameters), fallback=_word)
        return {"method": self.name, "asked_for": self.kind.word, "origin": self.kind.origin, "parameters": parameters}

    def watching(self, compartments: Iterable[str]) -> tuple["Made", ...]:
        """One for each compartment, where it is made for one and nobody has said for which."""
        if COMPARTMENT not in self.parameters or COMPARTMENT in self.given:
            return (self,)
        return tuple(_made(self.kind, {**self.given, COMPARTMENT: name}) for name in compartments)


def make(word: str, given: Mapping[str, object] = NOTHING, folder: Path | None = None) -> Made:
    """word: as in choose(). given: parameters, text where it comes from a command line. Raises ConfigError."""
    return _made(choose(word, folder), given)


def _made(kind: Kind, given: Mapping[str, object]) -> Made:
    taken = _parameters(kind)
    for key in given:
        if key not in taken:
            raise ConfigError(f"{kind.word}: {key}: no such parameter (there are: {', '.join(taken) or 'none'})")
    lacking = [key for key, p in taken.items() if key not in given and _default(kind, p) is p.empty]
    if lacking:
        raise ConfigError(f"{kind.word}: {', '.join(lacking)}: has no default, give it")
    checked = {key: _checked(kind, taken[key], value) for key, value in given.items()}
    parameters = {key: checked[key] if key in checked else _default(kind, p) for key, p in taken.items()}
    try:
        algorithm = kind.make(**parameters)
    except Exception as error:  # whatever its constructor raises, it is said in one line
        raise ConfigError(f"{kind.word}: {type(error).__name__}: {error}") from error
    if not isinstance(getattr(algorithm, "name", None), str):
        raise ConfigError(f"{kind.word}: no method: it has no name (a str)")
    return Made(kind, algorithm, checked, parameters)


def _word(value: object) -> str:
    """For what JSON does not have; no address in memory, which no two runs share."""
    return str(getattr(value, "__qualname__", type(value).__qualname__))


def _parameters(kind: Kind) -> dict[str, inspect.Parameter]:
    """Of its constructor, by name."""
    try:
        signature = inspect.signature(kind.make, eval_str=True)
    except (NameError, ValueError) as error:
        raise ConfigError(f"{kind.word}: its constructor's parameters cannot be read: {error}") from error
    return {p.name: p for p in signature.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}


def _default(kind: Kind, parameter: inspect.Parameter) -> object:
    """Of the shipped example, which may differ from its constructor's."""
    return getattr(kind.example, parameter.name, parameter.default)


def _checked(kind: Kind, parameter: inspect.Parameter, value: object) -> object:
    """As the type that is annotated, or else that of the default."""
    untold = parameter.default is parameter.empty or parameter.default is None
    stated = Any if untold else type(parameter.default)
    wanted = stated if parameter.annotation is parameter.empty else parameter.annotation
    try:
        return TypeAdapter(wanted).validate_python(value)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise ConfigError(f"{kind.word}: {parameter.name} = {value}: {reason}") from error
    except PydanticUserError as error:
        raise ConfigError(f"{kind.word}: {parameter.name}: a {wanted} cannot be given in text") from error
