"""Who hears of a run while it is at work."""

from typing import Protocol

from bench.records import Event, RigState


class Listener(Protocol):
    """Somebody who watches a run: a terminal, a page."""

    def phase_begun(self, name: str) -> None: ...
    def scanned(self, state: RigState) -> None: ...
    def made_safe(self) -> None:
        """The whole safe state was reached and read back; nothing has moved since."""

    def noticed(self, event: Event) -> None:
        """Something about the instruments that whoever watches should know now."""
