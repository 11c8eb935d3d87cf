"""The calls that create channels. What a client states at creation is kept as the channel's properties."""

from collections.abc import Callable, Iterator
from typing import Final

from bench.sim.daq.driver.channel import AO, CO, DI, DO, Channel, Kept, Scaling, Value, check_pulse
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.input_channels import CREATED
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.rack.device import Device, Terminals
from bench.sim.daq.rack.names import assigned, expand, owner

_ALL_LINES_IN_ONE: Final = 1


def _analog_outputs(measurement: int, unit: int) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        terminals = driver.rack.resolve(request.physical_channel, "ao")
        names = assigned(request.name_to_assign_to_channel, terminals)
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
            items = list(expand(request.lines))
            name = request.name_to_assign_to_lines or (items[0] if len(items) == 1 else f"{items[0]}...")
            channels = [Channel(name, kind, lines, kept={"LISTED": request.lines})]
        else:
            names = assigned(request.name_to_assign_to_lines, lines)
            channels = [Channel(name, kind, (line,)) for name, line in zip(names, lines, strict=True)]
        driver.task(request.task.name).add(channels)
        return {}

    return create


def _counters(properties: Callable[[Message], Iterator[tuple[str, Value]]]) -> Callable[[Driver, Message], Fields]:
    def create(driver: Driver, request: Message) -> Fields:
        terminals = driver.rack.resolve(request.counter, "counters")
        names = assigned(request.name_to_assign_to_channel, terminals)
        kept: dict[str, Kept] = dict(properties(request))
        for name, value in kept.items():
            check_pulse(name, value)
        channels = [Channel(name, CO, (t,), kept=kept.copy()) for name, t in zip(names, terminals, strict=True)]
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


def _by_ticks(request: Message) -> Iterator[tuple[str, Value]]:
    yield "CO_OUTPUT_TYPE", 10268
    yield "CO_PULSE_IDLE_STATE", enum(request, "idle_state")
    yield "CO_CTR_TIMEBASE_SRC", request.source_terminal
    yield "CO_PULSE_TICKS_INITIAL_DELAY", request.initial_delay
    yield "CO_PULSE_LOW_TICKS", request.low_ticks
    yield "CO_PULSE_HIGH_TICKS", request.high_ticks


CHANNELS: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    **CREATED,
    "CreateAOVoltageChan": _analog_outputs(10322, 10348),
    "CreateAOCurrentChan": _analog_outputs(10134, 10342),
    "CreateDIChan": _lines(DI, "di_lines"),
    "CreateDOChan": _lines(DO, "do_lines"),
    "CreateCOPulseChanFreq": _counters(_by_frequency),
    "CreateCOPulseChanTime": _counters(_by_time),
    "CreateCOPulseChanTicks": _counters(_by_ticks),
}
