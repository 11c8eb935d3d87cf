"""What drivers of instruments on a link have in common: the handshake, and how they get back into step."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from drivers.errors import InstrumentError, ProtocolError
from drivers.link import REMEDY, Link

PATIENT_EVERY: Final = 4
"""Every so many attempts to call an instrument back it is given all the time that it has otherwise."""


class VisaInstrument(ABC):
    """Whoever asks after a failure gets the link opened anew, its handshake included, and then the answer."""

    name: ClassVar[str]
    hurry_s: ClassVar[float] = 0.5
    """Longest time for a connection, and for each answer of a handshake, while the instrument is called back."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._calls = 0
        self.handshakes = 0
        """How often the dialogue was begun. Once more than before: it may have been switched off and on meanwhile."""
        self._begin()

    def reconnect(self) -> None:
        """As a rule not for long: whoever waits has others to ask. But a slow instrument must get through, too."""
        self._calls += 1
        with self._link.hurried(math.inf if self._calls % PATIENT_EVERY == 0 else self.hurry_s):
            self._link.reopen()
            self._begin()
        self._calls = 0

    def close(self) -> None:
        self._link.close()

    def ready(self, wait_s: float) -> bool:
        """Whether `collect()` need not wait, or need not after wait_s: the reply has begun to come, or is overdue."""
        return self._link.waiting(wait_s) or self._link.overdue

    @abstractmethod
    def _shake_hands(self) -> None:
        """Make sure that it is the instrument meant, and learn its units. Writes nothing."""

    def _begin(self) -> None:
        with handshake(self._link, self.name):
            self._shake_hands()
        self.handshakes += 1

    @contextmanager
    def _asking(self) -> Iterator[Link]:
        """The link, in step: after a failure, or a scan that nobody collected, it is opened anew."""
        if not self._link.is_ready:
            self.reconnect()
        with self._hearing() as link:
            yield link

    @contextmanager
    def _hearing(self) -> Iterator[Link]:
        """The link as it is. An answer that cannot be understood closes it: the next may belong to another question."""
        try:
            yield self._link
        except ProtocolError:
            self._link.close()
            raise


@contextmanager
def handshake(link: Link, instrument: str) -> Iterator[None]:
    """Around the opening dialogue: a failure closes the link and tells what to check, keeping its type.

    Opening a dead port succeeds, so this is where a dead or wrong instrument is found.
    """
    try:
        yield
    except InstrumentError as error:
        link.close()
        message = f"{instrument} at {link.address}: handshake failed, {REMEDY} ({error.problem})"
        raise type(error)(message, request=error.request, reply=error.reply) from error
    except BaseException:
        link.close()
        raise
