"""The NI chassis of a bench file, served as NI's gRPC device server would."""

import math
from collections.abc import Callable, Iterable, Iterator

from bench.clock import WallClock
from bench.config.model import Bench, ChannelEntry, InstrumentEntry
from bench.errors import ConfigError
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.fault_orders import FaultOrders
from bench.sim.daq.driver.process import MovedPace, Pace, WallPace
from bench.sim.daq.face.server import start_daq
from bench.sim.daq.rack.device import Abilities, Device, Rack
from bench.sim.daq.rack.products import products
from bench.sim.ports import ChassisPort
from bench.sim.rack.server import SimServer
from bench.sim.rig import SimulatedRig
from bench.sim.scenario_entries import DaqFaultEntry

CHASSIS, CHASSIS_SERIAL = "cDAQ1", 0x01DA9189
MICROPHONE_MODULE = "PXIe-4498"


def serve_daq(
    server: SimServer, rig: SimulatedRig, entry: InstrumentEntry
) -> tuple[str, Callable[[], object], FaultOrders]:
    """Its address, how to stop it, and where to spoil it. ConfigError for a planned fault that cannot be."""
    bench = rig.bench
    inputs = {channel.input: channel for channel in bench.channels if channel.instrument == entry.name}
    outputs = [driven.line for driven in bench.driven if driven.instrument == entry.name and driven.line]
    modules = (*_modules(inputs, outputs), *_microphone_modules(bench, entry))
    driver = Driver(_rack(modules), ChassisPort(rig, inputs), pace_of(rig))
    orders = FaultOrders(driver, entry.name)
    for fault in rig.scenario.daq_fault:
        if fault.instrument == entry.name:
            _plan(orders, fault, rig.scenario.name)
    service, port = server.run(start_daq(driver))
    return f"grpc://127.0.0.1:{port}", lambda: server.run(service.stop(None)), orders


def _plan(orders: FaultOrders, fault: DaqFaultEntry, scenario: str) -> None:
    end_s = math.inf if fault.end_s is None else fault.end_s
    try:
        orders.plan(
            fault.kind, at=fault.at, begin_s=fault.begin_s, end_s=end_s, delay_s=fault.delay_s, level=fault.level
        )
    except ValueError as error:
        raise ConfigError(f"scenario {scenario}: daq_fault.{fault.kind}: {error}") from error


def pace_of(rig: SimulatedRig) -> Pace:
    clock = rig.clock
    return WallPace(clock, clock.speed) if isinstance(clock, WallClock) else MovedPace(clock)


def _rack(modules: Iterable[Device]) -> Rack:
    """The chassis, and a module per name in front of the first slash, with just the terminals that the bench uses."""
    base = products()["cDAQ-9189"].device(CHASSIS, "cDAQ-9189", CHASSIS_SERIAL)
    return Rack({base.name: base, **{module.name: module for module in modules}})


def _modules(inputs: dict[str, ChannelEntry], outputs: list[str]) -> Iterator[Device]:
    analog = [name for name, channel in inputs.items() if channel.quantity != "switch"]
    digital = [name for name, channel in inputs.items() if channel.quantity == "switch"]
    names = sorted({terminal.partition("/")[0] for terminal in (*analog, *digital, *outputs)})
    for number, name in enumerate(names):
        ai, di, do = (tuple(t for t in group if t.startswith(f"{name}/")) for group in (analog, digital, outputs))
        product = "NI 9209" if ai else "NI 9425" if di else "NI 9476"
        yield Device(
            name, product, 0x01DA0000 + number, _untimed(product), CHASSIS, number + 1, False, ai, (), (), di, do
        )


def _untimed(product: str) -> Abilities:
    """The rig tells and takes levels as they are now, whatever clocks the module has."""
    return products()[product].model_copy(update={"di_rate_hz": None, "do_rate_hz": None}).abilities()


def _microphone_modules(bench: Bench, entry: InstrumentEntry) -> Iterator[Device]:
    """For sound and vibration, in a chassis of their own: those that microphones are on."""
    terminals = [microphone.input for microphone in bench.microphone if microphone.instrument == entry.name]
    abilities = products()[MICROPHONE_MODULE].abilities()
    for number, name in enumerate(sorted({terminal.partition("/")[0] for terminal in terminals})):
        ai = tuple(terminal for terminal in terminals if terminal.startswith(f"{name}/"))
        yield Device(name, MICROPHONE_MODULE, 0x01DB0000 + number, abilities, simulated=False, ai=ai)
