"""Scans on the acquisition grid: each is recorded, judged by the interlocks and told to whoever listens."""

from collections.abc import Iterable

from bench.acquisition import Acquisition
from bench.actuation import Position
from bench.bursts import Heard
from bench.clock import Clock
from bench.history import History
from bench.interlock import Condition, conditions, trips
from bench.listener import Listener
from bench.recorder import Recorder
from bench.records import Event, EventKind, RigState, Series
from bench.station import Station
from bench.watching import Watching

FRESH_PERIODS = 2.0
"""Age of the latest scan, in acquisition periods, up to which interlocks may be judged by it."""


class Scanning:
    """latest: the newest scan, None before the first; standing: the interlocks' conditions as it shows them. count: how
    many there were. watching: who is shown every one.
    """

    def __init__(self, station: Station, recorder: Recorder, clock: Clock, listener: Listener) -> None:
        self._station, self._recorder, self._clock, self._listener = station, recorder, clock, listener
        self._interlock, self._period_s = station.bench.interlock, station.bench.acquisition.period_s
        self.acquisition = Acquisition(station, clock)
        self._places = {entry.name: i for i, entry in enumerate(station.channels)}
        self._history = History(self._places)
        self.watching = Watching(station.bench, self._places, self.notice)
        self.latest: RigState | None = None
        self.standing: dict[str, Condition] = {}
        self.due_s = 0.0
        self.count = 0

    def begin(self) -> None:
        """Every instrument is made ready; the grid's first point comes after that."""
        begun_s = self._clock.now()
        self._station.start_sampling()
        self._tell(self.acquisition.prepare())
        self.due_s = begun_s + self._period_s * (1 + (self._clock.now() - begun_s) // self._period_s)

    def take(self) -> RigState:
        """The next one on the grid."""
        self._await_deadline()
        scan, events = self.acquisition.scan()
        self.count += 1
        self._history.append(scan)
        self.latest = RigState(self._places, scan)
        self.standing = conditions(self._interlock, self.standing, self.latest)
        self._recorder.record(scan)  # not before it is seen: a full disk must not blind whoever makes the bench safe
        self._tell(events)
        if self.acquisition.heard:
            self._keep(self.acquisition.heard)
        self._listener.scanned(self.latest)
        self.watching.scanned(scan)
        return self.latest

    def _keep(self, heard: Heard) -> None:
        self.event(EventKind.BURST, file=self._recorder.burst(heard.burst), **heard.detail)

    def _await_deadline(self) -> None:
        """Wait for the grid's next point; points already missed are an event, never silently skipped."""
        missed = int((self._clock.now() - self.due_s) // self._period_s)
        if missed > 0:
            detail = {"missed_scans": missed, "since_s": self.due_s}
            self.due_s += missed * self._period_s
            self.notice(Event(self._clock.now(), EventKind.GAP, detail))
        self._clock.sleep_until(self.due_s)
        self.due_s += self._period_s

    # -- what the scans say ----------------------------------------------------------------------------------------
    def trips(self) -> tuple[str, ...]:
        """Why the run may not go on."""
        return trips(self._interlock, self.standing)

    def too_old(self) -> tuple[str, ...]:
        """Why nothing may be judged by the latest scan; empty if it may."""
        if self.latest is None:
            return ("there is no scan yet",)
        age_s = self._clock.now() - self.latest.scan.time_s
        return (f"the latest scan is {age_s:.1f} s old",) if age_s > FRESH_PERIODS * self._period_s else ()

    def shows(self, position: Position) -> bool:
        """Whether the end switch is read, and says so."""
        state = self.latest
        return state is not None and state.usable(position.channel) and state.value(position.channel) == position.level

    def series(self, duration_s: float) -> Series:
        """The last duration_s (as far as kept), NaN where a reading was not usable."""
        return self._history.since(self._clock.now() - duration_s)

    def check_settings(self) -> None:
        """Once more, at the end of a run."""
        self._tell(self.acquisition.check_settings())

    # -- events ----------------------------------------------------------------------------------------------------
    def event(self, kind: EventKind, **detail: object) -> None:
        self._recorder.event(Event(self._clock.now(), kind, detail))

    def notice(self, event: Event) -> None:
        """Recorded, and told to whoever listens."""
        self._recorder.event(event)
        self._listener.noticed(event)

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind is EventKind.SETTINGS:
                self._recorder.event(event)
            else:
                self.notice(event)
