"""Which compartments make one volume, by the end switches of the hatches between them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.rig import CompartmentRig, Rig, joined

SURE = 1e-6
"""A block's mean of an end switch is 0 or 1 within this, or the hatch has moved within the block."""


@dataclass(frozen=True, slots=True)
class Partition:
    """volumes: joined by open hatches, each named by its compartments. closed: names of hatches."""

    closed: frozenset[str]
    volumes: tuple[CompartmentRig, ...]
    members: tuple[frozenset[str], ...]

    def volume_of(self, compartment: str) -> int:
        return next(place for place, names in enumerate(self.members) if compartment in names)


def partition(rig: Rig, closed: Iterable[str]) -> Partition:
    """Of the compartments, with these hatches closed and the others open."""
    closed = frozenset(closed)
    members = [{name} for name in rig.compartments]
    for hatch in rig.hatches:
        if hatch.name not in closed:
            one, other = (next(names for names in members if side in names) for side in hatch.connects)
            if one is not other:
                one |= other
                members.remove(other)
    volumes = tuple(joined("+".join(sorted(names)), (rig.compartments[name] for name in names)) for names in members)
    return Partition(closed, volumes, tuple(map(frozenset, members)))


def closed_hatches(rig: Rig, means: Mapping[str, float]) -> frozenset[str] | None:
    """Closed throughout a block of which means has the channels' means; None if a hatch moved or did not tell.

    A hatch without an end switch is taken for open.
    """
    told = {hatch.name: means[hatch.closed_channel] for hatch in rig.hatches if hatch.closed_channel is not None}
    if not all(min(abs(state), abs(state - 1.0)) < SURE for state in told.values()):  # NaN is not sure
        return None
    return frozenset(name for name, state in told.items() if state > 0.5)


def untestable(parts: Partition, occupied: Collection[str]) -> frozenset[int]:
    """The volumes with a crew inside: what they breathe cannot be told from what leaks."""
    return frozenset(int(place) for place in np.flatnonzero([bool(names & set(occupied)) for names in parts.members]))
