"""Commands are values: what shall happen, not how. Permission is a function of command and state (interlock.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args


@dataclass(frozen=True, slots=True)
class OpenValve:
    """Open a valve or hatch, by its name in the bench file."""

    target: str


@dataclass(frozen=True, slots=True)
class CloseValve:
    """Close a valve or hatch, by its name in the bench file."""

    target: str


@dataclass(frozen=True, slots=True)
class StartPump:
    """By its line, or over the link to its drive."""

    target: str


@dataclass(frozen=True, slots=True)
class StopPump:
    target: str


@dataclass(frozen=True, slots=True)
class SetPressure:
    """Set the pressure controller's target and slew rate; it acts only when controlling."""

    target: str
    pressure_pa: float
    rate_pa_s: float


@dataclass(frozen=True, slots=True)
class StartControl:
    """Let the pressure controller regulate. Never during a leak hold: a regulator hides the leak."""

    target: str


@dataclass(frozen=True, slots=True)
class StopControl:
    target: str


@dataclass(frozen=True, slots=True)
class SetHeater:
    """Give a heater this power and switch it on."""

    target: str
    power_w: float


@dataclass(frozen=True, slots=True)
class StopHeater:
    target: str


@dataclass(frozen=True, slots=True)
class SetFlow:
    """Let a flow controller pass this much of the gas in front of it."""

    target: str
    flow_kg_s: float


@dataclass(frozen=True, slots=True)
class StopFlow:
    target: str


@dataclass(frozen=True, slots=True)
class StartFilament:
    """Of a residual gas analyser, by its name as an instrument: it burns through in air."""

    target: str


@dataclass(frozen=True, slots=True)
class StopFilament:
    target: str


@dataclass(frozen=True, slots=True)
class StartDetector:
    """Let a leak detector, by its name as an instrument, measure; until then it stands by and shows no leak rate."""

    target: str


@dataclass(frozen=True, slots=True)
class StopDetector:
    target: str


Command = (
    OpenValve
    | CloseValve
    | StartPump
    | StopPump
    | SetPressure
    | StartControl
    | StopControl
    | SetHeater
    | StopHeater
    | SetFlow
    | StopFlow
    | StartFilament
    | StopFilament
    | StartDetector
    | StopDetector
)


def label(command: Command) -> str:
    """The form used by interlock patterns, events and reports: "OpenValve:orifice_50um_transfer_compartment"."""
    return f"{type(command).__name__}:{command.target}"


VERBS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Command)}
"""Every command by its name."""
