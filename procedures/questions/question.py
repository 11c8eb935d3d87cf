"""What a scenario asks of a method, and what is right: one question, put to many seeds, by benchmarks and campaigns."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.config.model import Bench
from bench.sim.scenario import Scenario
from bench.validation.outcomes.mark import Mark

NAN = math.nan


@dataclass(frozen=True, slots=True)
class Answered:
    """One run. said: in short what was answered. Rates are NaN where none was asked for."""

    mark: Mark
    said: str
    rate_kg_s: float = NAN
    u_kg_s: float = NAN
    truth_kg_s: float = NAN


Ask = Callable[[Bench, Scenario, int], Answered]
"""On a bench, in a scenario, with a seed."""


@dataclass(frozen=True, slots=True)
class Question:
    """name: the scenario's number and what is changed in it. method: who is asked; right: what is right here. bench:
    the one that it is put on.
    """

    name: str
    scenario: Scenario
    method: str
    right: str
    ask: Ask
    bench: str = "rig580"
