"""Knots made by hand, and what sensors show of them."""

import numpy as np
from hypothesis import settings

from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, Knots
from bench.sim.sensors.bank import SensorBank
from bench.sim.sensors.spec import Fault, SensorSpec

REFERENCE_K = 293.15
ERRORS = dict.fromkeys(("gain_tempco", "tempco", "drift", "hysteresis", "white", "flicker", "random_walk"), 0.01)
ERRORS |= {"representativeness": 0.1, "correlation_time_s": 300.0, "lag_s": 30.0, "accuracy": 1.0}
EVERYTHING = ERRORS | {"resolution": 0.001, "range": (0.0, 1100.0), "clock_offset_s": -1.5, "clock_skew": -1e-4}
BURSTS = {"rate_hz": 0.02, "mean_good_s": 100.0, "mean_burst_s": 20.0}
EXAMPLES = settings(deadline=None)
"""The first example compiles."""


def fault(kind, begin_s=10.0, end_s=20.0, channel="p", **terms):
    return Fault(channel=channel, kind=kind, begin_s=begin_s, end_s=end_s, **terms)


def knots_of(time_s, true, ambient_k=REFERENCE_K):
    """true: (knot) or (knot, channel); the ambient temperature is the last column."""
    true = np.asarray(true, dtype=float).reshape(len(time_s), -1)
    surroundings = np.broadcast_to(ambient_k, len(time_s))
    return Knots(np.asarray(time_s, dtype=float), np.column_stack([true, surroundings]))


def bank_of(specs, faults=(), *, seed=1, hidden=False, every=1, rows=6000):
    """Of sensors that look at a column each, in this order."""
    draws = Draws(seed, hidden=hidden)
    return SensorBank(specs, range(len(specs)), len(specs), seed, draws, faults, every=every, rows=rows)


def show_rows(knots, specs, faults=(), *, every=1, **how):
    """All rows up to the newest knot, (row, channel)."""
    until = int(knots.time_s[-1] / GRID_S + 1e-6)
    bank = bank_of(specs, faults, every=every, rows=until // every + 1, **how)
    bank.sense(knots, knots.time_s.size - 1, until)
    return bank.rows


def show(true, *faults, step_s=1.0, ambient_k=REFERENCE_K, seed=1, hidden=False, **terms):
    """What one sensor shows at knots step_s apart."""
    knots = knots_of(step_s * np.arange(len(true)), true, ambient_k)
    spec = SensorSpec(name="p", **terms)
    return show_rows(knots, [spec], faults, every=round(step_s / GRID_S), seed=seed, hidden=hidden)[:, 0]


def errors(channels, rows, *, every=1, seed=1, **terms):
    """What sensors with these terms show of zero, (row, channel)."""
    specs = [SensorSpec(name=f"c{number}", **terms) for number in range(channels)]
    end_s = (rows - 1) * every * GRID_S
    return show_rows(knots_of([0.0, end_s], np.zeros((2, channels))), specs, every=every, seed=seed)
