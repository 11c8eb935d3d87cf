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
    """One instrument's settings as first found, and when they were last seen to be the same. latest: None when the last
    look found nobody.
    """

    instrument: str
    first: Mapping[str, str] | None = None
    latest: Mapping[str, str] | None = None
    good_s: float = 0.0

    def see(self, found: Mapping[str, str], now_s: float) -> list[Change]:
        """What is not as at the first look, and was not already at the last one."""
        first = self.first = dict(found) if self.first is None else self.first
        before, self.latest = self.latest or first, dict(found)
        changed = [name for name in sorted({*first, *found}) if first.get(name) != found.get(name)]
        if not changed:
            self.good_s = now_s
        return [
            Change(self.instrument, name, first.get(name), found.get(name), self.good_s)
            for name in changed
            if before.get(name) != found.get(name)
        ]
