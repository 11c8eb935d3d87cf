"""What a bench file says of its interlocks, and of the reliefs that must never be what saves the day. SI units."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import NonNegativeFloat, PositiveFloat, model_validator

from bench.config.sound import Entry

SafeVerb = Literal["CloseValve", "OpenValve", "StopPump", "StopControl", "StopHeater", "StopFlow", "StopFilament"]
"""Commands that a safe state may be made of, and that an interlock may give."""
OPPOSITES = {
    "CloseValve": "OpenValve",
    "OpenValve": "CloseValve",
    "StopPump": "StartPump",
    "StopControl": "StartControl",
    "StopHeater": "SetHeater",
    "StopFlow": "SetFlow",
    "StopFilament": "StartFilament",
}
"""What undoes each."""


class SafeStep(Entry):
    """safety = true: a step on a digital line that the loss of power also takes; false: best effort over a link."""

    command: SafeVerb
    target: str
    safety: bool = True


class Action(Entry):
    """What an interlock commands when it trips. Its guards must forbid what would undo it."""

    command: SafeVerb
    target: str

    @property
    def undone_by(self) -> str:
        return f"{OPPOSITES[self.command]}:{self.target}"


class Interlock(Entry):
    """Holds while channel is above/below its limit. guards: command patterns refused while it does not hold.

    minus: the limit is of the difference to another channel; magnitude: of its size. over_s: of how fast that rises
    (below) or falls (above), unit/s, from the lowest (highest) reading of the last over_s to the latest. unless: a
    switch; while it shows 1, the rule is not judged.

    trips: checked on every scan too; the run then ends in the safe state. Once not holding it holds again only beyond
    limit -/+ hysteresis; with latch, only once somebody has acknowledged it. actions: given when it stops holding.
    patience_s: a reading that has not come forbids at once, and trips when it has been missing for so long.
    setpoint: a SetPressure is judged by the pressure that it asks for, in the channel's place, and by nothing else.
    """

    name: str
    channel: str
    minus: str | None = None
    magnitude: bool = False
    over_s: PositiveFloat | None = None
    unless: str | None = None
    above: float | None = None
    below: float | None = None
    hysteresis: NonNegativeFloat = 0.0
    guards: tuple[str, ...] = ()
    setpoint: bool = False
    actions: tuple[Action, ...] = ()
    trips: bool = False
    patience_s: NonNegativeFloat = 3.0
    latch: bool = False
    remedy: str = ""

    @property
    def channels(self) -> tuple[str, ...]:
        """What must be read for it to be judged."""
        return (self.channel,) if self.minus is None else (self.channel, self.minus)

    @model_validator(mode="after")
    def one_limit(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        if (self.above is None) == (self.below is None):
            yield "give either above or below"
        if self.magnitude and (self.minus is None or self.below is None or self.over_s is not None):
            yield "magnitude is of a difference, and must stay below its limit"
        if self.minus == self.channel:
            yield "minus: a channel does not differ from itself"
        if self.setpoint and (self.magnitude or self.over_s is not None):
            yield "setpoint is judged as a single value, or as a difference with its sign"


class Relief(Entry):
    """Wired, not programmed: opens a compartment to the chamber at a set pressure over it, and must never need to.

    kind: a valve closes again below its reseat pressure, a burst disc never does.
    """

    name: str
    compartment: str
    kind: Literal["valve", "disc"]
    set_pressure_pa: PositiveFloat
    reseat_pressure_pa: PositiveFloat | None = None
    flow_kg_s: PositiveFloat
    """Wide open at the set pressure into vacuum, air of 293.15 K."""
    channel: str | None = None
    """A contact, closed until it first opens: a valve's tell-tale stays out until reset by hand. Several may share one,
    in series."""

    @model_validator(mode="after")
    def as_its_kind(self) -> Self:
        if (self.kind == "valve") != (self.reseat_pressure_pa is not None):
            raise ValueError("reseat_pressure_pa belongs to a valve, and to nothing else")
        if self.reseat_pressure_pa is not None and self.reseat_pressure_pa >= self.set_pressure_pa:
            raise ValueError("a relief valve reseats below its set pressure")
        return self
