"""The simulated DAQ without a rig: a rack from a file, served to whoever connects."""

import time
from contextlib import ExitStack

import typer

from bench.clock import WallClock
from bench.errors import ConfigError
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.fault_orders import FaultOrders
from bench.sim.daq.driver.process import WallPace
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.face.server import Service, start_daq
from bench.sim.daq.rack.file import find_rack, load_rack, shipped_racks
from bench.sim.daq.rack.products import Product, products
from bench.sim.daq.signals import signals_of
from bench.sim.rack.control import Control
from bench.sim.rack.device import Device
from bench.sim.rack.server import SimServer
from bench.stop import StopRequest
from procedures.fault import announced

LOOK_S = 0.05
"""Wall time between two looks whether somebody wants it to end."""


def racks() -> str:
    """The shipped ones, a line each."""
    found = {name: load_rack(find_rack(name)).why for name in shipped_racks()}
    width = max(map(len, found))
    return "\n".join(f"{name:{width}}  {why}" for name, why in found.items())


def catalogue() -> str:
    """Products and what they have, a line each."""
    width = max(map(len, products()))
    return "\n".join(f"{name:{width}}  {_has(product)}" for name, product in sorted(products().items()))


def _has(product: Product) -> str:
    groups = (
        product.analog_inputs,
        product.analog_outputs,
        product.lines,
        tuple(f"{name} (in)" for name in product.input_lines),
        tuple(f"{name} (out)" for name in product.output_lines),
        product.counters,
        product.internal_inputs,
    )
    names = ", ".join(name for group in groups for name in group)
    return names or product.category.lower().replace("_", " ")


def serve(devices: str, port: int, speed: float) -> None:
    """Say the port in the first line of standard output, then serve until the first Ctrl-C or SIGTERM."""
    with StopRequest() as stop, ExitStack() as closing:
        described = load_rack(find_rack(devices))
        outputs, clock = Outputs(), WallClock(speed)
        driver = Driver(described.rack, signals_of(described, outputs), WallPace(clock, speed), outputs)
        server = closing.enter_context(SimServer())
        service, bound = _listening(server, driver, port)
        closing.callback(lambda: server.run(service.stop(None)))
        control = Control({name: FaultOrders(driver, name, name) for name in described.rack.devices})
        rig = closing.enter_context(announced(f"127.0.0.1:{server.serve_tcp(Device(lambda: control))}"))
        print(f"Server listening on port {bound}", flush=True)  # noqa: T201 - in one piece, and nothing before it
        rate = "real time" if speed == 1.0 else f"{speed:g} times real time"
        typer.echo(f"{described.file.name}: {', '.join(described.rack.devices)}; {rate}; Ctrl-C ends it", err=True)
        typer.echo(f"faults: leakbench sim fault DEVICE KIND (this rack is {rig})", err=True)
        while stop.asked is None:
            time.sleep(LOOK_S)


def _listening(server: SimServer, driver: Driver, port: int) -> tuple[Service, int]:
    try:
        return server.run(start_daq(driver, port))
    except RuntimeError as error:
        raise ConfigError(
            f"127.0.0.1:{port}: cannot listen there: is the port taken? (--port 0: a free one)"
        ) from error
