"""What can be said to a rig while it is served: JSON objects, a line each, over a port of its own.

    {"do": "fault", "instrument": NAME, "kind": KIND, "for_s": SECONDS or null, "delay_s": SECONDS,
     "at": TERMINAL or null, "level": true, false or null}
    {"do": "heal", "instrument": NAME}
    {"do": "list"}
    {"do": FACT}: what the served rig tells of itself beside, by the names that it was given

Every line is answered by one: {"ok": ...} or {"error": "what is wrong"}. An instrument on a wire has the faults of
wire_faults.py, at no terminal; others have kinds of their own.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, TypeAdapter, ValidationError

from bench.sim.rack.device import Device
from bench.sim.rack.wire_faults import WireFault, WireFaultKind

LONGEST_LINE = 4096


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Strike(Order):
    instrument: str
    kind: str
    for_s: PositiveFloat | None = None
    """Of the rig's time; None: until it is healed."""
    delay_s: NonNegativeFloat = 10.0
    at: str | None = None
    level: bool | None = None


class Heal(Order):
    instrument: str


class List(Order):
    """What there is."""


ORDERS: Mapping[str, type[Order]] = {"fault": Strike, "heal": Heal, "list": List}
Facts = Mapping[str, Callable[[], object]]
"""By name, what can be asked for: JSON."""
NO_FACTS: Facts = {}


class Subject(Protocol):
    """What a fault can strike."""

    def strike(self, kind: str, *, at: str | None, for_s: float | None, delay_s: float, level: bool | None) -> None:
        """ValueError for a fault that it cannot have."""

    def heal(self) -> None: ...

    def ails(self) -> list[str]: ...


class Wired:
    """An instrument on a wire. power_lost: what the loss of its power does to the rig."""

    def __init__(self, device: Device, now_s: Callable[[], float], power_lost: Callable[[], None]) -> None:
        self._device, self._now_s, self._power_lost = device, now_s, power_lost
        self.heal = device.heal

    def strike(self, kind: str, *, at: str | None, for_s: float | None, delay_s: float, level: bool | None) -> None:
        if kind not in list(WireFaultKind):
            raise ValueError(f"kind: one of {', '.join(WireFaultKind)}, not {kind}")
        if at is not None or level is not None:
            raise ValueError("at, level: a fault of the wire is at no terminal, and has no level")
        now_s = self._now_s()
        if kind == WireFaultKind.POWER_CYCLE:
            self._power_lost()
        end_s = math.inf if for_s is None else now_s + for_s
        self._device.strike(WireFault(WireFaultKind(kind), now_s, end_s, delay_s))

    def ails(self) -> list[str]:
        return sorted(self._device.follow())


class Control:
    """Takes orders for subjects by name, and tells facts."""

    def __init__(self, subjects: Mapping[str, Subject], facts: Facts = NO_FACTS) -> None:
        self._subjects, self._facts = subjects, facts
        self._partial = b""

    def hung_up(self) -> None:
        """Half an order of somebody who has gone is no order."""
        self._partial = b""

    def receive(self, data: bytes) -> bytes:
        *lines, rest = (self._partial + data).split(b"\n")
        self._partial = rest[:LONGEST_LINE]
        return b"".join(self._answer(line) for line in lines if line.strip())

    def _answer(self, line: bytes) -> bytes:
        try:
            answer: dict[str, object] = {"ok": self._obeyed(line)}
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            answer = {"error": ": ".join([*map(str, first["loc"]), first["msg"]])}
        except ValueError as error:
            answer = {"error": str(error)}
        return json.dumps(answer).encode("ascii") + b"\n"

    def _obeyed(self, line: bytes) -> object:
        said = said_in(line)
        fact = self._facts.get(str(said.get("do")))
        return self._obey(order_of(said)) if fact is None else fact()

    def _obey(self, order: Order) -> object:
        match order:
            case Strike():
                self._subject(order.instrument).strike(
                    order.kind, at=order.at, for_s=order.for_s, delay_s=order.delay_s, level=order.level
                )
            case Heal():
                self._subject(order.instrument).heal()
        return {name: subject.ails() for name, subject in self._subjects.items()}

    def _subject(self, name: str) -> Subject:
        if name not in self._subjects:
            raise ValueError(f"{name}: no such instrument (there are: {', '.join(self._subjects)})")
        return self._subjects[name]


def said_in(line: bytes) -> dict[str, object]:
    """ValueError for what is no JSON object."""
    try:
        return TypeAdapter(dict[str, object]).validate_json(line)
    except ValidationError as error:
        raise ValueError("not a JSON object") from error


def order_of(said: Mapping[str, object]) -> Order:
    """ValueError for anything that is no order."""
    kind = ORDERS.get(str(said.get("do")))
    if kind is None:
        raise ValueError(f"do: one of {', '.join(ORDERS)}")
    return kind.model_validate({key: value for key, value in said.items() if key != "do"})
