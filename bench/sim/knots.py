"""True quantities over time as the plant gives them: a ring of knots, every quantity straight in time between them."""

from typing import NamedTuple

from bench.records import Floats

GRID_S = 0.1
"""The sampling grid: the sample of index i is taken at i * GRID_S."""
TIE_S = 1e-7
"""Rounding of times that are meant to be equal."""


class Knots(NamedTuple):
    """Knot number k = 0, 1, 2, ... lies at place k % K. time_s: (K,), ascending; value: (K, quantity), SI.

    The newest knot may be replaced by one that is no earlier than the last sample sensed; no other ever changes.
    """

    time_s: Floats
    value: Floats
