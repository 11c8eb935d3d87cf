"""The instruments of one bench, opened from its file: the only place that knows which driver answers to which name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from inspect import signature

from bench import commands
from bench.actuation import Actuation, Position
from bench.commands import Command, label
from bench.config.model import Bench, ChannelEntry, InstrumentEntry
from bench.errors import ConfigError
from bench.roles import Instrument, PressureController, ResidualGasAnalyser, SampleClock, Watchdog
from drivers.errors import InstrumentError

GROUP = "leakbench.drivers"
KICKS = 4.0
"""Of a hardware watchdog within its time-out."""
SAFE_COMMANDS: Mapping[str, Callable[[str], Command]] = {
    "OpenValve": commands.OpenValve,
    "CloseValve": commands.CloseValve,
    "StopPump": commands.StopPump,
    "StopControl": commands.StopControl,
    "StopHeater": commands.StopHeater,
    "StopFlow": commands.StopFlow,
    "StopFilament": commands.StopFilament,
}


class Station:
    """Open instruments by their names in the bench file."""

    def __init__(self, bench: Bench, instruments: Mapping[str, Instrument]) -> None:
        self.bench = bench
        self.instruments = instruments
        self.channels: tuple[ChannelEntry, ...] = bench.channels
        self._actuation = Actuation(bench, instruments)

    def identities(self) -> dict[str, dict[str, str]]:
        found = {name: instrument.identity() for name, instrument in self.instruments.items()}
        fields = ("manufacturer", "model", "serial", "firmware")
        return {name: {key: getattr(identity, key) for key in fields} for name, identity in found.items()}

    def start_sampling(self) -> None:
        for instrument in self.instruments.values():
            if isinstance(instrument, SampleClock):
                instrument.start()

    def watch_over(self) -> None:
        """From now on the hardware makes its lines safe by itself when scans stop, as far as the bench file says so."""
        for entry in self.bench.instrument:
            if entry.watchdog_s is not None:
                levels = self._actuation.levels(self.safe_steps(), entry.name)
                every = max(1, int(entry.watchdog_s / self.bench.acquisition.period_s / KICKS))
                self._watchdog(entry.name).watch_over(levels, entry.watchdog_s, every)

    def fallen(self) -> tuple[str, ...]:
        """Instruments whose lines the hardware has made safe by itself, because scans stopped for too long."""
        watched = [entry for entry in self.bench.instrument if entry.watchdog_s is not None]
        fallen = [entry for entry in watched if self._watchdog(entry.name).fallen]
        return tuple(
            f"the hardware watchdog of {e.name} has dropped its lines: no scan for {e.watchdog_s:g} s" for e in fallen
        )

    def _watchdog(self, name: str) -> Watchdog:
        instrument = self.instruments[name]
        if not isinstance(instrument, Watchdog):
            raise ConfigError(f"{self.bench.file}: instrument.{name}.watchdog_s: its driver knows no watchdog")
        return instrument

    def send(self, command: Command) -> None:
        """Move the hardware. Only Run calls this, after the interlocks allowed it. Never repeated by itself."""
        self._actuation.send(command)

    def confirmed(self, command: Command) -> bool:
        """What the device itself now says."""
        return self._actuation.confirmed(command)

    def follows(self, command: Command) -> bool:
        """Send, then ask the device whether it did."""
        self.send(command)
        return self.confirmed(command)

    def safe_steps(self) -> tuple[Command, ...]:
        return tuple(SAFE_COMMANDS[step.command](step.target) for step in self.bench.safe_state)

    def make_safe(self) -> list[str]:
        """Every step of the declared safe state, in order, whatever fails on the way; what did fail, empty at best."""
        return [failure for step in self.safe_steps() if (failure := self.safe_step(step))]

    def safe_step(self, step: Command) -> str | None:
        """Why the step was not taken, or None. A link cut in the middle of an exchange gets a second chance."""
        try:
            try:
                follows = self.follows(step)
            except InstrumentError:
                self._reconnect(step)
                follows = self.follows(step)
        except Exception as error:  # noqa: BLE001 - the steps after this one must be taken
            return f"{label(step)}: {type(error).__name__}: {error}"
        return None if follows else f"{label(step)}: not read back"

    def _reconnect(self, command: Command) -> None:
        """Open the link that the command goes over anew; the instrument's outputs stay as they are."""
        instrument = self.instruments[self.owner(command)]
        instrument.reconnect()
        if isinstance(instrument, SampleClock):
            instrument.start()

    def owner(self, command: Command) -> str:
        """The instrument that the command goes to."""
        return self._actuation.owner(command)

    def positions(self, command: Command) -> tuple[Position, ...]:
        """End switches that must follow the command, as far as the bench file names any."""
        return self._actuation.positions(command)

    def controller(self, name: str) -> PressureController:
        return self._actuation.controller(name)

    def analyser(self, name: str) -> ResidualGasAnalyser:
        return self._actuation.analyser(name)


