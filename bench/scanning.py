"""Scans on the acquisition grid: each is recorded, judged by the interlocks and told to whoever listens."""

from collections.abc import Iterable

from bench.acquisition import Acquisition
from bench.actuation import Position
from bench.bursts import Heard
from bench.clock import Clock
from bench.commands import Command, label
from bench.config.interlocks import Interlock
from bench.history import History
from bench.listener import Listener
from bench.recorder import Recorder
from bench.records import Event, EventKind, RigState, Series
from bench.roles import Spectrum
from bench.standing import Standing
from bench.station import SAFE_COMMANDS, Station
from bench.watching import Watching

FRESH_PERIODS = 2.0
"""Age of the latest scan, in acquisition periods, up to which interlocks may be judged by it."""


class Scanning:
    """latest: the newest scan, None before the first; standing: the interlocks as it shows them. tripped: those that
    have stopped holding and wait to be answered. count: how many scans there were. watching: who is shown every one.
    """

    def __init__(self, station: Station, recorder: Recorder, clock: Clock, listener: Listener) -> None:
        self._station, self._recorder, self._clock, self._listener = station, recorder, clock, listener
        self._period_s = station.bench.acquisition.period_s
        self.acquisition = Acquisition(station, clock)
        self._places = {entry.name: i for i, entry in enumerate(station.channels)}
        self._history = History(self._places)
        self.watching = Watching(station.bench, self._places, self.notice)
        self.latest: RigState | None = None
        self.standing = Standing(station.bench.interlock)
        self.tripped: list[Interlock] = []
        self.due_s = 0.0
        self.count = 0

    def begin(self) -> None:
        """Every instrument is made ready; the grid's first point comes after that."""
        begun_s = self._clock.now()
        self._station.start_sampling()
        self._tell(self.acquisition.prepare())
        self._station.watch_over()
        self.due_s = begun_s + self._period_s * (1 + (self._clock.now() - begun_s) // self._period_s)

    def take(self) -> RigState:
        """The next one on the grid."""
        self._await_deadline()
        scan, events = self.acquisition.scan()
        self.count += 1
        self._history.append(scan)
        self.latest = RigState(self._places, scan)
        self._judge(self.latest)
        self._recorder.record(scan)  # not before it is seen: a full disk must not blind whoever makes the bench safe
        self._tell(events)
        if self.acquisition.heard:
            self._keep(self.acquisition.heard)
        self._listener.scanned(self.latest)
        self.watching.scanned(scan)
        return self.latest

    def _judge(self, state: RigState) -> None:
        tripped, over = self.standing.judge(state)
        self.tripped += [rule for rule in tripped if rule.actions]
        for bypass in over:
            self.event(EventKind.BYPASS_ENDED, interlock=bypass.interlock)

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
    def answers(self) -> list[Command]:
        """What the interlocks that have tripped command now, but what is so already; each is told of once."""
        answers: list[Command] = []
        for rule in self.tripped:
            wanted = [SAFE_COMMANDS[action.command](action.target) for action in rule.actions]
            wanted = [command for command in wanted if not self._station.confirmed(command)]
            if wanted:
                reasons = [f"{rule.name}: {self.standing.read[rule.name].reason}"]
                self.event(EventKind.INTERLOCK_TRIPPED, reasons=reasons, actions=[label(command) for command in wanted])
            answers += [command for command in wanted if command not in answers]
        self.tripped.clear()
        return answers

    def acknowledge(self, interlock: str, who: str, reason: str) -> None:
        self.standing.acknowledge(interlock)
        self.event(EventKind.INTERLOCK_ACKNOWLEDGED, interlock=interlock, who=who, reason=reason)

    def bypass(self, interlock: str, who: str, reason: str, duration_s: float) -> None:
        self.standing.bypass(interlock, who, reason, self._clock.now(), duration_s)
        detail = {"interlock": interlock, "who": who, "reason": reason, "duration_s": duration_s}
        self.event(EventKind.INTERLOCK_BYPASSED, **detail)

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

    def spectrum(self, analyser: str, first_amu: int, last_amu: int) -> Spectrum:
        """N2-equivalent Pa by mass, from a residual gas analyser; what it says is an event."""
        found = self._station.analyser(analyser).spectrum(first_amu, last_amu)
        pressures = dict(zip(map(int, found.masses), map(float, found.partial_pressures_pa), strict=True))
        total_pa = float(found.total_pressure_pa)
        self.event(EventKind.SPECTRUM, analyser=analyser, partial_pressures_pa=pressures, total_pressure_pa=total_pa)
        return found

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
