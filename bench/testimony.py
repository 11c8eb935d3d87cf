"""What an independent witness says of a leak's flow."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INFORMATIVE = 0.03
"""Largest relative standard uncertainty with which a witness counts."""
AGREEMENT = 2.0
"""Standard uncertainties, combined, by which witness and certificate may differ."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A flow, kg/s, that neither the certificate nor any method had a part in, with what the certificate says of the
    same interval. NaN where there is none: then silent says why.
    """

    name: str
    rate_kg_s: float
    u_kg_s: float
    certified_kg_s: float
    certified_u_kg_s: float
    silent: str | None = None

    @property
    def informative(self) -> bool:
        return self.silent is None and self.u_kg_s <= INFORMATIVE * abs(self.rate_kg_s)

    @property
    def deviation(self) -> float:
        """Of witness from certificate, in combined standard uncertainties."""
        combined = math.hypot(self.u_kg_s, self.certified_u_kg_s)
        return (self.rate_kg_s - self.certified_kg_s) / combined if combined else math.nan

    @property
    def says(self) -> str:
        """In words, as reports show it."""
        if self.silent is not None:
            return f"{self.name}: not informative ({self.silent})"
        if not self.informative:
            part = self.u_kg_s / abs(self.rate_kg_s) if self.rate_kg_s else math.inf
            return f"{self.name}: not informative (u is {part:.1%} of it)"
        agrees = "agrees" if abs(self.deviation) <= AGREEMENT else "DISAGREES"
        said = f"{self.rate_kg_s:.4g} kg/s, u {self.u_kg_s:.2g} kg/s"
        return f"{self.name}: {agrees}: {said}, certificate {self.certified_kg_s:.4g} kg/s ({self.deviation:+.1f} u)"


def recalled(written: Mapping[str, Any]) -> Witness:
    """From truth.json, which has no NaN."""
    numbers = ("rate_kg_s", "u_kg_s", "certified_kg_s", "certified_u_kg_s")
    known = {key: math.nan if written[key] is None else float(written[key]) for key in numbers}
    return Witness(name=str(written["name"]), silent=written["silent"], **known)
