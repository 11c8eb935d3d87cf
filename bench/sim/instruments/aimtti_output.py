"""One output of an Aim-TTi CPX400DP: what its limits let through to a resistive load, and when it trips."""

import math
from dataclasses import dataclass, field

POWER_LIMIT_W = 420.0  # as much current as that allows at any voltage
CONSTANT_VOLTAGE, CONSTANT_CURRENT, OVER_VOLTAGE, OVER_CURRENT, POWER_LIMITED = 1, 2, 4, 8, 16  # bits of LSR [K]
BOTH_TRIPS = OVER_VOLTAGE | OVER_CURRENT


@dataclass(frozen=True, slots=True)
class Setting:
    """The header that a query is answered with; the least, the most and, at power-on and after *RST [K], the value."""

    answer: str
    low: float
    high: float
    default: float
    digits: int


SETTINGS = {
    "V": Setting("V", 0.0, 60.0, 1.0, 3),
    "I": Setting("I", 0.0, 20.0, 1.0, 3),
    "OVP": Setting("VP", 1.0, 66.0, 66.0, 2),
    "OCP": Setting("CP", 1.0, 22.0, 22.0, 3),
}


@dataclass(slots=True)
class Output:
    """limit is the bit of the one that holds at the moment, 0 when off; events are those since LSR was read."""

    settings: dict[str, float] = field(default_factory=lambda: {name: s.default for name, s in SETTINGS.items()})
    on: bool = False
    tripped: bool = False
    volts: float = 0.0
    amperes: float = 0.0
    limit: int = 0
    events: int = 0

    def feed(self, ohm: float) -> None:
        """A protection that is passed switches off. An event is that a limit begins to hold."""
        before, self.limit, self.volts, self.amperes = self.limit, 0, 0.0, 0.0
        if not self.on:
            return
        limit, volts, amperes = delivered(self.settings["V"], self.settings["I"], ohm)
        trips = OVER_VOLTAGE * (volts > self.settings["OVP"]) | OVER_CURRENT * (amperes > self.settings["OCP"])
        if trips:
            self.trip(trips)
            return
        self.limit, self.volts, self.amperes = limit, volts, amperes
        self.events |= limit & ~before

    def trip(self, bits: int) -> None:
        self.events |= bits
        self.on, self.tripped = False, True
        self.limit, self.volts, self.amperes = 0, 0.0, 0.0

    def switch(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the message
        """A tripped one stays off until the trip is reset."""
        self.on = on and not self.tripped

    def reset(self) -> None:
        self.settings = {name: setting.default for name, setting in SETTINGS.items()}
        self.on = self.tripped = False

    def take_events(self) -> int:
        events, self.events = self.events, 0
        return events


def delivered(volts: float, amperes: float, ohm: float) -> tuple[int, float, float]:
    """The limit that comes first as bit of LSR, the voltage and the current at it."""
    if math.isinf(ohm) or math.isnan(ohm):
        return CONSTANT_VOLTAGE, volts, 0.0
    if ohm <= 0.0:
        return CONSTANT_CURRENT, 0.0, amperes if volts > 0.0 else 0.0
    currents = {
        CONSTANT_VOLTAGE: volts / ohm,
        CONSTANT_CURRENT: amperes,
        POWER_LIMITED: math.sqrt(POWER_LIMIT_W / ohm),
    }
    limit = min(currents, key=lambda bit: currents[bit])
    return limit, currents[limit] * ohm, currents[limit]
