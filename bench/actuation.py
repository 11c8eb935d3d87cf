"""How each command reaches an instrument, and what the instrument says of it afterwards."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bench import commands
from bench.commands import Command, label
from bench.config.model import Bench
from bench.config.parts import Heater
from bench.errors import CommandRefusedError, ConfigError
from bench.roles import (
    DigitalLines,
    FlowController,
    HeaterSupply,
    Instrument,
    LeakDetector,
    PressureController,
    PumpDrive,
    ResidualGasAnalyser,
)

CURRENT_MARGIN = 1.05
"""Of a heater's current limit over the current that its power takes: a supply in voltage control must not reach it."""
FLOW_TOLERANCE = 1e-3
"""Of full scale: what a flow controller's set point may lose in the digits that it prints."""
SWITCHES_ON = (
    commands.StartPump | commands.StartControl | commands.SetHeater | commands.StartFilament | commands.StartDetector
)
SWITCHES_OFF = (
    commands.StopPump | commands.StopControl | commands.StopHeater | commands.StopFilament | commands.StopDetector
)
OverLink = SWITCHES_ON | SWITCHES_OFF
OnLine = commands.OpenValve | commands.CloseValve | commands.StartPump | commands.StopPump
ROLES: Mapping[type, str] = {
    DigitalLines: "has no digital lines",
    PressureController: "is no pressure controller",
    PumpDrive: "is no drive of a pump",
    HeaterSupply: "is no supply of heaters",
    FlowController: "is no flow controller",
    LeakDetector: "is no leak detector",
    ResidualGasAnalyser: "is no residual gas analyser",
}
Role = TypeVar("Role")


@dataclass(frozen=True, slots=True)
class Position:
    """An end switch channel and the level it shows once an actuator has got there."""

    channel: str
    level: float


