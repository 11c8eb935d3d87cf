"""The calls about the states that outputs take when a device gets power or is reset."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message
from bench.sim.daq.rack.names import owner


def analog(driver: Driver, request: Message) -> Fields:
    """GetAnalogPowerUpStatesWithOutputType."""
    terminals = driver.rack.resolve(request.channel_names, "ao")
    if len(terminals) > request.array_size:
        raise DriverError(-200229)
    found = [driver.memory.output(terminal) for terminal in terminals]
    kinds = [kind for _, kind in found]
    return {"state_array": [value for value, _ in found], "channel_type_array": kinds, "channel_type_array_raw": kinds}


def put_analog(driver: Driver, request: Message) -> Fields:
    terminals = driver.rack.resolve(request.channel_names, "ao")
    if not len(terminals) == len(request.state_array) == len(request.channel_type_array):
        raise DriverError(-200077, f"Property: AO.PowerUpState\nRequested: {len(request.state_array)}")
    for terminal, value, kind in zip(terminals, request.state_array, request.channel_type_array, strict=True):
        driver.memory.put_analog(driver.rack.device(owner(terminal)), terminal, value, kind)
    return {}


def lines(driver: Driver, request: Message) -> Fields:
    """GetDigitalPowerUpStates: a state for each name, of a port that of its first line."""
    driver.rack.device(request.device_name)
    first = [driver.rack.resolve(name, "do_lines")[0] for name in request.channel_name]
    return {"power_up_states": [driver.memory.line(line) for line in first]}


def put_lines(driver: Driver, request: Message) -> Fields:
    device = driver.rack.device(request.device_name)
    for entry in request.power_up_states:
        for line in driver.rack.resolve(entry.channel_names, "do_lines"):
            driver.memory.put_line(device, line, entry.state)
    return {}


POWER_UP: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "GetAnalogPowerUpStatesWithOutputType": analog,
    "SetAnalogPowerUpStatesWithOutputType": put_analog,
    "GetDigitalPowerUpStates": lines,
    "SetDigitalPowerUpStates": put_lines,
}
