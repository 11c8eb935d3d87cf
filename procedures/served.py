"""A simulated rig that another process serves, as a bench to run on."""

from dataclasses import dataclass

from bench.config.model import Bench
from bench.errors import ConfigError
from procedures.fault import only_rig, told

ONLY = "only"
"""Instead of an address: the one that is served on this machine."""


@dataclass(frozen=True, slots=True)
class ServedRig:
    """address: where it takes orders, HOST:PORT. speed: its seconds per second."""

    address: str
    speed: float


def served_rig(address: str, bench: Bench) -> tuple[ServedRig, Bench]:
    """The rig, and the bench with the addresses at which it serves the instruments. ConfigError where no rig is, or one
    of another bench file.
    """
    found = only_rig() if address == ONLY else address
    said = told(found, {"do": "describe"})
    if said["sha256"] != bench.sha256:
        raise ConfigError(f"{found}: the rig served there was made from another bench file than {bench.file}")
    instruments = tuple(e.model_copy(update={"address": said["addresses"][e.name]}) for e in bench.instrument)
    return ServedRig(found, float(said["speed"])), bench.model_copy(update={"instrument": instruments})
