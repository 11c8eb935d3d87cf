"""Host the simulated rig: every instrument of a bench file behind a port of this machine."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.config.model import Bench, InstrumentEntry
from bench.errors import ConfigError
from bench.sim.daq.driver.fault_orders import FaultOrders
from bench.sim.host_daq import serve_daq
from bench.sim.makers import DAQ, check_simulated, maker_of, transcript_of
from bench.sim.rack.device import Device, Instrument
from bench.sim.rack.replay import Replay
from bench.sim.rack.server import SimServer
from bench.sim.rack.transcript import parse
from bench.sim.rig import SimulatedRig

SERIAL = "ASRL"
Pace = Callable[[float], float]


@dataclass(frozen=True)
class Rack:
    """bench: the rig's, its addresses replaced by loopback ones; nothing else differs. also: further addresses of
    serial instruments, as a terminal server would give them one. daqs: where to spoil the NI chassis.
    """

    server: SimServer
    bench: Bench
    devices: Mapping[str, Device]
    also: Mapping[str, str]
    daqs: Mapping[str, FaultOrders]


@contextmanager
def serve(
    rig: SimulatedRig, pace: Pace | None = None, *, terminal_servers: bool = False, transcripts: Path | None = None
) -> Iterator[Rack]:
    """pace: wall time that a stated response time takes; None: instruments answer at once. transcripts: a folder of
    recorded sessions; who has a file there only answers what is in it.
    """
    check_simulated(rig.bench, transcripts)
    with SimServer() as server, ExitStack() as closing:
        devices = {
            entry.name: _device(rig, entry, pace, transcripts) for entry in rig.bench.instrument if entry.driver != DAQ
        }
        addresses: dict[str, str] = {}
        daqs: dict[str, FaultOrders] = {}
        for entry in rig.bench.instrument:
            if entry.driver == DAQ:
                addresses[entry.name], stop, daqs[entry.name] = serve_daq(server, rig, entry)
                closing.callback(stop)
            else:
                addresses[entry.name] = _address(server, devices[entry.name], entry)
        also = {e.name: _tcp(server, devices[e.name]) for e in rig.bench.instrument if terminal_servers and _serial(e)}
        instruments = tuple(e.model_copy(update={"address": addresses[e.name]}) for e in rig.bench.instrument)
        yield Rack(server, rig.bench.model_copy(update={"instrument": instruments}), devices, also, daqs)


def _device(rig: SimulatedRig, entry: InstrumentEntry, pace: Pace | None, transcripts: Path | None) -> Device:
    faults = [fault.fault() for fault in rig.scenario.wire_fault if fault.instrument == entry.name]
    return Device(
        _recorded(entry, transcripts) or partial(maker_of(rig.bench, entry), rig, entry),
        faults=faults,
        now_s=rig.clock.now,
        freeze=partial(rig.freeze, entry.name),
        pace=pace,
    )


def _recorded(entry: InstrumentEntry, transcripts: Path | None) -> Callable[[], Instrument] | None:
    """ConfigError for a file that is no transcript."""
    file = transcript_of(entry, transcripts) if transcripts else None
    if file is None or not file.exists():
        return None
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: no transcript ({error})") from error
    try:
        transcript = parse(text, str(file))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return lambda: Replay(transcript)


def _address(server: SimServer, device: Device, entry: InstrumentEntry) -> str:
    if _serial(entry):
        return f"{SERIAL}{server.serve_serial(device, entry.name)}::INSTR"
    return _tcp(server, device)


def _serial(entry: InstrumentEntry) -> bool:
    return entry.address.upper().startswith(SERIAL)


def _tcp(server: SimServer, device: Device) -> str:
    return f"TCPIP::127.0.0.1::{server.serve_tcp(device)}::SOCKET"
