"""One run from its order to its sealed folder: opens the bench, real or simulated, and hands it to the procedure."""

import getpass
import platform
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from bench.clock import Clock, VirtualClock, WallClock
from bench.config.model import Bench
from bench.dataset import BENCH
from bench.ending import failures, note_others, verdict_of
from bench.errors import BenchError
from bench.listener import Listener
from bench.recorder import Recorder, new_run_folder
from bench.records import Event, EventKind, Outcome, Verdict
from bench.review.report import write_report
from bench.run import Run
from bench.settings import SettingsWatch
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant, never_compiled
from bench.station import open_station
from bench.stop import StopRequest
from drivers.errors import InstrumentError
from procedures.blindfold import hidden, hide
from procedures.guarding import Beating, watched
from procedures.ordered import Order, described
from procedures.progress import watcher
from procedures.provenance import git_commit, versions

COMPILE = """
from datetime import UTC, datetime
from bench.config.load import find_bench, load_bench
from bench.sim.rig import compile_plant
from bench.sim.scenario import load_scenario
compile_plant(load_bench(find_bench("zvezda"), datetime.now(UTC).date()), load_scenario("quiet"))
"""
"""Whatever the bench, the compiled code is the same."""


class Session:
    """Conducts one order. verdict, folder and timings_s can be read whatever happened."""

    def __init__(self, order: Order, runner: Callable[[str, Callable[[], Any]], Any] | None = None) -> None:
        self.order = order
        self.verdict: Verdict | None = None
        self.recorder: Recorder | None = None
        self.timings_s: dict[str, float] = {}
        self.taints = [str(override) for override in order.bench.overrides]
        self.bench_s = self.wall_s = 0.0
        self._runner = runner
        self._instruments: dict[str, object] = {}
        self._begun = order.begun
        self._commitment = hide(order.scenario, order.seed, order.plan.model_dump(mode="json")) if order.blind else None
        self._clock = _clock(order)
        self._first_compiler = self._begin_compiling()
        self._rig = self._make_rig()
        self._compiler = threading.Thread(target=self._compile, name="compile the plant")
        self._compiler.start()

    def conduct(self) -> None:
        """The whole run. Raises what ended it early, after the folder was closed and sealed."""
        with StopRequest() as stop, ExitStack() as closing:
            bench = closing.enter_context(serve(self._rig)).bench if self._rig else self.order.bench
            folder = new_run_folder(self.order.results, self.order.name, self._clock.utc())
            self.recorder = Recorder(folder, [entry.record() for entry in bench.channels], self._manifest())
            try:
                self._operate(self.recorder, bench, stop)
            except BaseException as error:
                stop.shield()
                self.verdict = self.verdict or verdict_of(error)
                self._close(self.recorder, [error])
                raise
            stop.shield()
            self._close(self.recorder, [])

    def note_failure(self, error: BaseException) -> None:
        """Say on standard error what ended the run; a fault of the program itself with its traceback."""
        if self.verdict is None or self.verdict.outcome in (Outcome.PASS, Outcome.FAIL):
            self.verdict = verdict_of(error)  # scored, but then the report or the closing failed
        self.wall_s = time.perf_counter() - self._begun
        expected = isinstance(error, BenchError | InstrumentError) or not isinstance(error, Exception)
        lines = [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]
        text = "".join(traceback.format_exception(error)) if not expected else "\n  ".join(lines) + "\n"
        sys.stderr.write(text)

    def _operate(self, recorder: Recorder, bench: Bench, stop: StopRequest) -> None:
        recorder.write_json(BENCH, self.order.bench.model_dump(mode="json"))
        self._compiler.join()
        expected = self.order.procedure.expected_phases(self.order.plan)
        with watcher(bench, expected, quiet=self.order.quiet) as watch, ExitStack() as closing:
            listener = closing.enter_context(self._guarded(watch, recorder)) if self.order.outlived else watch
            station = closing.enter_context(open_station(bench))
            identities = {name: {"identity": identity} for name, identity in station.identities().items()}
            recorder.update(instruments=identities)
            self.timings_s["startup"] = time.perf_counter() - self._begun
            if self._rig is None:
                self._clock = _clock(self.order)  # the time axis begins with the run, not with its imports
            run = Run(station, recorder, self._clock, listener, stop)
            run.runner = self._runner or run.runner
            run.attended = sys.stdin.isatty()
            try:
                with run:
                    self._announce(run)
                    self.order.procedure.procedure(run, self.order.plan)
            finally:
                self.verdict = run.verdict
                self.taints += run.taints
                self.bench_s = self._clock.now()
                self.timings_s["scans"] = time.perf_counter() - self._begun - self.timings_s["startup"]
                self._instruments = {n: {**identities[n], **_seen(watch)} for n, watch in run.settings.items()}

    def _guarded(self, watch: Listener, recorder: Recorder) -> Beating:
        speed = self.order.rig.speed if self.order.rig else 1.0
        return watched(self.order.key, recorder.folder, watch, self.order.bench.acquisition.period_s / speed)

    def _announce(self, run: Run) -> None:
        """What must be on record before anything moves."""
        for override in self.order.bench.overrides:
            run.event(EventKind.CERTIFICATE_OVERRIDDEN, **override.model_dump(), operator=getpass.getuser())
        if self._commitment is not None:
            run.event(EventKind.TRUTH_COMMITTED, sha256=self._commitment.sha256)

    def _close(self, recorder: Recorder, errors: list[BaseException]) -> None:
        """Outcome, sealed truth, report, hashes: whatever the run came to. errors: what ended it, which nothing that
        fails here may hide.
        """
        begun, none_yet = time.perf_counter(), not errors
        report = partial(write_report, recorder.folder)
        errors += failures((partial(self._update, recorder), partial(self._reveal, recorder), report, recorder.seal))
        self.timings_s["report"] = time.perf_counter() - begun
        self.wall_s = time.perf_counter() - self._begun
        note_others(errors)
        if none_yet and errors:
            raise errors[0]

    def _reveal(self, recorder: Recorder) -> None:
        if self._commitment is not None:
            recorder.event(Event(self._clock.now(), EventKind.TRUTH_REVEALED))
            recorder.update(**(described(self.order) | {"taints": self.taints}), blind=self._commitment.revealed)
        if self._rig is not None:
            recorder.write_json("sealed_truth.json", self._rig.sealed())

    def _update(self, recorder: Recorder) -> None:
        self.wall_s = time.perf_counter() - self._begun
        recorder.update(
            outcome=self.verdict.outcome if self.verdict else None,
            reason=self.verdict.reason if self.verdict else None,
            ended_utc=self._clock.utc().isoformat(),
            bench_seconds=self.bench_s,
            wall_seconds=self.wall_s,
            timings_s=self.timings_s,
            scans=recorder.scans,
            taints=self.taints,
            longest_unsynced_s=recorder.longest_unsynced_s,
            **({"instruments": self._instruments} if self._instruments else {}),
        )

    def _manifest(self) -> dict[str, object]:
        told = described(self.order)
        return {
            **told,
            **(hidden(told) if self._commitment else {}),
            "blind": self._commitment.stated if self._commitment else None,
            "operator": getpass.getuser(),
            "host": platform.node(),
            "started_utc": self._clock.utc().isoformat(),
            "versions": versions(),
            "git_commit": git_commit(),
        }

    def _make_rig(self) -> SimulatedRig | None:
        if self.order.scenario is None or not isinstance(self._clock, VirtualClock):
            return None
        day = self._clock.utc().date()
        return SimulatedRig(self.order.bench, self.order.scenario, self.order.seed, self._clock, day=day)

    def _begin_compiling(self) -> "subprocess.Popen[bytes] | None":
        """For the first time it takes half a minute: in a process of its own, or it would hold up Prefect's start. What
        that leaves is found here; if it fails, all is compiled here. Ctrl-C does not reach it.
        """
        if self.order.scenario is None or not never_compiled():
            return None
        command = [sys.executable, "-c", COMPILE]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603

    def _compile(self) -> None:
        begun = time.perf_counter()
        if self._first_compiler is not None:
            self._first_compiler.wait()
        if self._rig is not None:
            compile_plant(self._rig.bench, self._rig.scenario)
        self.timings_s["compile"] = time.perf_counter() - begun


def _clock(order: Order) -> Clock:
    if order.scenario is not None:
        return VirtualClock()
    return WallClock(order.rig.speed if order.rig else 1.0)


def _seen(watch: SettingsWatch) -> dict[str, object]:
    """An instrument's settings, and until when they are known to have been those."""
    return {"settings_start": watch.first, "settings_end": watch.latest, "settings_good_until_s": watch.good_s}