@contextmanager
def open_station(bench: Bench) -> Iterator[Station]:
    """All instruments of the bench, or none: what was opened before a failure is closed again."""
    check_drivers(bench)
    with ExitStack() as stack:
        instruments: dict[str, Instrument] = {}
        for entry in bench.instrument:
            instruments[entry.name] = open_instrument(bench, entry)
            stack.callback(instruments[entry.name].close)
        yield Station(bench, instruments)


def check_drivers(bench: Bench) -> None:
    """Raise ConfigError for a driver that does not exist, before any instrument is touched."""
    known = known_drivers()
    for entry in bench.instrument:
        if entry.driver not in known:
            reason = f"{entry.driver!r} unknown (known: {', '.join(sorted(known))})"
            raise ConfigError(f"{bench.file}: instrument.{entry.name}.driver: {reason}")


@cache
def known_drivers() -> Mapping[str, EntryPoint]:
    """By name: ours and those of any package installed beside, all entry points of one group (drivers/README.md)."""
    return {point.name: point for point in entry_points(group=GROUP)}


def open_instrument(bench: Bench, entry: InstrumentEntry, *, freed: bool = False) -> Instrument:
    """A driver's class is opened with its inputs, its time-out and the options of the bench file; one that has digital
    lines or microphones there with these, too. freed: taken from whoever uses it, if its driver can do that.
    """
    channels = [channel for channel in bench.channels if channel.instrument == entry.name]
    lines: dict[str, list[str]] = {
        "digital_inputs": [channel.input for channel in channels if channel.quantity == "switch"],
        "digital_outputs": [d.line for d in bench.driven if d.instrument == entry.name and d.line],
    }
    inputs = [channel.input for channel in channels if channel.quantity != "switch"]
    wiring: dict[str, object] = {"inputs": inputs, **(lines if any(lines.values()) else {}), **_hearing(bench, entry)}
    try:
        driver = known_drivers()[entry.driver].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{bench.file}: instrument.{entry.name}.driver: cannot be loaded: {error}") from error
    if freed and "freed" in signature(driver.open).parameters:
        wiring["freed"] = True
    try:
        instrument: Instrument = driver.open(entry.address, timeout_s=entry.timeout_s, **wiring, **entry.options)
    except InstrumentError as error:
        error.add_note(f"while opening instrument {entry.name} at {entry.address}")
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{bench.file}: instrument.{entry.name}: {error}") from error
    return instrument


def _hearing(bench: Bench, entry: InstrumentEntry) -> dict[str, object]:
    """An instrument's microphones, as the bench file states them, and how a burst is sampled."""
    microphones = tuple(microphone for microphone in bench.microphone if microphone.instrument == entry.name)
    sampling = {"burst_rate_hz": bench.acoustics.rate_hz, "burst_s": bench.acoustics.burst_s}
    return {"microphones": microphones, **sampling} if microphones else {}
