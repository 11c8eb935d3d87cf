"""The headline of a campaign: how soon a leak is found, against how often a night without one wakes the crew."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bench.validation.binomial import proportion
from bench.validation.campaign.scores import HOUR_S, watched
from bench.validation.interval import Interval

PUBLISHED = ((1.5, 0.42), (2.2, 0.18))
"""Science 5.5, a night of 0.5 K seen to 70 %: delay over that of the plain GLR, P(alarm in 48 h)."""


@dataclass(frozen=True, slots=True)
class Headline:
    """scenario, leak: whose delay, leak by the first word of its name in the rows. nights: scenario -> begin, s; an
    alarm within within_s of it is a false one. hardest: the night that science 5.5 is about; plain: the method whose
    delay is its unit.
    """

    scenario: str
    leak: str
    nights: Mapping[str, float]
    within_s: float
    hardest: str
    plain: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one method. delay_h: median, NaN where it always alarms before the leak, infinite where more than half stay
    silent. alarmed: nights with an alarm, and nights, by scenario.
    """

    method: str
    delay_h: float
    delay_limits_h: tuple[float, float]
    alarmed: Mapping[str, tuple[int, int]]

    def share(self, *nights: str) -> Interval:
        """Exact limits of P(alarm) in these nights, or in all together. ValueError without a run."""
        counts = [self.alarmed[night] for night in nights or self.alarmed]
        return proportion(sum(hits for hits, _ in counts), sum(of for _, of in counts))

    def p(self, *nights: str) -> float:
        counts = [self.alarmed[night] for night in nights or self.alarmed]
        return sum(hits for hits, _ in counts) / sum(of for _, of in counts)


def standings(rows: pd.DataFrame, asked: Headline) -> list[Standing]:
    """Quickest first. Of methods with windows of several lengths the shortest are judged."""
    finest = rows[rows["exposure_s"] == rows["exposure_s"].min()]
    found = [_standing(str(method), part, asked) for method, part in finest.groupby("method", sort=True)]
    return sorted(found, key=lambda each: (not each.delay_h >= 0.0, each.delay_h))


def _standing(method: str, rows: pd.DataFrame, asked: Headline) -> Standing:
    holes = rows[(rows["scenario"] == asked.scenario) & (rows["leak"].str.split(" ").str[0] == asked.leak)]
    nights = {name: _alarmed(rows, name, begin_s, asked.within_s) for name, begin_s in asked.nights.items()}
    try:
        value_s, limits = watched(holes).quantile_s(0.5)
    except ValueError:  # it never was silent until the leak began
        return Standing(method, float("nan"), (float("nan"), float("nan")), nights)
    return Standing(method, value_s / HOUR_S, (limits.low / HOUR_S, limits.high / HOUR_S), nights)


def _alarmed(rows: pd.DataFrame, night: str, begin_s: float, within_s: float) -> tuple[int, int]:
    of = rows[(rows["scenario"] == night) & (rows["leak"] == "")]
    woken = of[(of["alarm_s"] > begin_s) & (of["alarm_s"] <= begin_s + within_s)]
    return int(woken["case"].nunique()), int(of["case"].nunique())
