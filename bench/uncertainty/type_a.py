"""Uncertainty from repeated observations: the mean, a straight line, observations on several days (JCGM 100 4.2, H)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


def mean_of(values: ArrayLike) -> tuple[float, float]:
    """And its standard uncertainty from the scatter (4.2.3). Raises ValueError for fewer than two."""
    observed = np.asarray(values, dtype=np.float64)
    if observed.size < 2:
        raise ValueError(f"{observed.size} observations do not scatter")
    return float(observed.mean()), float(observed.std(ddof=1)) / math.sqrt(observed.size)


@dataclass(frozen=True, slots=True)
class StraightLine:
    """y = intercept + slope x by least squares, with standard uncertainties and their correlation (H.3)."""

    intercept: float
    slope: float
    u_intercept: float
    u_slope: float
    correlation: float
    residual_sd: float
    dof: int

    def at(self, x: float) -> tuple[float, float]:
        """The line's value there and its standard uncertainty (eq. H.15)."""
        crossed = 2.0 * x * self.u_intercept * self.u_slope * self.correlation
        variance = self.u_intercept**2 + (x * self.u_slope) ** 2 + crossed
        return self.intercept + self.slope * x, math.sqrt(max(0.0, variance))


def straight_line(x: ArrayLike, y: ArrayLike) -> StraightLine:
    """Every observation counts alike (eq. H.13). Raises ValueError for fewer than three, or all at one x."""
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.size < 3 or np.ptp(xs) == 0.0:
        raise ValueError(f"{xs.size} observations over {np.ptp(xs) if xs.size else 0.0:g}: no line goes through those")
    middle, dof = float(xs.mean()), xs.size - 2
    square = float(((xs - middle) ** 2).sum())
    slope = float(((xs - middle) * ys).sum()) / square
    intercept = float(ys.mean()) - slope * middle
    residual = math.sqrt(float(((ys - intercept - slope * xs) ** 2).sum()) / dof)
    u_slope = residual / math.sqrt(square)
    root_mean_square = math.sqrt(float((xs**2).mean()))
    return StraightLine(
        intercept=intercept,
        slope=slope,
        u_intercept=u_slope * root_mean_square,
        u_slope=u_slope,
        correlation=-middle / root_mean_square if root_mean_square else 0.0,
        residual_sd=residual,
        dof=dof,
    )


@dataclass(frozen=True, slots=True)
class DaysAndRepeats:
    """The mean of groups of equal size, such as calibrations on several days (H.5). f: of the two variances' ratio."""

    mean: float
    u_between: float
    """Of the mean, from the scatter of the groups' means."""
    dof_between: int
    u_within: float
    """Of the mean, from the scatter within the groups, if these did not differ among themselves."""
    dof_within: int
    sd_of_means: float
    sd_within: float
    f: float


def analysis_of_variance(groups: Sequence[Sequence[float]]) -> DaysAndRepeats:
    """One way, balanced. Raises ValueError for fewer than two groups, or of unequal size, or of one observation."""
    if len({len(group) for group in groups}) != 1 or len(groups) < 2 or len(groups[0]) < 2:
        raise ValueError("give two groups or more, of two observations or more, all of the same size")
    values: NDArray[np.float64] = np.array(groups, dtype=np.float64)
    return from_means(values.mean(axis=1), values.std(axis=1, ddof=1), values.shape[1])


def from_means(means: ArrayLike, deviations: ArrayLike, repeats: int) -> DaysAndRepeats:
    """From the means and standard deviations of groups of so many repeats each, as Table H.9 gives them."""
    of_groups, within = np.asarray(means, dtype=np.float64), np.asarray(deviations, dtype=np.float64)
    days = of_groups.size
    sd_of_means = float(of_groups.std(ddof=1))
    sd_within = math.sqrt(float((within**2).mean()))
    return DaysAndRepeats(
        mean=float(of_groups.mean()),
        u_between=sd_of_means / math.sqrt(days),
        dof_between=days - 1,
        u_within=sd_within / math.sqrt(days * repeats),
        dof_within=days * (repeats - 1),
        sd_of_means=sd_of_means,
        sd_within=sd_within,
        f=repeats * sd_of_means**2 / sd_within**2,
    )
