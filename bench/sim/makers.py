"""Which simulated instrument answers to which driver's name, and what of the rig it is connected to.

Others can register theirs by an entry point of the group leakbench.simulated: a function as those in INSTRUMENTS.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points

from bench.config.model import Bench, InstrumentEntry
from bench.errors import ConfigError
from bench.sim.device import Instrument
from bench.sim.druck_pace5000 import PACE5000
from bench.sim.keysight_34972a import Keysight34972A
from bench.sim.pfeiffer_tpg366 import TPG366
from bench.sim.ports import GaugePort, SupplyPort, ThermometerPort, inputs_of
from bench.sim.rig import SimulatedRig

Maker = Callable[[SimulatedRig, InstrumentEntry], Instrument]
"""The instrument as it is after power-up; called again after every power cycle."""
DAQ = "ni_daq"
"""Served by gRPC, and so not made here."""
GAUGE_WORDS = {"pirani": "TPR/PCR", "cdg": "CMR/APR", "cold": "IKR"}
"""Identification word of a vacuum gauge by the beginning of its noise class."""


def maker_of(bench: Bench, entry: InstrumentEntry) -> Maker:
    """ConfigError when nobody can simulate it."""
    known = {**_registered(), **INSTRUMENTS}
    if entry.driver not in known:
        raise ConfigError(
            f"{bench.file}: instrument.{entry.name}.driver: {entry.driver!r} cannot be simulated "
            f"(can be: {', '.join(sorted([DAQ, *known]))}; others by an entry point of the group leakbench.simulated)"
        )
    return known[entry.driver]


def check_simulated(bench: Bench) -> None:
    """ConfigError for the first instrument that cannot be simulated."""
    for entry in bench.instrument:
        if entry.driver != DAQ:
            maker_of(bench, entry)


@cache
def _registered() -> Mapping[str, Maker]:
    return {point.name: point.load() for point in entry_points(group="leakbench.simulated")}


def _pressure_controller(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    (channel,) = inputs_of(rig.bench, entry.name).values()
    return PACE5000(SupplyPort(rig, channel), full_scale_pa=channel.range[1])


def _gauge_controller(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    entries = inputs_of(rig.bench, entry.name)
    words = {int(channel): _gauge_word(e.noise or "") for channel, e in entries.items()}
    return TPG366(GaugePort(rig, entries).read, words)


def _gauge_word(noise: str) -> str:
    return next((word for part, word in GAUGE_WORDS.items() if noise.startswith(part)), "CMR/APR")


def _thermometers(rig: SimulatedRig, entry: InstrumentEntry) -> Instrument:
    return Keysight34972A(ThermometerPort(rig, inputs_of(rig.bench, entry.name)).read)


INSTRUMENTS: dict[str, Maker] = {
    "druck_pace5000": _pressure_controller,
    "pfeiffer_tpg366": _gauge_controller,
    "keysight_34972a": _thermometers,
}
