"""The NI chassis of a bench file, served as NI's gRPC device server would."""

from collections.abc import Callable

from bench.config.model import ChannelEntry, InstrumentEntry
from bench.sim.daq import start_daq
from bench.sim.daq_driver import Driver
from bench.sim.daq_model import Chassis, Device
from bench.sim.ports import ChassisPort
from bench.sim.rack.server import SimServer
from bench.sim.rig import SimulatedRig


def serve_daq(server: SimServer, rig: SimulatedRig, entry: InstrumentEntry) -> tuple[str, Callable[[], object]]:
    """Its address, and how to stop it."""
    bench = rig.bench
    inputs = {channel.input: channel for channel in bench.channels if channel.instrument == entry.name}
    outputs = [driven.line for driven in bench.driven if driven.instrument == entry.name and driven.line]
    driver = Driver(Chassis(_modules(inputs, outputs)), ChassisPort(rig, inputs), rig.clock)
    service, port = server.run(start_daq(driver))
    return f"grpc://127.0.0.1:{port}", lambda: server.run(service.stop(None))


def _modules(inputs: dict[str, ChannelEntry], outputs: list[str]) -> dict[str, Device]:
    """One module per name in front of the first slash, with just the terminals that the bench file uses."""
    analog = [name for name, channel in inputs.items() if channel.quantity != "switch"]
    digital = [name for name, channel in inputs.items() if channel.quantity == "switch"]
    names = sorted({terminal.partition("/")[0] for terminal in (*analog, *digital, *outputs)})
    return {name: _module(number, name, analog, digital, outputs) for number, name in enumerate(names)}


def _module(number: int, name: str, analog: list[str], digital: list[str], outputs: list[str]) -> Device:
    ai, di, do = (tuple(t for t in group if t.startswith(f"{name}/")) for group in (analog, digital, outputs))
    product = "NI 9209" if ai else "NI 9425" if di else "NI 9476"
    return Device(product, 0x01DA0000 + number, ai=ai, di_lines=di, do_lines=do)
