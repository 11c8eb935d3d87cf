"""A simulated instrument as it stands in the rack: switched on or off, in order or not, reached by so many wires."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from bench.sim.rack.wire_faults import CLOSED, CUTTING, Distortion, WireFault, WireFaultKind


class Instrument(Protocol):
    """Anything that answers bytes; more is optional.

    `single_client = True` takes one connection at a time. `idle() -> bytes` is what is said without being asked: it is
    called once a second until a connection's first byte, and again while an attribute `streaming` is true. `refusing`
    and `failing` are set from outside: it refuses whatever it is asked, it shows its error state. `response_s`: stated
    time to answer. `hung_up()` is called when the last network client has gone: what that left unfinished is forgotten,
    unless all that reaches the instrument is a serial line.
    """

    def receive(self, data: bytes) -> bytes:
        """Takes half a command, or three; answers what is due."""


class Connection(Protocol):
    def cut(self, *, power_lost: bool) -> None:
        """End it, if it can be ended: a serial line outlives the power of what it leads to."""

    def restore(self) -> None:
        """What could not be reached can be again."""


class Device:
    """make: the instrument as it is after power-up. now_s: the rig's time, for faults that are planned. freeze: hold
    what its sensors show. pace: wall time that the stated response time of so many seconds takes (None: it is ignored).
    """

    def __init__(
        self,
        make: Callable[[], Instrument],
        *,
        faults: Iterable[WireFault] = (),
        now_s: Callable[[], float] = lambda: 0.0,
        freeze: Callable[[bool], None] = lambda _: None,
        pace: Callable[[float], float] | None = None,
    ) -> None:
        self._make, self._now_s, self._freeze, self._pace = make, now_s, freeze, pace
        self.instrument = make()
        self.single_client = bool(getattr(self.instrument, "single_client", False))
        self.connections: set[Connection] = set()
        self._faults = sorted(faults, key=lambda fault: fault.begin_s)
        self._begun: list[WireFault] = []
        self._kinds: frozenset[WireFaultKind] = frozenset()
        self._distortion = Distortion()
        self._busy_until_s = 0.0  # on time.monotonic

    # -- what wires ask ------------------------------------------------------------------------------------------
    def reachable(self) -> bool:
        return self.follow().isdisjoint(CLOSED)

    def hear(self, data: bytes) -> bytes:
        """What comes back at once, or late_s() later."""
        kinds = self.follow()
        if WireFaultKind.POWER_CYCLE in kinds:
            return b""
        reply = self.instrument.receive(data)
        return self._distortion.of(reply, kinds) if kinds else reply

    def hung_up(self) -> None:
        """The last network client has gone."""
        forget: Callable[[], None] | None = getattr(self.instrument, "hung_up", None)
        if forget is not None:
            forget()

    def late_s(self) -> float:
        """Wall time by which a reply comes later than at once."""
        delays = [f.delay_s for f in self._faults if f.kind is WireFaultKind.LATE_REPLY and f.active(self._now_s())]
        return max(delays, default=0.0) + self._stated_s()

    def _stated_s(self) -> float:
        """The answers of an instrument that takes its time come one after the other."""
        if self._pace is None:
            return 0.0
        now_s = time.monotonic()
        taken_s = self._pace(float(getattr(self.instrument, "response_s", 0.0)))
        self._busy_until_s = max(self._busy_until_s, now_s) + taken_s
        return self._busy_until_s - now_s

    @property
    def answers_at_once(self) -> bool:
        return not self._faults and self._pace is None

    def idle(self, *, quiet: bool) -> bytes:
        """What is said without being asked in a second; quiet: nobody has said anything yet."""
        kinds = self.follow()
        talk: Callable[[], bytes] | None = getattr(self.instrument, "idle", None)
        if (
            talk is None
            or WireFaultKind.POWER_CYCLE in kinds
            or not (quiet or getattr(self.instrument, "streaming", False))
        ):
            return b""
        return talk()

    # -- what goes wrong -----------------------------------------------------------------------------------------
    def strike(self, fault: WireFault) -> None:
        """In the order in which they begin, or one that is still to come would let this one begin once more then."""
        self._faults.append(fault)
        self._faults.sort(key=lambda fault: fault.begin_s)
        self.follow()

    def heal(self) -> None:
        """End all faults, planned ones too."""
        self._faults.clear()
        self.follow()

    def follow(self) -> frozenset[WireFaultKind]:
        """Let planned faults begin and end; the kinds that ail it now."""
        if not self._faults and not self._kinds:
            return self._kinds
        now_s = self._now_s()
        begun = [fault for fault in self._faults if fault.begin_s <= now_s]
        new = begun[len(self._begun) :] if begun[: len(self._begun)] == self._begun else begun
        was, self._kinds = self._kinds, frozenset(fault.kind for fault in begun if fault.active(now_s))
        self._begun = begun
        for fault in new:
            self._begin(fault.kind)
        if new or self._kinds != was:
            self._turn(was.union(fault.kind for fault in new))
        return self._kinds

    def _begin(self, kind: WireFaultKind) -> None:
        if kind in CUTTING:
            for connection in list(self.connections):
                connection.cut(power_lost=kind is WireFaultKind.POWER_CYCLE)

    def _turn(self, was: frozenset[WireFaultKind]) -> None:
        """The instrument follows its faults; power that has come back finds it as it is after power-up."""
        if WireFaultKind.POWER_CYCLE in was - self._kinds:
            self.instrument, self._distortion = self._make(), Distortion()
        self.instrument.refusing = WireFaultKind.NAK in self._kinds  # type: ignore[attr-defined]  # see Instrument
        self.instrument.failing = WireFaultKind.ERROR_STATUS in self._kinds  # type: ignore[attr-defined]
        self._freeze(WireFaultKind.FROZEN_VALUE in self._kinds)
        if self._kinds.isdisjoint(CLOSED):
            for connection in list(self.connections):
                connection.restore()
