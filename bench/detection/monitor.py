"""A method that watches as time goes on: what it is asked, live, on a recorded run, in campaigns."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from bench.records import LeakEstimate, Series
from bench.rig import Rig


class Watch(Protocol):
    """One watch over one rig, from its start on."""

    def update(self, series: Series) -> Sequence[LeakEstimate]:
        """Scans later than all before, one or many: the answers that they bring, in the order of their time_s.

        What is answered, and when, must not depend on the pieces in which the scans come, nor on later ones. A scan
        may lack any reading (NaN), and scans may be missing. An answer with alarm = True wakes the crew.

        An answer's window is the compartment that it is about, or rig.WHOLE.
        """
        ...


@runtime_checkable
class Monitor(Protocol):
    """Its parameters; every watch is a new start. One that watches a single volume has a parameter `compartment`: it
    is made once for each that shall be watched.
    """

    @property
    def name(self) -> str: ...

    def start(self, rig: Rig, background: Series | None = None) -> Watch:
        """background: scans of this rig from before, with no leak but the nominal one: the noise may be learned from
        them, and never from what is watched. Raises CannotEstimateError if they do not do.
        """
        ...
