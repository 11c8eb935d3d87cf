"""Whether the method under test meets what was required of it before anything was measured."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.records import Outcome, Verdict
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.conformity import Decision, Requirement, Side, judge_proportion, judge_rate

DAY_S = 86_400.0
PROPORTIONS = (Name.COVERAGE, Name.DETECTED, Name.FALSE_CALLS, Name.ANSWERED, Name.LOCATED_RIGHT)


class Rule(StrEnum):
    """JCGM 106: guarded acceptance (8.3), where the risk of accepting wrongly is at most 5 %; simple acceptance (8.2),
    where the value alone decides and the risk is shared.
    """

    GUARDED = "guarded"
    SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Required:
    """One requirement: limits on a measure of one slice."""

    name: Name
    of_what: Slice
    at_most: float | None
    at_least: float | None
    rule: Rule = Rule.GUARDED

    @property
    def limits(self) -> Iterator[Requirement]:
        if self.at_most is not None:
            yield Requirement(Side.AT_MOST, self.at_most)
        if self.at_least is not None:
            yield Requirement(Side.AT_LEAST, self.at_least)

    def __str__(self) -> str:
        what = self.of_what
        parts = [f"{what.exposure_s / 3600.0:g} h windows", what.scenario, what.leak]
        limits = " and ".join(f"{limit.side} {limit.limit:.4g}" for limit in self.limits)
        return f"{self.name} ({', '.join(filter(None, parts))}) {limits}"


@dataclass(frozen=True, slots=True)
class Judged:
    required: Required
    measure: Measure | None
    decision: Decision
    reason: str


def judge(required: Required, found: Sequence[Measure]) -> Judged:
    """INCONCLUSIVE also where the measure is not known."""
    measure = next((m for m in found if m.name == required.name and m.of_what == required.of_what), None)
    if measure is None or math.isnan(measure.value):
        return Judged(required, measure, Decision.INCONCLUSIVE, measure.note if measure else "it was not measured")
    each = [_decide(measure, limit, required.rule) for limit in required.limits]
    decisions = [decision for decision, _ in each]
    order = (Decision.REJECT, Decision.INCONCLUSIVE, Decision.ACCEPT)
    worst = min(decisions, key=order.index)
    return Judged(required, measure, worst, "; ".join(dict.fromkeys(reason for _, reason in each)))


def _decide(measure: Measure, limit: Requirement, rule: Rule) -> tuple[Decision, str]:
    value = f"{measure.value:.4g}"
    if rule is Rule.SIMPLE:
        good = measure.value <= limit.limit if limit.side is Side.AT_MOST else measure.value >= limit.limit
        return (Decision.ACCEPT if good else Decision.REJECT), f"{value}, the value alone decides"
    if measure.name in PROPORTIONS and 0.0 < limit.limit < 1.0:
        found = judge_proportion(int(measure.count), int(measure.of), limit)
        return found.decision, f"{value}: {found.reason}"
    if measure.name is Name.FALSE_ALARMS_PER_DAY and limit.limit > 0.0:
        found = judge_rate(int(measure.count), measure.of, limit)  # counted in days on both sides
        return found.decision, f"{value} a day: {measure.count:g} in {measure.of:.3g} days, exact at 5 % risk"
    return _by_interval(measure, limit), f"{value}, limits {measure.low:.4g} to {measure.high:.4g} ({measure.interval})"


def _by_interval(measure: Measure, limit: Requirement) -> Decision:
    """The guard band is what the interval has on that side."""
    low, high = (measure.low, measure.high) if limit.side is Side.AT_MOST else (-measure.high, -measure.low)
    bound = limit.limit if limit.side is Side.AT_MOST else -limit.limit
    if high <= bound:
        return Decision.ACCEPT
    return Decision.REJECT if low > bound else Decision.INCONCLUSIVE


def overall(judged: Sequence[Judged]) -> Verdict:
    """FAIL where one requirement is refuted, INCONCLUSIVE where one is not shown, PASS where all are."""
    for decision, outcome in ((Decision.REJECT, Outcome.FAIL), (Decision.INCONCLUSIVE, Outcome.INCONCLUSIVE)):
        hit = [each for each in judged if each.decision is decision]
        if hit:
            more = f" (and {len(hit) - 1} more)" if len(hit) > 1 else ""
            word = "is not met" if decision is Decision.REJECT else "is neither shown nor refuted"
            return Verdict(outcome, f"{hit[0].required} {word}: {hit[0].reason}{more}")
    if not judged:
        return Verdict(Outcome.INCONCLUSIVE, "nothing was required")
    return Verdict(Outcome.PASS, f"{len(judged)} of {len(judged)} requirements are met")
