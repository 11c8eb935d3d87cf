"""Ctrl-C and SIGTERM: the first asks the run to stop in order, the second interrupts it on the spot."""

import signal
import threading
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Installed while a run lasts. asked: the first one's name; a second raises KeyboardInterrupt unless shielded."""

    def __init__(self) -> None:
        self.asked: str | None = None
        self._shielded = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal returned, it takes back

    def shield(self) -> None:
        """From now on signals are noted, not obeyed: the safe state is being reached."""
        self._shielded = True

    def _handle(self, number: int, _: FrameType | None) -> None:
        repeated = self.asked is not None
        self.asked = self.asked or signal.Signals(number).name
        if repeated and not self._shielded:
            raise KeyboardInterrupt
