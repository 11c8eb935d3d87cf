"""The instruments of one bench, opened from its file: the only place that knows which driver answers to which name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bench import commands
from bench.commands import Command, label
from bench.config.model import Bench, ChannelEntry, InstrumentEntry
from bench.errors import ConfigError
from bench.roles import DigitalLines, Instrument, PressureController, SampleClock
from drivers.druck_pace5000 import PACE5000
from drivers.errors import InstrumentError
from drivers.keysight_34972a import Keysight34972A
from drivers.ni_daq import NiDaq
from drivers.pfeiffer_tpg366 import TPG366

Opener = Callable[[Bench, InstrumentEntry], Instrument]
SAFE_COMMANDS: Mapping[str, Callable[[str], Command]] = {
    "OpenValve": commands.OpenValve,
    "CloseValve": commands.CloseValve,
    "StopPump": commands.StopPump,
    "StopControl": commands.StopControl,
}


@dataclass(frozen=True, slots=True)
class Position:
    """An end switch channel and the level it shows once an actuator has got there."""

    channel: str
    level: float


class Station:
    """Open instruments by their names in the bench file."""

    def __init__(self, bench: Bench, instruments: Mapping[str, Instrument]) -> None:
        self.bench = bench
        self.instruments = instruments
        self.channels: tuple[ChannelEntry, ...] = bench.channels

    def identities(self) -> dict[str, dict[str, str]]:
        found = {name: instrument.identity() for name, instrument in self.instruments.items()}
        fields = ("manufacturer", "model", "serial", "firmware")
        return {name: {key: getattr(identity, key) for key in fields} for name, identity in found.items()}

    def settings(self) -> dict[str, dict[str, str]]:
        return {name: dict(instrument.settings()) for name, instrument in self.instruments.items()}

    def start_sampling(self) -> None:
        for instrument in self.instruments.values():
            if isinstance(instrument, SampleClock):
                instrument.start()

    def send(self, command: Command) -> None:
        """Move the hardware. Only Run calls this, after the interlocks allowed it. Never repeated by itself."""
        match command:
            case commands.OpenValve() | commands.CloseValve() | commands.StartPump() | commands.StopPump():
                lines, line, level = self._line(command)
                lines.write_line(line, level)
            case commands.SetPressure():
                self.controller(command.target).set_rate(command.rate_pa_s)
                self.controller(command.target).set_pressure(command.pressure_pa)
            case commands.StartControl() | commands.StopControl():
                self.controller(command.target).set_control(isinstance(command, commands.StartControl))

    def confirmed(self, command: Command) -> bool:
        """What the device itself now says: the level of the line, the state of the controller."""
        match command:
            case commands.OpenValve() | commands.CloseValve() | commands.StartPump() | commands.StopPump():
                lines, line, level = self._line(command)
                return lines.read_line(line) == level
            case commands.StartControl() | commands.StopControl():
                return self.controller(command.target).controlling() == isinstance(command, commands.StartControl)
            case commands.SetPressure():
                return True  # the driver reads rate and target back as it writes them

    def follows(self, command: Command) -> bool:
        """Send, then ask the device whether it did."""
        self.send(command)
        return self.confirmed(command)

    def safe_steps(self) -> tuple[Command, ...]:
        return tuple(SAFE_COMMANDS[step.command](step.target) for step in self.bench.safe_state)

    def make_safe(self) -> list[str]:
        """Every step of the declared safe state, in order, whatever fails on the way; what did fail, empty at best."""
        return [failure for step in self.safe_steps() if (failure := self._safe_step(step))]

    def _safe_step(self, step: Command) -> str | None:
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
        instrument = self.instruments[self._owner(command)]
        instrument.reconnect()
        if isinstance(instrument, SampleClock):
            instrument.start()

    def _owner(self, command: Command) -> str:
        return next((d.instrument for d in self.bench.driven if d.name == command.target), command.target)

    def positions(self, command: Command) -> tuple[Position, ...]:
        """End switches that must follow the command, as far as the bench file names any."""
        if isinstance(command, commands.StartPump | commands.StopPump):
            return (Position(f"{command.target}_running", float(isinstance(command, commands.StartPump))),)
        if not isinstance(command, commands.OpenValve | commands.CloseValve):
            return ()
        actuator = self.bench.actuators[command.target]
        opens = isinstance(command, commands.OpenValve)
        switches = (("open", actuator.open_switch, opens), ("closed", actuator.closed_switch, not opens))
        return tuple(Position(f"{actuator.name}_{end}", float(level)) for end, line, level in switches if line)

    def _line(self, command: Command) -> tuple[DigitalLines, str, bool]:
        if isinstance(command, commands.StartPump | commands.StopPump):
            pump = next(p for p in self.bench.pump if p.name == command.target)
            return self._lines(pump.instrument), pump.line, isinstance(command, commands.StartPump)
        actuator = self.bench.actuators[command.target]
        wanted = "open" if isinstance(command, commands.OpenValve) else "closed"
        return self._lines(actuator.instrument), actuator.line, actuator.energised == wanted

    def _lines(self, name: str) -> DigitalLines:
        instrument = self.instruments[name]
        if not isinstance(instrument, DigitalLines):
            raise ConfigError(f"{self.bench.file}: instrument.{name}: has no digital lines")
        return instrument

    def controller(self, name: str) -> PressureController:
        instrument = self.instruments[name]
        if not isinstance(instrument, PressureController):
            raise ConfigError(f"{self.bench.file}: instrument.{name}: is no pressure controller")
        return instrument


@contextmanager
def open_station(bench: Bench) -> Iterator[Station]:
    """All instruments of the bench, or none: what was opened before a failure is closed again."""
    check_drivers(bench)
    with ExitStack() as stack:
        instruments: dict[str, Instrument] = {}
        for entry in bench.instrument:
            instruments[entry.name] = _open(bench, entry)
            stack.callback(instruments[entry.name].close)
        yield Station(bench, instruments)


def check_drivers(bench: Bench) -> None:
    """Raise ConfigError for a driver that does not exist, before any instrument is touched."""
    for entry in bench.instrument:
        if entry.driver not in DRIVERS:
            reason = f"{entry.driver!r} unknown (known: {', '.join(sorted(DRIVERS))})"
            raise ConfigError(f"{bench.file}: instrument.{entry.name}.driver: {reason}")


def _open(bench: Bench, entry: InstrumentEntry) -> Instrument:
    try:
        return DRIVERS[entry.driver](bench, entry)
    except InstrumentError as error:
        error.add_note(f"while opening instrument {entry.name} at {entry.address}")
        raise


def _visa(driver: Any) -> Opener:  # noqa: ANN401 - a driver class; all are opened alike
    def opener(bench: Bench, entry: InstrumentEntry) -> Instrument:
        inputs = [channel.input for channel in bench.channels if channel.instrument == entry.name]
        instrument: Instrument = driver.open(entry.address, inputs=inputs, timeout_s=entry.timeout_s, **entry.options)
        return instrument

    return opener


def _daq(bench: Bench, entry: InstrumentEntry) -> Instrument:
    channels = [channel for channel in bench.channels if channel.instrument == entry.name]
    outputs = [a.line for a in bench.actuators.values() if a.instrument == entry.name]
    outputs += [pump.line for pump in bench.pump if pump.instrument == entry.name]
    return NiDaq.open(
        entry.address,
        analog_inputs=[channel.input for channel in channels if channel.quantity != "switch"],
        digital_inputs=[channel.input for channel in channels if channel.quantity == "switch"],
        digital_outputs=outputs,
        rate_hz=float(entry.options.get("rate_hz", 10.0)),
        timeout_s=entry.timeout_s,
    )


DRIVERS: Mapping[str, Opener] = {
    "ni_daq": _daq,
    "druck_pace5000": _visa(PACE5000),
    "pfeiffer_tpg366": _visa(TPG366),
    "keysight_34972a": _visa(Keysight34972A),
}
