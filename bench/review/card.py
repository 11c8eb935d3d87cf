"""What a campaign's scorecard is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.records import Verdict
from bench.validation.campaign.gate import Compared
from bench.validation.campaign.measures import Measure
from bench.validation.campaign.requirements import Judged
from bench.validation.campaign.robustness import Headline
from bench.validation.campaign.stated import Stated


@dataclass(frozen=True, slots=True)
class Card:
    """rows: of the campaign; rules: how each method alarms; scenarios: name -> why; versions: of one method."""

    name: str
    why: str
    facts: Mapping[str, str]
    rules: Mapping[str, str]
    scenarios: Mapping[str, str]
    under_test: str
    rows: pd.DataFrame
    measures: Sequence[Measure]
    judged: Mapping[str, Sequence[Judged]]
    versions: Sequence[Compared]
    verdict: Verdict
    timings_s: Mapping[str, float]
    headline: Headline | None = None
    stated: Sequence[Stated] = ()

    @property
    def methods(self) -> list[str]:
        """The one under test first."""
        return sorted(self.judged, key=lambda name: (name != self.under_test, name))

    def width(self, method: str) -> float:
        """Of its lines, points: the one under test can be seen below another that is the same."""
        return 4.0 if method == self.under_test else 1.8

    @property
    def exposures_s(self) -> list[float]:
        return sorted(self.rows["exposure_s"].unique())
