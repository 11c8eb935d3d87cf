"""What a campaign file states: scenarios with seeds, leaks laid over them, methods, requirements. SI but for hours."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ValidationInfo,
    model_validator,
)

from bench.detection.made import Made, make
from bench.sim.knots import GRID_S
from bench.validation.campaign.measures import Name
from bench.validation.campaign.requirements import Rule

HOUR_S = 3600.0
FOLDER = "folder"
"""Key of the validation context: where the campaign file is."""
Text = Annotated[str, Field(min_length=1)]


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ScenarioEntry(Closed):
    """Runs of one scenario with nothing laid over it. first_seed: the one after those before it, unless stated.
    compartment: the one that is watched, where it is another.
    """

    name: Text
    seeds: PositiveInt
    first_seed: Annotated[int, Field(ge=0)] | None = None
    compartment: str | None = None


class LeakEntry(Closed):
    """Leaks laid over scenarios: a hole of each size at the scenario's starting pressure, or orifices of the bench.

    seeds: runs of each size in each scenario. onset_h: one, or several that its runs take in turn: leaks that begin at
    one hour alone are told from other hours by anything that has the day's rhythm. scenarios: all, unless named.
    """

    name: Text
    onset_h: Annotated[tuple[PositiveFloat, ...], Field(min_length=1), BeforeValidator(_several)]
    seeds: PositiveInt
    sizes_kg_s: tuple[PositiveFloat, ...] = ()
    orifices: tuple[str, ...] = ()
    compartment: str | None = None
    scenarios: tuple[str, ...] = ()

    @model_validator(mode="after")
    def is_of_one_kind(self) -> Self:
        if bool(self.sizes_kg_s) == bool(self.orifices):
            raise ValueError("give either sizes_kg_s or orifices")
        if self.orifices and self.compartment:
            raise ValueError("an orifice is where the bench file says: leave compartment out")
        return self


class Alarm(Closed):
    """For a method that gives no alarms of its own: alarm where rate > k times its standard uncertainty."""

    k: NonNegativeFloat = 3.0


class MethodEntry(Closed):
    """name: of a method or monitor, or path.py:Class, relative to the campaign file. label: what scores and comparisons
    call it, so that two versions of one method can stand side by side.
    """

    name: Text
    label: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    alarm: Alarm = Alarm()

    @property
    def called(self) -> str:
        return self.label or self.name.rpartition(":")[2]

    @model_validator(mode="after")
    def exists(self, info: ValidationInfo) -> Self:
        self.made((info.context or {}).get(FOLDER))
        return self

    def made(self, folder: Path | None = None) -> Made:
        """folder: that of the campaign file. Raises ConfigError."""
        return make(self.name, self.parameters, folder)


class RequirementEntry(Closed):
    """A limit on one measure, at one exposure, in one scenario or in all together. exposure_h: the longest unless
    stated. Delays are of one scenario and one leak, called as in the scores: "hole 1e-08 kg/s".
    """

    measure: Name
    at_most: float | None = None
    at_least: float | None = None
    exposure_h: PositiveFloat | None = None
    scenario: str = ""
    leak: str = ""
    rule: Rule = Rule.GUARDED

    @model_validator(mode="after")
    def has_a_limit(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise ValueError("give at_most, at_least or both")
        return self


class HeadlineEntry(Closed):
    """The scorecard's first chart: delay of one leak (of one size) in a scenario, against alarms within within_h of the
    beginning of nights, which are scenarios with a ramp of temperature. hardest: the one of science 5.5, 0.5 K seen to
    70 %, whose curve is drawn in delays of the method plain.
    """

    scenario: Text
    leak: Text
    nights: Annotated[tuple[Text, ...], Field(min_length=1)]
    hardest: Text
    plain: Text
    within_h: PositiveFloat = 48.0


class QuestionEntry(Closed):
    """names: of procedures.questions, each put to so many seeds, from first_seed on where that is stated. Their answers
    are judged by the stated outcome of their scenario and by nothing else of this file.
    """

    names: Annotated[tuple[Text, ...], Field(min_length=1)]
    seeds: PositiveInt
    first_seed: Annotated[int, Field(ge=0)] | None = None


class Hatches(StrEnum):
    """At the start of every run, and then for good."""

    SHUT = "shut"
    OPEN = "open"


class CampaignFile(Closed):
    """exposures_h: how long a method looks before it answers; the watch is cut into such windows, one after another.

    A run: hatches shut or open and chamber pumped at its start, settle_h left out, background_h with every leak laid
    over it shut, then the watch. limit_pa: the pressure that predicted times to the limit are held against.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    why: Text
    bench: Text = "zvezda"
    compartment: Text
    hatches: Hatches = Hatches.SHUT
    first_seed: Annotated[int, Field(ge=0)] = 1
    duration_h: PositiveFloat
    period_s: PositiveFloat = 60.0
    settle_h: NonNegativeFloat = 1.0
    background_h: NonNegativeFloat = 4.0
    exposures_h: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    under_test: Text
    limit_pa: PositiveFloat | None = None
    scenario: Annotated[tuple[ScenarioEntry, ...], Field(min_length=1)]
    leak: tuple[LeakEntry, ...] = ()
    method: Annotated[tuple[MethodEntry, ...], Field(min_length=1)]
    requirement: tuple[RequirementEntry, ...] = ()
    headline: HeadlineEntry | None = None
    question: tuple[QuestionEntry, ...] = ()

    @property
    def watch_s(self) -> float:
        """When the first window begins."""
        return (self.settle_h + self.background_h) * HOUR_S

    @property
    def background_s(self) -> tuple[tuple[float, float], ...]:
        """Begin and end, if there is one."""
        return ((self.settle_h * HOUR_S, self.watch_s),) if self.background_h else ()

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        self._check_times()
        self._check_names()
        return self

    def _check_times(self) -> None:
        if abs(self.period_s / GRID_S - round(self.period_s / GRID_S)) > 1e-6:
            raise ValueError(f"period_s = {self.period_s:g} is no multiple of {GRID_S:g} s")
        for exposure_h in self.exposures_h:
            if self.watch_s + exposure_h * HOUR_S > self.duration_h * HOUR_S:
                raise ValueError(f"duration_h = {self.duration_h:g} leaves no window of {exposure_h:g} h")
        for leak in self.leak:
            if min(leak.onset_h) * HOUR_S < self.watch_s:
                raise ValueError(f"leak.{leak.name}.onset_h: it begins before the watch, {self.watch_s / HOUR_S:g} h")
            for exposure_h in self.exposures_h:
                if not self.first_window_after(max(leak.onset_h) * HOUR_S, exposure_h * HOUR_S):
                    raise ValueError(f"leak.{leak.name}.onset_h: no whole window of {exposure_h:g} h follows it")

    def _check_names(self) -> None:
        for kind in ("scenario", "leak"):
            twice(kind, [entry.name for entry in getattr(self, kind)])
        twice("question", [name for entry in self.question for name in entry.names])
        labels = [method.called for method in self.method]
        twice("method", labels)
        if self.under_test not in labels:
            raise ValueError(f"under_test: {self.under_test} is none of the methods ({', '.join(labels)})")
        scenarios = {entry.name for entry in self.scenario}
        for leak in self.leak:
            unknown(f"leak.{leak.name}.scenarios", leak.scenarios, scenarios)
        for number, wanted in enumerate(self.requirement):
            unknown(f"requirement.{number}.scenario", [wanted.scenario], {"", *scenarios})
            unknown(f"requirement.{number}.exposure_h", [wanted.exposure_h], {None, *self.exposures_h})
        if self.headline is not None:
            unknown("headline.nights", [self.headline.scenario, *self.headline.nights], scenarios)
            unknown("headline.hardest", [self.headline.hardest], self.headline.nights)
            unknown("headline.leak", [self.headline.leak], {leak.name for leak in self.leak})
            unknown("headline.plain", [self.headline.plain], labels)

    def windows_s(self, exposure_s: float) -> list[tuple[float, float]]:
        """Begin and end of the windows of the watch, as many as are whole."""
        count = int((self.duration_h * HOUR_S - self.watch_s) / exposure_s + 1e-9)
        return [(self.watch_s + i * exposure_s, self.watch_s + (i + 1) * exposure_s) for i in range(count)]

    def first_window_after(self, onset_s: float, exposure_s: float) -> tuple[float, float] | None:
        return next((window for window in self.windows_s(exposure_s) if window[0] >= onset_s - 1e-6), None)


def twice(key: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{key}.{name}: named more than once")


def unknown(key: str, names: Iterable[object], known: Collection[object]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{key}: {name} is not in this file")
