"""What can be said to a rig while it is served: JSON objects, a line each, over a port of its own.

    {"do": "fault", "instrument": NAME, "kind": KIND, "for_s": SECONDS or null, "delay_s": SECONDS}
    {"do": "heal", "instrument": NAME}
    {"do": "list"}

Every line is answered by one: {"ok": ...} or {"error": "what is wrong"}.
"""

import json
import math
from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, TypeAdapter, ValidationError

from bench.sim.rack.device import Device
from bench.sim.rack.wire_faults import WireFault, WireFaultKind

LONGEST_LINE = 4096


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Strike(Order):
    instrument: str
    kind: WireFaultKind
    for_s: PositiveFloat | None = None
    """Of the rig's time; None: until it is healed."""
    delay_s: NonNegativeFloat = 10.0


class Heal(Order):
    instrument: str


class List(Order):
    """What there is."""


ORDERS: Mapping[str, type[Order]] = {"fault": Strike, "heal": Heal, "list": List}


class Control:
    """power_lost: what the loss of an instrument's power does to the rig."""

    def __init__(
        self, devices: Mapping[str, Device], now_s: Callable[[], float], power_lost: Callable[[str], None]
    ) -> None:
        self._devices, self._now_s, self._power_lost = devices, now_s, power_lost
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
            answer: dict[str, object] = {"ok": self._obey(parsed(line))}
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            answer = {"error": ": ".join([*map(str, first["loc"]), first["msg"]])}
        except ValueError as error:
            answer = {"error": str(error)}
        return json.dumps(answer).encode("ascii") + b"\n"

    def _obey(self, order: Order) -> object:
        match order:
            case Strike():
                now_s = self._now_s()
                end_s = math.inf if order.for_s is None else now_s + order.for_s
                device = self._device(order.instrument)
                if order.kind is WireFaultKind.POWER_CYCLE:
                    self._power_lost(order.instrument)
                device.strike(WireFault(order.kind, now_s, end_s, order.delay_s))
            case Heal():
                self._device(order.instrument).heal()
        return {name: sorted(device.follow()) for name, device in self._devices.items()}

    def _device(self, name: str) -> Device:
        if name not in self._devices:
            raise ValueError(f"{name}: no such instrument (there are: {', '.join(self._devices)})")
        return self._devices[name]


def parsed(line: bytes) -> Order:
    """ValueError for anything that is no order."""
    try:
        said = TypeAdapter(dict[str, object]).validate_json(line)
    except ValidationError as error:
        raise ValueError("not a JSON object") from error
    kind = ORDERS.get(str(said.pop("do", None)))
    if kind is None:
        raise ValueError(f"do: one of {', '.join(ORDERS)}")
    return kind.model_validate(said)
