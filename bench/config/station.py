"""What takes or gives gas besides leaks, as far as a station states it. SI units."""

from typing import Self

from pydantic import NonNegativeFloat, PositiveFloat, model_validator

from bench.config.sound import Entry


class Purification(Entry):
    """A bed that takes a puff of a compartment's gas in every cycle."""

    compartment: str
    period_s: PositiveFloat
    first_s: NonNegativeFloat | None = None
    """Of the first puff, run time; none: the phase is not known."""
    loss_kg: PositiveFloat
    """In a cycle, with an air-save pump that works."""
    u_loss_kg: NonNegativeFloat

    @model_validator(mode="after")
    def first_in_the_first_period(self) -> Self:
        if self.first_s is not None and self.first_s >= self.period_s:
            raise ValueError(f"first_s = {self.first_s:g} is not within its period_s = {self.period_s:g}")
        return self


class NominalLoss(Entry):
    """Of a compartment; without one of all together, nobody knows where."""

    compartment: str | None = None
    kg_s: NonNegativeFloat
    u_kg_s: NonNegativeFloat


class CrewUptake(Entry):
    """Oxygen that people take, if there are any: the uncertainty says how far it is from being known."""

    compartment: str
    oxygen_kg_s: NonNegativeFloat
    u_oxygen_kg_s: NonNegativeFloat


class Station(Entry):
    """These sections of a bench file."""

    purification: tuple[Purification, ...] = ()
    nominal_loss: tuple[NominalLoss, ...] = ()
    crew: tuple[CrewUptake, ...] = ()
