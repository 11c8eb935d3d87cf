"""Which simulated instrument answers to which driver's name, and what of the rig it is connected to.

Others can register theirs by an entry point of the group leakbench.simulated: a function as those in INSTRUMENTS.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from bench.config.model import Bench, InstrumentEntry
from bench.errors import ConfigError
from bench.sim.instruments.aimtti_cpx400dp import CPX400DP
from bench.sim.instruments.alicat_gases import kg_s_per_sccm
from bench.sim.instruments.alicat_mc import AlicatMC
from bench.sim.instruments.druck_pace5000 import PACE5000
from bench.sim.instruments.inficon_lds3000 import LDS3000
from bench.sim.instruments.keysight_34972a import Keysight34972A
from bench.sim.instruments.mks_937b import MKS937B
from bench.sim.instruments.paroscientific_digiquartz import Digiquartz
from bench.sim.instruments.pfeiffer_tc400 import TC400
from bench.sim.instruments.pfeiffer_tpg366 import TPG366
from bench.sim.instruments.srs_rga200 import RGA200
from bench.sim.ports import GaugePort, SupplyPort, ThermometerPort, inputs_of
from bench.sim.ports_electric import HeaterPort
from bench.sim.ports_gas import BarometerPort, FlowPort, HeliumPort, SpeciesPort, TurboPort
from bench.sim.rack.device import Instrument
from bench.sim.rig import SimulatedRig

Maker = Callable[[SimulatedRig, InstrumentEntry], Instrument]
"""The instrument as it is after power-up; called again after every power cycle."""
DAQ = "ni_daq"
"""Served by gRPC, and so not made here."""
GAUGE_KINDS = {
    "pirani": ("TPR/PCR", "PR"),
    "cdg": ("CMR/APR", "CM"),
    "cold": ("IKR", "CC"),
}
"""By the beginning of a vacuum gauge's noise class: what a TPG 366 and an MKS 937B call it."""
ALICAT_GASES = {"air": 0, "nitrogen": 8}


def maker_of(bench: Bench, entry: InstrumentEntry) -> Maker:
    """ConfigError when nobody can simulate it."""
    known = {**_registered(), **INSTRUMENTS}
    if entry.driver not in known:
        raise ConfigError(
            f"{bench.file}: instrument.{entry.name}.driver: {entry.driver!r} cannot be simulated "
            f"(can be: {', '.join(sorted([DAQ, *known]))}; others by an entry point of the group leakbench.simulated)"
        )
    return known[entry.driver]


def check_simulated(bench: Bench, transcripts: Path | None = None) -> None:
    """ConfigError for the first instrument that cannot be simulated, and was not recorded either."""
    for entry in bench.instrument:
        if entry.driver != DAQ and not (transcripts and transcript_of(entry, transcripts).exists()):
            maker_of(bench, entry)


def transcript_of(entry: InstrumentEntry, transcripts: Path) -> Path:
    """Where `leakbench record` puts it."""
    return transcripts / f"{entry.name}.txt"


@cache
def _registered() -> Mapping[str, Maker]:
    return {point.name: point.load() for point in entry_points(group="leakbench.simulated")}


def _pace5000(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    (channel,) = inputs_of(rig.bench, entry.name).values()
    return PACE5000(SupplyPort(rig, channel), full_scale_pa=channel.range[1])


def _tpg366(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    return TPG366(GaugePort(rig, inputs_of(rig.bench, entry.name)).read, _gauges(rig, entry, 0))


def _mks937b(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    gauges = GaugePort(rig, inputs_of(rig.bench, entry.name)).read
    return MKS937B(gauges, _gauges(rig, entry, 1), address=_number(entry, "unit_address", 253))


def _gauges(rig: SimulatedRig, entry: InstrumentEntry, maker: int) -> dict[int, str]:
    """What the controller calls the gauges that the bench file connects to it."""
    entries = inputs_of(rig.bench, entry.name)
    return {int(number): _kind(channel.noise or "")[maker] for number, channel in entries.items()}


def _kind(noise: str) -> tuple[str, str]:
    return next((words for part, words in GAUGE_KINDS.items() if noise.startswith(part)), GAUGE_KINDS["cdg"])


def _keysight(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    return Keysight34972A(ThermometerPort(rig, inputs_of(rig.bench, entry.name)).read)


def _digiquartz(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    port = BarometerPort(rig, entry.name)
    return Digiquartz(port.pressure_pa, port.temperature_k, address=_number(entry, "unit_id", 1))


def _tc400(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    pump = next(pump for pump in rig.bench.pump if pump.instrument == entry.name)
    port, address = TurboPort(rig, entry.name), _number(entry, "unit_address", 1)
    return TC400(port, address=address, nominal_hz=pump.nominal_hz or 1000.0)


def _alicat(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    port, gas = FlowPort(rig, entry.name), ALICAT_GASES[rig.bench.gas.composition]
    full_scale_sccm = port.full_scale_kg_s / kg_s_per_sccm(gas)
    return AlicatMC(port, full_scale_sccm=full_scale_sccm, gas=gas, unit_id=str(entry.options.get("unit_id", "A")))


def _number(entry: InstrumentEntry, option: str, default: int) -> int:
    return int(entry.options.get(option, default))


INSTRUMENTS: dict[str, Maker] = {
    "druck_pace5000": _pace5000,
    "pfeiffer_tpg366": _tpg366,
    "mks_937b": _mks937b,
    "keysight_34972a": _keysight,
    "paroscientific_digiquartz": _digiquartz,
    "pfeiffer_tc400": _tc400,
    "alicat_mc": _alicat,
    "aimtti_cpx400dp": lambda rig, entry: CPX400DP(HeaterPort(rig, entry.name)),
    "inficon_lds3000": lambda rig, entry: LDS3000(HeliumPort(rig, entry.name)),
    "srs_rga200": lambda rig, entry: RGA200(SpeciesPort(rig, entry.name).partial_pressures_pa),
}