class Actuation:
    """Moves the hardware of one bench through instruments by their names in the bench file."""

    def __init__(self, bench: Bench, instruments: Mapping[str, Instrument]) -> None:
        self.bench = bench
        self.instruments = instruments

    def send(self, command: Command) -> None:
        """Raises CommandRefusedError, before anything is sent, for what is beyond the bench file's limits."""
        match command:
            case commands.StartPump() | commands.StopPump() if self._by_link(command):
                self._as(PumpDrive, self.owner(command)).set_running(isinstance(command, commands.StartPump))
            case commands.OpenValve() | commands.CloseValve() | commands.StartPump() | commands.StopPump():
                lines, line, level = self._line(command)
                lines.write_line(line, level)
            case commands.SetPressure():
                self.controller(command.target).set_rate(command.rate_pa_s)
                self.controller(command.target).set_pressure(command.pressure_pa)
            case commands.StartControl() | commands.StopControl():
                self.controller(command.target).set_control(isinstance(command, commands.StartControl))
            case commands.SetHeater() | commands.StopHeater():
                self._heat(command)
            case commands.SetFlow() | commands.StopFlow():
                self._as(FlowController, self.owner(command)).set_flow(self._flow_kg_s(command))
            case commands.StartFilament() | commands.StopFilament():
                analyser = self._as(ResidualGasAnalyser, command.target)
                analyser.set_filament(isinstance(command, commands.StartFilament))
            case commands.StartDetector() | commands.StopDetector():
                detector = self._as(LeakDetector, command.target)
                detector.set_measuring(isinstance(command, commands.StartDetector))

    def confirmed(self, command: Command) -> bool:
        """What the device itself now says: the level of the line, the state of the controller, supply or drive."""
        match command:
            case commands.SetPressure():
                return True  # the driver reads rate and target back as it writes them
            case commands.SetFlow() | commands.StopFlow():
                gap = self._as(FlowController, self.owner(command)).flow_setpoint_kg_s() - self._flow_kg_s(command)
                return abs(gap) <= FLOW_TOLERANCE * self._full_scale_kg_s(command.target)
            case commands.OpenValve() | commands.CloseValve():
                lines, line, level = self._line(command)
                return lines.read_line(line) == level
            case commands.StartPump() | commands.StopPump() if not self._by_link(command):
                lines, line, level = self._line(command)
                return lines.read_line(line) == level
            case _:
                return self._is_on(command) == isinstance(command, SWITCHES_ON)

    def _is_on(self, command: OverLink) -> bool:
        match command:
            case commands.StartPump() | commands.StopPump():
                return self._as(PumpDrive, self.owner(command)).running()
            case commands.StartControl() | commands.StopControl():
                return self.controller(command.target).controlling()
            case commands.SetHeater() | commands.StopHeater():
                heater = self.bench.named_heater(command.target)
                return self._as(HeaterSupply, heater.instrument).output_on(heater.output)
            case commands.StartFilament() | commands.StopFilament():
                return self._as(ResidualGasAnalyser, command.target).filament_on()
            case commands.StartDetector() | commands.StopDetector():
                return self._as(LeakDetector, command.target).measuring()

    def positions(self, command: Command) -> tuple[Position, ...]:
        """End switches that must follow the command, as far as the bench file names any."""
        if isinstance(command, commands.StartPump | commands.StopPump):
            if self.bench.named_pump(command.target).running_switch is None:
                return ()
            return (Position(f"{command.target}_running", float(isinstance(command, commands.StartPump))),)
        if not isinstance(command, commands.OpenValve | commands.CloseValve):
            return ()
        actuator = self.bench.actuators[command.target]
        opens = isinstance(command, commands.OpenValve)
        switches = (("open", actuator.open_switch, opens), ("closed", actuator.closed_switch, not opens))
        return tuple(Position(f"{actuator.name}_{end}", float(level)) for end, line, level in switches if line)

    def owner(self, command: Command) -> str:
        """The instrument that the command goes to."""
        parts = (*self.bench.driven, *self.bench.heater, *self.bench.flow_controller)
        return next((part.instrument for part in parts if part.name == command.target), command.target)

    def levels(self, steps: Iterable[Command], instrument: str) -> dict[str, bool]:
        """Of the instrument's lines after these steps."""
        on_line = [step for step in steps if isinstance(step, OnLine) and self.owner(step) == instrument]
        lines = [self._line(step) for step in on_line if not self._by_link(step)]
        return {line: level for _, line, level in lines}

    def controller(self, name: str) -> PressureController:
        return self._as(PressureController, name)

    def analyser(self, name: str) -> ResidualGasAnalyser:
        return self._as(ResidualGasAnalyser, name)

    # -- what a command says -------------------------------------------------------------------------------------
    def _by_link(self, command: OnLine) -> bool:
        """Whether it is a pump that is started over its drive's link, and not by a line."""
        pumps = isinstance(command, commands.StartPump | commands.StopPump)
        return pumps and self.bench.named_pump(command.target).line is None

    def _line(self, command: OnLine) -> tuple[DigitalLines, str, bool]:
        if isinstance(command, commands.StartPump | commands.StopPump):
            pump = self.bench.named_pump(command.target)
            return self._as(DigitalLines, pump.instrument), str(pump.line), isinstance(command, commands.StartPump)
        actuator = self.bench.actuators[command.target]
        wanted = "open" if isinstance(command, commands.OpenValve) else "closed"
        return self._as(DigitalLines, actuator.instrument), actuator.line, actuator.energised == wanted

    def _heat(self, command: commands.SetHeater | commands.StopHeater) -> None:
        heater = self.bench.named_heater(command.target)
        supply = self._as(HeaterSupply, heater.instrument)
        if isinstance(command, commands.StopHeater):
            supply.switch(heater.output, False)
            return
        volts = _volts(command, heater)
        supply.set_output(heater.output, volts, CURRENT_MARGIN * volts / heater.resistance_ohm)
        supply.switch(heater.output, True)

    def _flow_kg_s(self, command: commands.SetFlow | commands.StopFlow) -> float:
        if isinstance(command, commands.StopFlow):
            return 0.0
        if not 0.0 <= command.flow_kg_s <= self._full_scale_kg_s(command.target):  # not a number never is
            limit = self._full_scale_kg_s(command.target)
            raise CommandRefusedError(f"{label(command)}: {command.flow_kg_s:g} kg/s is not within 0 to {limit:g} kg/s")
        return command.flow_kg_s

    def _full_scale_kg_s(self, name: str) -> float:
        return self.bench.named_flow_controller(name).full_scale_kg_s

    def _as(self, role: type[Role], name: str) -> Role:
        instrument = self.instruments[name]
        if not isinstance(instrument, role):
            raise ConfigError(f"{self.bench.file}: instrument.{name}: {ROLES[role]}")
        return instrument


def _volts(command: commands.SetHeater, heater: Heater) -> float:
    if not 0.0 < command.power_w <= heater.max_power_w:  # not a number never is
        limit = f"is not above 0 and up to {heater.max_power_w:g} W"
        raise CommandRefusedError(f"{label(command)}: {command.power_w:g} W {limit}")
    return math.sqrt(command.power_w * heater.resistance_ohm)
