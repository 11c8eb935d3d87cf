"""What an answer may look like, and when two are the same."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.detection.method import CannotEstimateError
from bench.records import LeakEstimate

GOOD = "with data that lack nothing"
ROUNDING = 1e-4
"""Of a standard uncertainty: sums taken in another order may differ by so much."""


def check_plausible(name: str, found: LeakEstimate, when: str) -> None:
    """Units and signs: u > 0 (infinite while nothing is known), what wakes the crew has a rate."""
    assert found.method == name, f"{name}: {when}: it signs an answer as {found.method!r}"
    known = math.isfinite(found.rate_kg_s)
    rate = f"{found.rate_kg_s:.3g} +- {found.u_kg_s:.3g} kg/s"
    assert not found.alarm or (known and math.isfinite(found.u_kg_s)), f"{name}: {when}: an alarm with the rate {rate}"
    assert not known or found.u_kg_s > 0.0, f"{name}: {when}: u is not positive: {rate}"
    places = found.compartment_probabilities
    assert all(-1e-9 <= p <= 1.0 + 1e-9 for p in places.values()), f"{name}: {when}: probabilities {dict(places)}"
    assert sum(places.values()) <= 1.0 + 1e-6, f"{name}: {when}: probabilities {dict(places)} exceed 1 together"
    if found.onset_s is not None and found.time_s is not None:
        assert found.onset_s <= found.time_s, f"{name}: {when}: an onset in the future, {found.onset_s:g} s"


@contextmanager
def nothing_worse_than_a_refusal(name: str, when: str) -> Iterator[None]:
    """Let CannotEstimateError pass; any other exception is the author's mistake."""
    try:
        yield
    except CannotEstimateError:
        raise
    except Exception as error:
        raise AssertionError(f"{name}: {when}: it raises {type(error).__name__}: {error}") from error


@contextmanager
def nothing_refused(name: str) -> Iterator[None]:
    """These are data that lack nothing."""
    try:
        with nothing_worse_than_a_refusal(name, GOOD):
            yield
    except CannotEstimateError as error:
        raise AssertionError(f"{name}: it refuses data that lack nothing: {error.reason}") from error


def check_same(
    name: str, found: Sequence[LeakEstimate], wanted: Sequence[LeakEstimate], when: str, *, exactly: bool = False
) -> None:
    """Answer for answer."""
    assert len(found) == len(wanted), f"{name}: {when}: {len(found)} answers instead of {len(wanted)}"
    for one, other in zip(found, wanted, strict=True):
        at = "" if other.time_s is None else f" at {other.time_s:g} s"
        assert _same(one, other, exactly=exactly), f"{name}: {when}: {_short(one)} instead of {_short(other)}{at}"


def _same(one: LeakEstimate, other: LeakEstimate, *, exactly: bool) -> bool:
    slack_kg_s = 0.0 if exactly or not math.isfinite(other.u_kg_s) else ROUNDING * other.u_kg_s
    numbers = ((one.rate_kg_s, other.rate_kg_s), (one.u_kg_s, other.u_kg_s))
    return (
        all(a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= slack_kg_s for a, b in numbers)
        and (one.alarm, one.time_s, one.window) == (other.alarm, other.time_s, other.window)
        and (one.onset_s is None) == (other.onset_s is None)
    )


def _short(found: LeakEstimate) -> str:
    return f"{found.rate_kg_s:.4g} +- {found.u_kg_s:.2g} kg/s, alarm {found.alarm}"
