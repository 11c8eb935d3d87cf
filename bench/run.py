"""One procedure's hold on the station: phases, holds, commands, events, and a safe exit by every door."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from bench import commands
from bench.actuation import Position
from bench.clock import Clock
from bench.commands import Command, label
from bench.dataset import Dataset
from bench.detection.made import Made
from bench.ending import blamed, failures, note_others, verdict_of
from bench.errors import (
    CommandRefusedError,
    ConfirmationError,
    InconclusiveError,
    InterlockTripError,
    RunAbortedError,
    SettingsChangedError,
    StorageError,
)
from bench.listener import Listener
from bench.recorder import Recorder
from bench.records import Burst, EventKind, Outcome, RigState, Series, Verdict, Window
from bench.roles import Spectrum
from bench.scanning import Scanning
from bench.station import Station
from bench.stop import StopRequest

T = TypeVar("T")
SWITCH_PATIENCE_S = 5.0
"""How long past its stated travel time an end switch may take."""


Runner = Callable[[str, Callable[[], T]], T]
"""Performs a phase's body under its name; Prefect's adapter makes it a task."""


class Run:
    """A context manager. Whatever ends it, the safe state is reached and read back, and no first error is hidden."""

    def __init__(
        self, station: Station, recorder: Recorder, clock: Clock, listener: Listener, stop: StopRequest
    ) -> None:
        self.station = station
        self.bench = station.bench
        self.recorder = recorder
        self.clock = clock
        self.verdict: Verdict | None = None
        self.runner: Runner[object] = lambda _, body: body()
        self.attended = False
        """Whether somebody is there who can answer for what he lets go unheeded."""
        self._listener = listener
        self._scanning = Scanning(station, recorder, clock, listener)
        self.settings = self._scanning.acquisition.settings
        self._stop = stop
        self._safe = False

    # -- from beginning to end -----------------------------------------------------------------------------------
    def __enter__(self) -> Self:
        self.event(EventKind.RUN_BEGUN)
        self._scanning.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop.shield()
        self.verdict = verdict_of(error) or self.verdict
        close = self.recorder.close_scans
        steps = (partial(self._note, error), self._leave_safe, self._check_settings, self._end, close)
        errors = [*([] if error is None else [error]), *failures(steps)]
        note_others(errors)
        if error is None and errors:
            self._blame_bench(str(errors[0]))
            raise errors[0]

    def _note(self, error: BaseException | None) -> None:
        if error is not None:
            self.event(EventKind.ERROR, type=type(error).__name__, message=str(error))

    def _leave_safe(self) -> None:
        if not self._safe:
            self.make_safe()

    def _check_settings(self) -> None:
        """What changed an instrument's units during the run changed what it has recorded."""
        self._scanning.check_settings()
        if self._scanning.acquisition.changes:
            self._blame_bench(str(self._scanning.acquisition.changes[0]))

    def _end(self) -> None:
        latched = self._scanning.standing.latched()
        if latched and not (self.verdict and self.verdict.outcome is Outcome.ERROR):
            self._blame_bench("; ".join(latched))  # whatever was found, and be it while all was made safe
        self.verdict = self.verdict or Verdict(Outcome.ERROR, "the procedure ended without a verdict")
        self.event(EventKind.RUN_ENDED, outcome=self.verdict.outcome, reason=self.verdict.reason)

    def perform(self, name: str, body: Callable[[], T]) -> T:
        """Do body as the phase called name."""

        def inside() -> T:
            with self._phase(name):
                return body()

        return self.runner(name, inside)  # type: ignore[return-value]  # a runner gives back what the body gave

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self.event(EventKind.PHASE_BEGUN, phase=name)
        self._listener.phase_begun(name)
        yield
        self.event(EventKind.PHASE_ENDED, phase=name)

    # -- scanning ------------------------------------------------------------------------------------------------
    @property
    def state(self) -> RigState:
        """The latest scan; the first is taken when nobody has yet."""
        if self._scanning.latest is None:
            self.scan()
        assert self._scanning.latest is not None
        return self._scanning.latest

    @property
    def scans(self) -> int:
        return self._scanning.count

    def hold(self, duration_s: float) -> None:
        """Scan for duration_s: record, check interlocks, obey a request to stop."""
        end_s = self.clock.now() + duration_s
        while self._scanning.due_s <= end_s + 1e-9:
            self.scan()

    def wait_for(self, condition: Callable[[RigState], bool], limit_s: float, what: str) -> None:
        """Scan until condition holds; after limit_s the question cannot be answered."""
        end_s = self.clock.now() + limit_s
        while not condition(self.state):
            if self.clock.now() >= end_s:
                raise InconclusiveError(f"{what}: not within {limit_s:g} s")
            self.scan()

    def scan(self) -> None:
        """The next scan on the grid."""
        if self._stop.asked and not self._safe:
            raise RunAbortedError(f"stopped by {self._stop.asked}")
        self._scanning.take()
        if self._scanning.acquisition.changes:
            raise SettingsChangedError(str(self._scanning.acquisition.changes[0]))
        reasons = (*self.station.fallen(), *self._scanning.standing.trips())
        if reasons:
            self.event(EventKind.INTERLOCK_TRIPPED, reasons=reasons)
            raise InterlockTripError("; ".join(reasons))
        self._answer_trips()
        self.recorder.check_room()

    def series(self, duration_s: float) -> Series:
        """The last duration_s of scans (as far as kept), NaN where a reading was not usable."""
        return self._scanning.series(duration_s)

    def watch(self, monitors: Sequence[Made], background_s: tuple[float, float]) -> None:
        """Let them see every scan from now on, until the safe state. background_s: when no leak was open but the
        nominal one.
        """
        if monitors:
            recorded = Dataset(self.recorder.folder).series()
            self._scanning.watching.begin(monitors, recorded, background_s, self.clock.now())

    # -- the one door --------------------------------------------------------------------------------------------
    def execute(self, command: Command) -> float:
        """Let the hardware act, if the interlocks allow; returns the time at which the device confirmed it.

        Raises CommandRefusedError (nothing sent), ConfirmationError (sent, but not seen to follow), InstrumentError.
        """
        self._refresh()
        confirmed_s = self._order(command)
        self._await_positions(command)
        return confirmed_s

    def _order(self, command: Command) -> float:
        refusals = self._scanning.too_old() or self._scanning.standing.violations(command)
        if refusals:
            self.event(EventKind.COMMAND_REFUSED, command=label(command), reasons=refusals)
            raise CommandRefusedError(f"{label(command)} refused: {'; '.join(refusals)}")
        self._safe = False
        if not self.station.follows(command):
            raise ConfirmationError(f"{label(command)}: sent, but the device does not read back so")
        confirmed_s = self.clock.now()
        self.event(EventKind.COMMAND_CONFIRMED, command=label(command))
        return confirmed_s

    def _answer_trips(self) -> None:
        """What interlocks command when they trip, through the same door; all of it before any wait."""
        answers = self._scanning.answers()
        for command in answers:
            self._order(command)
        for command in answers:
            self._await_positions(command)

    def _refresh(self) -> None:
        """Interlocks judge the latest scan; if that is too old (or there is none) take one now."""
        if self._scanning.too_old():
            self.scan()

    def _await_positions(self, command: Command) -> None:
        wanted = self.station.positions(command)
        if not wanted:
            return
        limit_s = self.clock.now() + self._travel_s(command) + SWITCH_PATIENCE_S
        while not self._reached(wanted):
            if self.clock.now() > limit_s:
                raise ConfirmationError(f"{label(command)}: end switch {wanted[0].channel} did not follow")
            self.scan()
        position = {commands.OpenValve: "open", commands.CloseValve: "closed"}.get(type(command), label(command))
        self.event(EventKind.POSITION_REACHED, actuator=command.target, position=position)

    def _travel_s(self, command: Command) -> float:
        actuator = self.bench.actuators.get(command.target)
        return actuator.travel_s if actuator else 0.0

    def _reached(self, wanted: tuple[Position, ...]) -> bool:
        return all(map(self._scanning.shows, wanted))

    def acknowledge(self, interlock: str, who: str, reason: str) -> None:
        """Let a latched interlock hold again. Raises CommandRefusedError while its reading forbids that."""
        self._scanning.acknowledge(interlock, who, reason)

    def bypass(self, interlock: str, who: str, reason: str, duration_s: float) -> None:
        """Let an interlock go unheeded for so long. It taints the run; CommandRefusedError where nobody attends."""
        self._scanning.bypass(interlock, who, reason, duration_s if self.attended else math.nan)

    @property
    def taints(self) -> tuple[str, ...]:
        """What was bypassed, by whom and why."""
        return tuple(self._scanning.standing.taints)

    # -- safe state ----------------------------------------------------------------------------------------------
    def make_safe(self) -> None:
        """Every step of the declared safe state, in order, whatever fails on the way; read back by line and switch."""
        steps = self.station.safe_steps()
        self._scanning.watching.closed = True  # from here on gas goes its own ways
        failures = [*self.station.make_safe(), *self._unreached(steps)]
        self._safe = True  # not before: an interrupt on the way here means that it is done again on leaving
        if failures:
            self._blame_bench(f"safe state not reached: {failures[0]}")
        else:
            self._listener.made_safe()
        self._scanning.watching.end()
        self.event(EventKind.SAFE_STATE, steps=[label(step) for step in steps], failures=failures)

    def _blame_bench(self, reason: str) -> None:
        self.verdict = blamed(self.verdict, reason)

    def _unreached(self, steps: Sequence[Command]) -> list[str]:
        """Scan until all end switches show the safe position, or patience ends."""
        wanted = tuple(p for step in steps for p in self.station.positions(step))
        limit_s = self.clock.now() + max(map(self._travel_s, steps), default=0.0) + SWITCH_PATIENCE_S
        try:
            self._look()
            while not self._reached(wanted) and self.clock.now() < limit_s:
                self._look()
        except Exception as error:  # noqa: BLE001 - a full disk, a broken terminal: all lines are safe already
            return [f"end switches not read: {type(error).__name__}: {error}"]
        return [f"{p.channel} does not show {p.level:g}" for p in wanted if not self._reached((p,))]

    def _look(self) -> None:
        """A scan on the way out. End switches are seen even where the disk does not take it, which is then said."""
        try:
            self._scanning.take()
        except StorageError as error:
            if self.verdict is None or str(error) not in self.verdict.reason:
                self._blame_bench(str(error))

    def spectrum(self, analyser: str, first_amu: int = 1, last_amu: int = 50) -> Spectrum:
        """Ask a residual gas analyser, whose filament is on; kept as an event. Scans missed meanwhile are a gap."""
        return self._scanning.spectrum(analyser, first_amu, last_amu)

    def burst(self) -> Burst | None:
        """Of all microphones, from the next scan on; scans keep their grid. None without any, or if lost: an event."""
        bursts = self._scanning.acquisition.bursts
        bursts.ask()
        while bursts.awaited:
            self.scan()
        return bursts.answer

    # -- events --------------------------------------------------------------------------------------------------
    def event(self, kind: EventKind, **detail: object) -> None:
        self._scanning.event(kind, **detail)

    def window(self, window: Window) -> None:
        """Note an interval that methods will be asked about."""
        detail = {"window": window.name, "compartment": window.compartment}
        self.event(EventKind.WINDOW, **detail, begin_s=window.begin_s, end_s=window.end_s, background=window.background)

    def conclude(self, verdict: Verdict) -> None:
        self.verdict = self.verdict or verdict
        self.event(EventKind.VERDICT, outcome=self.verdict.outcome, reason=self.verdict.reason)
