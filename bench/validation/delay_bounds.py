"""No detector with so few false alarms can be faster: what the best one needs.

Delays of the first two functions are in samples of independent normal values with standard deviation 1.
"""

import math

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from bench.records import Floats
from bench.validation.run_length import cusum_arl, cusum_limit


def lorden_delay(shift: float, arl: float) -> float:
    """Least possible worst-case mean delay to find a known shift of the mean with mean time arl between false alarms.

    Exact: CUSUM attains it (Moustakides, Ann. Statist. 14 (1986) 1379). The alarming sample counts. ValueError for an
    arl below that of a limit of zero.
    """
    if not shift > 0.0:
        raise ValueError(f"a shift of {shift} cannot be found")
    return cusum_arl(0.5 * shift, cusum_limit(0.5 * shift, arl), shift)


def lorden_delay_asymptotic(shift: float, arl: float) -> float:
    """ln(arl) / (shift^2 / 2), Lorden 1971: loose for any arl of practice (13.8 for 10.5 at shift 1, arl 1000)."""
    if not (shift > 0.0 and arl > 1.0):
        raise ValueError(f"no delay for a shift of {shift} and a mean run length of {arl}")
    return 2.0 * math.log(arl) / shift**2


def information_clock(signal: Floats, covariance: Floats, amplitude: float) -> Floats:
    """Kullback-Leibler information I gathered after each sample, (n,), on a change amplitude * signal in Gaussian
    noise: amplitude^2 / 2 times the sum of squares of the signal that noise could not predict.

    signal: (n,), zero before onset, a ramp for a leak in ln m; covariance: (n, n). Put what is unknown from the start
    (an intercept, a nominal loss) into covariance with its prior variance.
    """
    innovation = solve_triangular(cholesky(covariance, lower=True), signal, lower=True)
    return np.asarray(0.5 * amplitude**2 * np.cumsum(innovation**2))


def delay_bound_s(time_s: Floats, information: Floats, arl_s: float, unit_s: float) -> float:
    """First time, interpolated, at which information is ln(arl / unit): Lai, IEEE Trans. Inf. Theory 44 (1998) 2917.

    time_s after onset, and information, (n,). Asymptotic and approximate: unit_s, the time within which false alarms
    are one, is a matter of taste (science 5.4 prints 1 h and 10 h). ValueError if it is not reached.
    """
    if not arl_s > unit_s > 0.0:
        raise ValueError(f"a mean time of {arl_s} s between false alarms must be more than the unit {unit_s} s")
    needed = math.log(arl_s / unit_s)
    if not information[-1] >= needed:
        raise ValueError(f"{information[-1]:.3g} nats in {time_s[-1]:g} s, {needed:.3g} are needed: watch longer")
    place = int(np.searchsorted(information, needed))
    if place == 0:
        return float(time_s[0])
    return float(np.interp(needed, information[place - 1 : place + 1], time_s[place - 1 : place + 1]))
