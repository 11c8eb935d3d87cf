"""What a scenario file can stage for microphones: racks and valves that hiss. SI, levels in dB re 20 uPa."""

from bench.config.sound import Position
from bench.sim.scenario_entries import Lasting

QUIET_DB = 30.0
"""A microphone's own noise in the band of [acoustics] (science 1.5)."""
RACKS_DB = QUIET_DB + 25.0


class Racks(Lasting):
    """Fans and pumps all around: a diffuse sound whose power falls with frequency, of which no two microphones hear the
    same. level_db: anywhere in the compartment, in the band of [acoustics]; next door it is 20 dB less, 50 behind a
    closed hatch.
    """

    compartment: str
    level_db: float = RACKS_DB


class Hiss(Lasting):
    """A valve or fan that sounds like a leak and is none. level_db: at 1 m, in the band of [acoustics]."""

    compartment: str
    position_m: Position
    level_db: float = 40.0
