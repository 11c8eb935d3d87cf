"""One estimate against one truth."""

import math

from bench.records import LeakEstimate, Score, Truth

COVERAGE_FACTOR = 1.96
"""A 95 % interval of a normal distribution."""


def score(truth: Truth, estimate: LeakEstimate) -> Score:
    """Normalised error and coverage, with the uncertainties of both (JCGM 100 5.1.2; independent).

    Raises ValueError if neither claims any uncertainty: then no error can be judged.
    """
    u_kg_s = math.hypot(estimate.u_kg_s, truth.u_kg_s)
    if u_kg_s == 0.0:
        raise ValueError(
            f"{estimate.method}: window {estimate.window!r}: neither estimate nor truth has an uncertainty"
        )
    error_kg_s = estimate.rate_kg_s - truth.rate_kg_s
    return Score(
        leak=truth.leak,
        compartment=truth.compartment,
        method=estimate.method,
        rate_kg_s=estimate.rate_kg_s,
        u_kg_s=estimate.u_kg_s,
        truth_kg_s=truth.rate_kg_s,
        truth_u_kg_s=truth.u_kg_s,
        normalised_error=error_kg_s / u_kg_s,
        covers_truth=abs(error_kg_s) <= COVERAGE_FACTOR * u_kg_s,
    )
