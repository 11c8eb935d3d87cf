"""What can go wrong between a simulated instrument and whoever asks it, and what becomes of its replies then."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class WireFaultKind(StrEnum):
    NO_REPLY = "no_reply"
    LATE_REPLY = "late_reply"
    TRUNCATED = "truncated"
    GARBLED = "garbled"
    DOUBLED = "doubled"
    PREVIOUS_REPLY = "previous_reply"
    DISCONNECT = "disconnect"
    REFUSE_CONNECTION = "refuse_connection"
    NAK = "nak"
    ERROR_STATUS = "error_status"
    FROZEN_VALUE = "frozen_value"
    POWER_CYCLE = "power_cycle"


CUTTING = frozenset({WireFaultKind.DISCONNECT, WireFaultKind.REFUSE_CONNECTION, WireFaultKind.POWER_CYCLE})
"""These end every connection when they begin."""
CLOSED = frozenset({WireFaultKind.REFUSE_CONNECTION, WireFaultKind.POWER_CYCLE})
"""While these last nobody gets a new one."""


@dataclass(frozen=True, slots=True)
class WireFault:
    """begin_s, end_s: time of the rig. delay_s: wall time by which a late reply is late, to outlast a time-out."""

    kind: WireFaultKind
    begin_s: float = 0.0
    end_s: float = math.inf
    delay_s: float = 10.0

    def active(self, time_s: float) -> bool:
        return self.begin_s <= time_s < self.end_s


class Distortion:
    """Of the replies of one instrument, one after the other; the same faults distort the same replies equally."""

    def __init__(self) -> None:
        self._held = b""
        self._replies = 0

    def of(self, reply: bytes, kinds: Collection[WireFaultKind]) -> bytes:
        if not reply:
            return reply
        self._replies += 1
        if WireFaultKind.PREVIOUS_REPLY in kinds:
            reply, self._held = self._held, reply
        else:
            self._held = b""
        if WireFaultKind.GARBLED in kinds:
            reply = self._garbled(reply)
        if WireFaultKind.TRUNCATED in kinds:
            reply = reply[: len(reply) // 2]
        if WireFaultKind.DOUBLED in kinds:
            reply *= 2
        return b"" if WireFaultKind.NO_REPLY in kinds else reply

    def _garbled(self, reply: bytes) -> bytes:
        """A framing error or a bit in the noise: in about every fourth byte, one at least, the top bit is set."""
        import numpy as np  # late: the command line reads this file to name the kinds

        chance = np.random.Generator(np.random.Philox(key=self._replies))
        struck = chance.random(len(reply)) < 0.25
        struck[int(chance.integers(len(reply)))] = True
        return bytes(byte | 0x80 if hit else byte for byte, hit in zip(reply, struck, strict=True))
