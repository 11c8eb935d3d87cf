"""The calls that create channels. What a client states at creation is kept as the channel's properties."""

from collections.abc import Callable, Iterator
from typing import Final

from bench.sim.daq.driver.channel import AI, AO, CO, DI, DO, Channel, Scaling, Value
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.scales import Scale, current, microphone, resistance_thermometer, thermocouple, voltage
from bench.sim.daq.rack.device import Device, Terminals
from bench.sim.daq.rack.names import owner

_ALL_LINES_IN_ONE: Final = 1


def _analog_inputs(scale: Scale) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        terminals = driver.rack.resolve(request.physical_channel, "ai", "internal")
        names = _assigned(request.name_to_assign_to_channel, terminals)
        channels = []
        for name, terminal in zip(names, terminals, strict=True):
            device = driver.rack.device(owner(terminal))
            scaling, limits, kept = scale(request, device)
            if scaling.measurement not in device.abilities.measures:
                raise DriverError(-200431, f"Physical Channel: {terminal}\nTask Name: {request.task.name}")
            channels.append(Channel(name, AI, (terminal,), *limits, scaling, kept))
        driver.task(request.task.name).add(channels)
        return {}

    return create


def _analog_outputs(measurement: int, unit: int) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        terminals = driver.rack.resolve(request.physical_channel, "ao")
        names = _assigned(request.name_to_assign_to_channel, terminals)
        channels = [
            _analog_output(driver.rack.device(owner(terminal)), name, terminal, request, (measurement, unit))
            for name, terminal in zip(names, terminals, strict=True)
        ]
        driver.task(request.task.name).add(channels)
        return {}

    return create


def _analog_output(device: Device, name: str, terminal: str, request: Message, quantity: tuple[int, int]) -> Channel:
    if quantity[0] not in device.abilities.generates:
        raise DriverError(-200431, f"Physical Channel: {terminal}\nTask Name: {request.task.name}")
    limits = (request.min_val, request.max_val)
    low, high = max(device.abilities.ao_ranges, key=lambda limits: limits[1] - limits[0])
    if not low <= limits[0] < limits[1] <= high:
        raise DriverError(-200077, f"Property: AO.Min, AO.Max\nRequested: {limits[0]}, {limits[1]}")
    return Channel(name, AO, (terminal,), *limits, Scaling(*quantity, low, high))


def _lines(kind: int, terminals: Terminals) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        lines = driver.rack.resolve(request.lines, terminals)
        if enum(request, "line_grouping") == _ALL_LINES_IN_ONE:
            shown = request.lines if len(lines) == 1 or "line" not in request.lines else f"{lines[0]}..."
            listed = {"LISTED": request.lines}
            channels = [Channel(request.name_to_assign_to_lines or shown, kind, lines, kept=dict(listed))]
        else:
            names = _assigned(request.name_to_assign_to_lines, lines)
            channels = [Channel(name, kind, (line,)) for name, line in zip(names, lines, strict=True)]
        driver.task(request.task.name).add(channels)
        return {}

    return create


def _counters(properties: Callable[[Message], Iterator[tuple[str, Value]]]) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        terminals = driver.rack.resolve(request.counter, "counters")
        names = _assigned(request.name_to_assign_to_channel, terminals)
        kept = dict(properties(request))
        channels = [Channel(name, CO, (t,), kept=dict(kept)) for name, t in zip(names, terminals, strict=True)]
        driver.task(request.task.name).add(channels)
        return {}

    return create


def _by_frequency(request: Message) -> Iterator[tuple[str, Value]]:
    yield "CO_OUTPUT_TYPE", 10119
    yield "CO_PULSE_IDLE_STATE", enum(request, "idle_state")
    yield "CO_PULSE_FREQ_INITIAL_DELAY", request.initial_delay
    yield "CO_PULSE_FREQ", request.freq
    yield "CO_PULSE_DUTY_CYC", request.duty_cycle


def _by_time(request: Message) -> Iterator[tuple[str, Value]]:
    yield "CO_OUTPUT_TYPE", 10269
    yield "CO_PULSE_IDLE_STATE", enum(request, "idle_state")
    yield "CO_PULSE_TIME_INITIAL_DELAY", request.initial_delay
    yield "CO_PULSE_LOW_TIME", request.low_time
    yield "CO_PULSE_HIGH_TIME", request.high_time
    yield "CO_PULSE_FREQ", 1.0 / (request.low_time + request.high_time)


def _assigned(name: str, terminals: tuple[str, ...]) -> list[str]:
    """Names of the channels: the given one, numbered if there are several, else those of the terminals."""
    if not name:
        return list(terminals)
    return [name] if len(terminals) == 1 else [f"{name}{index}" for index in range(len(terminals))]


CHANNELS: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "CreateAIVoltageChan": _analog_inputs(voltage),
    "CreateAICurrentChan": _analog_inputs(current),
    "CreateAIThrmcplChan": _analog_inputs(thermocouple),
    "CreateAIRTDChan": _analog_inputs(resistance_thermometer),
    "CreateAIMicrophoneChan": _analog_inputs(microphone),
    "CreateAOVoltageChan": _analog_outputs(10322, 10348),
    "CreateAOCurrentChan": _analog_outputs(10134, 10342),
    "CreateDIChan": _lines(DI, "di_lines"),
    "CreateDOChan": _lines(DO, "do_lines"),
    "CreateCOPulseChanFreq": _counters(_by_frequency),
    "CreateCOPulseChanTime": _counters(_by_time),
}
