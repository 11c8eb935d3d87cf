"""What a leak-detection method is, and how it says that it cannot answer."""

from typing import Protocol, runtime_checkable

from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig


class CannotEstimateError(ValueError):
    """The data do not carry an answer (too few usable samples, no thermometer left ...); says which window and why."""

    def __init__(self, method: str, window: str, reason: str) -> None:
        super().__init__(method, window, reason)
        self.method = method
        self.window = window
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.method}: window {self.window!r}: {self.reason}"


@runtime_checkable
class Method(Protocol):
    """An algorithm under test. It sees the rig's stated properties and the scans, never what really leaked."""

    name: str

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        """Rate [kg/s] at which window.compartment loses gas in the window above its background, and its standard
        uncertainty; raises CannotEstimateError.
        """
        ...
