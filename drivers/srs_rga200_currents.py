"""Ion currents of an SRS RGA200 (manual ch. 6): from binary blocks without a checksum to what may be believed."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.errors import ProtocolError
from drivers.srs_rga200_replies import NAME

AMPERE_PER_COUNT: Final = 1e-16
ELECTROMETER_A: Final = 1e-7  # end of its range [K]; at 0.1 mA/Torr a partial pressure of 1e-3 Torr, ten times the trip
NOISE_A_SQRT_S: Final = 1.4e-14  # of the Faraday cup: 1e-14 A at 2 s per mass [K]
NOISIEST: Final = 10.0  # times the stated noise is the most that two scans are granted
SIGMAS: Final = 8.0
DRIFT: Final = 0.05  # of a current, from one scan to the next
FEW: Final = 10  # currents from which no noise can be estimated
MAD_OF_NORMAL: Final = 0.6745  # median of |x| of a normal distribution of sigma 1


@dataclass(frozen=True, slots=True)
class Spectrum:
    """partial_pressures_pa: N2-equivalent, one for each mass in amu; noise_pa: standard deviation of each."""

    masses: tuple[int, ...]
    partial_pressures_pa: NDArray[np.float64]
    total_pressure_pa: float
    noise_pa: float


def parse_currents(request: bytes, block: bytes, count: int) -> NDArray[np.float64]:
    """In A; ProtocolError for another length, or for a current that no electrometer of this kind reads."""
    if len(block) != 4 * count:
        raise ProtocolError(f"{NAME}: {count} currents expected", request=request, reply=block)
    currents = np.frombuffer(block, "<i4") * AMPERE_PER_COUNT
    if not np.all(np.abs(currents) <= ELECTROMETER_A):
        raise ProtocolError(f"{NAME}: a current beyond its range", request=request, reply=block)
    return currents


def stated_noise_a(dwell_s: float) -> float:
    return NOISE_A_SQRT_S / math.sqrt(dwell_s)


def agreed(
    request: bytes, first: NDArray[np.float64], second: NDArray[np.float64], stated_a: float
) -> tuple[NDArray[np.float64], float]:
    """The mean of two scans in A, and its noise; ProtocolError when they disagree, or are far below zero.

    Found is whatever changes a current of one scan by more than eight sigma of the difference plus 5 % of the current
    (sigma as seen, but no less than stated and no more than ten times that): a bit, a byte too few and another too
    many, the scan of other masses. Not found are changes below that, which move the mean by half as much, and those
    that strike both scans alike: a fault that lasts strikes the ASCII exchanges around and between the blocks as well,
    and no byte of those can change unnoticed but a digit into a digit. A true change of that size from one scan to the
    next is refused, too: ask again.
    """
    difference = first - second
    seen_a = noise_a(difference, stated_a)
    scatter_a = SIGMAS * math.sqrt(2.0) * min(max(seen_a, stated_a), NOISIEST * stated_a)
    mean = (first + second) / 2.0
    if np.any(np.abs(difference) > scatter_a + DRIFT * np.abs(mean)):
        raise ProtocolError(f"{NAME}: two scans disagree by up to {np.max(np.abs(difference)):.2g} A", request=request)
    if np.any(mean < -scatter_a):
        raise ProtocolError(f"{NAME}: a current of {np.min(mean):.2g} A, far below zero", request=request)
    return mean, seen_a / math.sqrt(2.0)


def noise_a(difference: NDArray[np.float64], stated_a: float) -> float:
    """Standard deviation of one current in one scan, from the median difference, which no few outliers move."""
    if difference.size < FEW:
        return stated_a
    seen_a = float(np.median(np.abs(difference))) / MAD_OF_NORMAL / math.sqrt(2.0)
    return max(seen_a, AMPERE_PER_COUNT)
