"""Whether a predicted time to the limit held."""

from bench.records import LeakEstimate
from bench.validation.outcomes.mark import Mark, right_if


def time_left(found: LeakEstimate, left_s: float) -> Mark:
    """It lies between the predicted 5 and 95 % times (of honest ones nine in ten do); wrong: shorter than the safe one,
    so that somebody was told too long.
    """
    predicted = found.time_to_limit_s
    if left_s < predicted["safe"]:
        return Mark.WRONG
    return right_if(predicted["0.05"] <= left_s <= predicted["0.95"])
