"""What a source heard, or not heard, says of where the leak is; and that together with what pressure says."""

import math
from collections.abc import Mapping

from bench.acoustic_rig import LeakNoise
from bench.detection.ultrasonic_finding import Answer, Finding
from bench.detection.ultrasonic_size import Reach, level_db
from bench.records import LeakEstimate

OTHER_SOURCE = 0.1
"""Probability that a compartment has a source that is no leak: a valve, a fan, a lamp. Chosen."""
OTHER_RANGE_DB = 40.0
"""Levels that such a source may have at 1 m, all alike."""
LEAST_PROBABILITY = 1e-6
"""Of being heard, and of not being heard: sound has been wrong before (2004)."""


def source_probability(false_crests: float) -> float:
    """From how many crests as high noise alone would make; a priori as likely as not. An upper bound (Sellke, Bayarri,
    Berger, Am. Stat. 55 (2001) 62).
    """
    p = min(max(false_crests, 1e-300), math.exp(-1.0))
    return 1.0 / (1.0 - math.e * p * math.log(p))


def log_bayes_factor(found: Finding, reach: Reach, u_level_db: float, prior: LeakEstimate | None) -> float:
    """That the leak is in this compartment, against that it is not. Without a prior: a leak of any size.

    u_level_db: of the source's level, its distance included.
    """
    known = prior is not None and prior.rate_kg_s > 0.0
    heard = reach.probability(prior.rate_kg_s) if prior is not None and known else reach.typical()
    missed = max(1.0 - heard, LEAST_PROBABILITY)
    if found.answer is not Answer.SOURCE:
        return math.log(missed)
    if not found.steady:
        return 0.0
    alike = _density(found, reach.noise, u_level_db, prior) if prior is not None and known else 1.0 / OTHER_RANGE_DB
    other = OTHER_SOURCE / OTHER_RANGE_DB
    return math.log(max(heard * alike + missed * other, LEAST_PROBABILITY * other) / other)


def _density(found: Finding, noise: LeakNoise, u_level_db: float, prior: LeakEstimate) -> float:
    """Of the source's level, per dB, if it is a leak as large as pressure says."""
    u_rate_db = 10.0 / math.log(10.0) * prior.u_kg_s / prior.rate_kg_s
    u_db = math.sqrt(u_level_db**2 + noise.u_level_db**2 + u_rate_db**2)
    away = (found.source_level_db - level_db(noise, prior.rate_kg_s)) / u_db
    return math.exp(-0.5 * away**2) / (u_db * math.sqrt(2.0 * math.pi))


def fused(prior: LeakEstimate, findings: Mapping[str, Finding]) -> Mapping[str, float]:
    """Compartment probabilities after listening. A prior that names none takes all that were searched as alike."""
    before = prior.compartment_probabilities or dict.fromkeys(findings, 1.0 / len(findings))
    nowhere = max(1.0 - sum(before.values()), 0.0)
    factors = {name: findings[name].log_bayes_factor if name in findings else 0.0 for name in before}
    after = {name: share * math.exp(factors[name]) for name, share in before.items()}
    total = sum(after.values()) + nowhere
    return {name: share / total for name, share in after.items()}
