"""Host the simulated rig inside the run's process: every instrument of a bench file behind a loopback socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.config.model import Bench, ChannelEntry, InstrumentEntry
from bench.errors import ConfigError
from bench.sim.daq import start_daq
from bench.sim.daq_driver import Driver
from bench.sim.daq_model import Chassis, Device
from bench.sim.druck_pace5000 import PACE5000
from bench.sim.keysight_34972a import Keysight34972A
from bench.sim.pfeiffer_tpg366 import TPG366
from bench.sim.ports import ChassisPort, GaugePort, SupplyPort, ThermometerPort, inputs_of
from bench.sim.rig import SimulatedRig
from bench.sim.server import SimServer

GAUGE_WORDS = {"pirani": "TPR/PCR", "cdg": "CMR/APR", "cold": "IKR"}
"""Identification word of a vacuum gauge by the beginning of its noise class."""


@dataclass(frozen=True)
class Hosting:
    server: SimServer
    rig: SimulatedRig
    closing: ExitStack


@contextmanager
def serve(rig: SimulatedRig) -> Iterator[Bench]:
    """The rig's bench, its addresses replaced by loopback ones; nothing else differs."""
    with SimServer() as server, ExitStack() as closing:
        hosting = Hosting(server, rig, closing)
        instruments = tuple(e.model_copy(update={"address": _serve(hosting, e)}) for e in rig.bench.instrument)
        yield rig.bench.model_copy(update={"instrument": instruments})


def _serve(hosting: Hosting, entry: InstrumentEntry) -> str:
    maker = INSTRUMENTS.get(entry.driver)
    if maker is None:
        file = hosting.rig.bench.file
        raise ConfigError(f"{file}: instrument.{entry.name}.driver: {entry.driver!r} cannot be simulated")
    return maker(hosting, entry)


def _daq(hosting: Hosting, entry: InstrumentEntry) -> str:
    bench = hosting.rig.bench
    inputs = {channel.input: channel for channel in bench.channels if channel.instrument == entry.name}
    outputs = [a.line for a in bench.actuators.values() if a.instrument == entry.name]
    outputs += [pump.line for pump in bench.pump if pump.instrument == entry.name]
    driver = Driver(Chassis(_modules(inputs, outputs)), ChassisPort(hosting.rig, inputs), hosting.rig.clock)
    service, port = hosting.server.run(start_daq(driver))
    hosting.closing.callback(lambda: hosting.server.run(service.stop(None)))
    return f"grpc://127.0.0.1:{port}"


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


def _pressure_controller(hosting: Hosting, entry: InstrumentEntry) -> str:
    (channel,) = inputs_of(hosting.rig.bench, entry.name).values()
    return _listen(hosting, PACE5000(SupplyPort(hosting.rig, channel), full_scale_pa=channel.range[1]))


def _gauge_controller(hosting: Hosting, entry: InstrumentEntry) -> str:
    entries = inputs_of(hosting.rig.bench, entry.name)
    words = {int(channel): _gauge_word(e.noise or "") for channel, e in entries.items()}
    return _listen(hosting, TPG366(GaugePort(hosting.rig, entries).read, words))


def _gauge_word(noise: str) -> str:
    return next((word for part, word in GAUGE_WORDS.items() if noise.startswith(part)), "CMR/APR")


def _thermometers(hosting: Hosting, entry: InstrumentEntry) -> str:
    port = ThermometerPort(hosting.rig, inputs_of(hosting.rig.bench, entry.name))
    return _listen(hosting, Keysight34972A(port.read))


def _listen(hosting: Hosting, instrument: PACE5000 | TPG366 | Keysight34972A) -> str:
    return f"TCPIP::127.0.0.1::{hosting.server.serve_tcp(instrument)}::SOCKET"


INSTRUMENTS: dict[str, Callable[[Hosting, InstrumentEntry], str]] = {
    "ni_daq": _daq,
    "druck_pace5000": _pressure_controller,
    "pfeiffer_tpg366": _gauge_controller,
    "keysight_34972a": _thermometers,
}
