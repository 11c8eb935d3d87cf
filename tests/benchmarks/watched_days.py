"""Days of rig580 with all hatches open, for the benchmarks of sequential detection: simulated once, kept in a folder.

What is kept of each run is the means over ten minutes of the channels that the rig names, and what its leak passed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.records import Floats, Series
from bench.sim.direct import opened, simulate
from bench.sim.scenario import Scenario, load_scenario

HOUR_S, DAY_S = 3600.0, 86_400.0
BLOCK_S, ROW_S = 600.0, 60.0
SETTLED_S = 12 * HOUR_S
"""The chamber has been pumped down and the walls have forgotten the start; before, nobody watches."""
TYPICAL = load_scenario("unlike_days")
"""Days that repeat would cancel in a difference over a day, and the 24 h rate of raw pressure would win (0.95 h)."""
BENCH = load_bench(find_bench("rig580"), date(2026, 11, 24))
RIG = rig_of(BENCH)
ORDERS = [
    *((0.0, opened(hatch.name)) for hatch in BENCH.hatch),
    (10.0, opened("roughing_pump")),
    (10.0, opened("roughing_valve")),
]


@dataclass(frozen=True, slots=True)
class Run:
    """series: one row per ten minutes. leak_kg_s: mean rate of the hidden leak while it was open, 0 without one."""

    seed: int
    series: Series
    onset_s: float | None
    leak_kg_s: float


def leak(diameter_m: float, onset_s: float) -> dict:
    return {"name": "leak", "compartment": "working_compartment", "diameter_m": diameter_m, "begin_s": onset_s}


def onset_s(seed: int) -> float:
    """Some time on the sixth day."""
    return (5.0 + float(np.random.default_rng(seed).random())) * DAY_S


def watched(scenario: Scenario, seeds: Sequence[int], days: float, cache: Path) -> Iterator[Run]:
    """The same whether it comes from the folder or not."""
    for seed in seeds:
        yield _run(scenario, seed, days, cache)


def leaking(diameter_m: float, seeds: Sequence[int], days: float, cache: Path) -> Iterator[Run]:
    for seed in seeds:
        hole = leak(diameter_m, onset_s(seed))
        scenario = Scenario.model_validate({**TYPICAL.model_dump(exclude_defaults=True), "hidden_leak": [hole]})
        yield _run(scenario, seed, days, cache)


def _run(scenario: Scenario, seed: int, days: float, cache: Path) -> Run:
    stated = [model.model_dump_json(exclude_defaults=True) for model in (BENCH, scenario)]
    path = cache / f"{hashlib.sha256(repr((stated, seed, days)).encode()).hexdigest()[:24]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **_simulated(scenario, seed, days))
    with np.load(path) as kept:
        columns = {name: kept[name] for name in RIG.channels if name in kept}
        series = Series(kept["time_s"], columns).between(SETTLED_S, np.inf)
        onset = scenario.hidden_leak[0].begin_s if scenario.hidden_leak else None
        return Run(seed, series, onset, float(kept["leak_kg_s"]))


def _simulated(scenario: Scenario, seed: int, days: float) -> dict[str, Floats]:
    readings = simulate(BENCH, scenario, seed, ORDERS, duration_s=days * DAY_S, period_s=ROW_S)
    blocks, each = round(days * DAY_S / BLOCK_S), round(BLOCK_S / ROW_S)
    means = {
        name: readings.column(name)[: blocks * each].reshape(blocks, each).mean(axis=1)
        for name in RIG.channels
        if name in readings.channels
    }
    rate = 0.0
    if scenario.hidden_leak:
        passed, begin_s = readings.passed_kg[-1, 0], scenario.hidden_leak[0].begin_s
        rate = passed / (readings.time_s[-1] - begin_s)
    return {"time_s": BLOCK_S * (np.arange(blocks) + 0.5), "leak_kg_s": np.array(rate), **means}
