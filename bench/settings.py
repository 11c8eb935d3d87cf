"""An instrument's settings must stay what they were: they say what its numbers mean. Units above all."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """The run is void from the last time on that the setting was seen as it had been."""

    instrument: str
    setting: str
    was: str | None
    found: str | None
    void_from_s: float

    def __str__(self) -> str:
        return f"{self.instrument}: {self.setting} was {self.was}, is {self.found}; void from {self.void_from_s:g} s on"


@dataclass(slots=True)
class SettingsWatch:
    """One instrument's settings as first found, and when they were last seen to be the same."""

    instrument: str
    first: Mapping[str, str] | None = None
    latest: Mapping[str, str] | None = None
    good_s: float = 0.0

    def see(self, found: Mapping[str, str], now_s: float) -> list[Change]:
        """What has changed since the first look; the first look itself is the measure of all that follow."""
        if self.first is None:
            self.first = dict(found)
        self.latest = dict(found)
        names = sorted({*self.first, *found})
        changed = [
            Change(self.instrument, name, self.first.get(name), found.get(name), self.good_s)
            for name in names
            if self.first.get(name) != found.get(name)
        ]
        if not changed:
            self.good_s = now_s
        return changed
