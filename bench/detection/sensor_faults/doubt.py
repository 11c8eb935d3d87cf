"""What is said of a channel that is not to be believed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bench.records import Series


class Fault(StrEnum):
    STUCK = "stuck"
    STEPPED = "stepped"
    APART = "apart"  # drifted, detached or off: it no longer agrees with its peers
    DISAGREE = "disagree"  # one of two, and nothing tells which
    DROPOUTS = "dropouts"  # readings get lost; those that come are believed


KEPT = frozenset({Fault.DISAGREE, Fault.DROPOUTS})
"""Noted only: the readings are not thrown away."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """begin_s: since when, as far as the data tell. found_s: when that was known. end_s: when it was believed again."""

    channel: str
    fault: Fault
    begin_s: float
    found_s: float
    reason: str
    end_s: float = math.inf

    @property
    def dropped(self) -> bool:
        return self.fault not in KEPT

    def __str__(self) -> str:
        return f"{self.channel}: {self.fault}, found at {self.found_s:.0f} s: {self.reason}"


def believable(series: Series, doubts: Iterable[Doubt], *, causal: bool) -> Series:
    """With NaN where a channel is not to be believed: as known then (causal), or back to the fault's beginning."""
    dropped = [doubt for doubt in doubts if doubt.dropped]
    if not dropped:
        return series
    columns = dict(series.columns)
    for doubt in dropped:
        if doubt.channel in columns:
            since_s = doubt.found_s if causal else doubt.begin_s
            out = (series.time_s >= since_s) & (series.time_s < doubt.end_s)
            columns[doubt.channel] = np.where(out, np.nan, columns[doubt.channel])
    return Series(series.time_s, columns)
