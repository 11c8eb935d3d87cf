"""Attribution: what took the gas? Known causes as regressors with what is stated of them; what is left is a leak."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bench.detection.attribution.additions import parts_between
from bench.detection.attribution.balance import OXYGEN, Balance, balances
from bench.detection.attribution.causes import (
    BY_HAND,
    CREW,
    MAKE_UP,
    NOMINAL,
    PURIFICATION,
    TRAPPED,
    WIDE,
    Cause,
    leak,
    made_up,
    purification,
    settled,
    steady,
)
from bench.detection.attribution.fading import fading
from bench.detection.attribution.solution import Solution, solve
from bench.detection.detectable import CURRIE, inconclusive
from bench.detection.method import CannotEstimateError
from bench.detection.segments import HOLD, Labels
from bench.records import Floats, LeakEstimate, Series, Window
from bench.rig import CompartmentRig, PurificationRig, Rig

MIN_HOLD_BLOCKS = 5
CONFLICT_SIGMAS = 3.0
"""A bed that takes something else than stated, by so many standard uncertainties, is believed, not its statement."""
PHASES = 48
"""Tried in a cycle whose phase is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One balance's. u_kg_s: of the leak alone, without that of the volume."""

    balance: Balance
    solution: Solution
    rate_kg_s: float
    u_kg_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """Regression of ln m, and of the nitrogen's ln m where oxygen is measured, on all that can take gas (science 2.8).

    rate_kg_s: what no known cause accounts for. The known ones enter with their uncertainties: what cannot be told from
    a leak (a nominal loss, a crew, a meter's zero, without a background) makes u larger and nothing else. Of the two
    balances the one with the smaller uncertainty answers; the notes have the other. alarm: the rate is above
    alarm_sigmas standard uncertainties. Gas that comes in by hand parts the hold; a loss that fades is no leak.
    """

    name = "attribution"
    alarm_sigmas: float = 3.0

    def __post_init__(self) -> None:
        if not self.alarm_sigmas > 0.0:
            raise ValueError(f"alarm_sigmas: {self.alarm_sigmas}: no threshold")

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        compartment = rig.volume(window.compartment)
        weighed = balances(rig, compartment, series, window)
        if not weighed or np.count_nonzero(weighed[0].segment == HOLD) < MIN_HOLD_BLOCKS:
            reason = f"fewer than {MIN_HOLD_BLOCKS} blocks of the hold have pressure and gas temperature"
            raise CannotEstimateError(self.name, window.name, reason)
        try:
            return self._answer(rig, compartment, series, window, weighed)
        except np.linalg.LinAlgError as error:
            reason = "the declared noise is no covariance: is it all zero?"
            raise CannotEstimateError(self.name, window.name, reason) from error

    def _answer(
        self, rig: Rig, compartment: CompartmentRig, series: Series, window: Window, weighed: Sequence[Balance]
    ) -> LeakEstimate:
        came_kg, u_zero_kg_s = made_up(compartment, series, window, weighed[0].time_s)
        weighed, parts, came_kg = _parted(compartment.purification, weighed, came_kg)
        steadily = partial(steady, rig, compartment, u_zero_kg_s=u_zero_kg_s)
        answers = [answered(compartment, b, steadily(b), parts) for b in weighed if b.name != OXYGEN]
        best, *others = sorted(answers, key=lambda answer: answer.u_kg_s)
        causes = causes_kg_s(best, came_kg) | added_kg_s(answers[0], parts)
        if not best.balance.breathed:
            causes |= breathed_kg_s(rig, compartment, weighed[-1], parts)
        u_kg_s = math.hypot(best.u_kg_s, best.rate_kg_s * best.balance.u_relative)
        detectable_kg_s = CURRIE * best.u_kg_s
        by = [f"balance of {a.balance.name}: {a.rate_kg_s:.3g} +- {a.u_kg_s:.2g} kg/s" for a in (best, *others)]
        return LeakEstimate(
            self.name,
            window.name,
            best.rate_kg_s,
            u_kg_s,
            detectable_kg_s=detectable_kg_s,
            alarm=best.rate_kg_s > self.alarm_sigmas * u_kg_s,
            causes_kg_s=causes,
            notes=(*best.notes, *by, *inconclusive(best.rate_kg_s, detectable_kg_s)),
        )


def _parted(
    beds: Sequence[PurificationRig], weighed: Sequence[Balance], came_kg: Floats
) -> tuple[list[Balance], Labels, Floats]:
    """What was weighed, less what came through meters and without the blocks in which it changed too fast to be
    weighed; the part each block belongs to; what came through meters, kg.
    """
    fed = [b if b.name == OXYGEN else replace(b, y=b.y - came_kg / b.gas_kg) for b in weighed]
    parts, level = parts_between(fed[0])
    level &= settled(beds, fed[0])
    return [b.where(level) for b in fed], np.unique(parts[level], return_inverse=True)[1], came_kg[level]


def answered(compartment: CompartmentRig, balance: Balance, steadily: Iterable[Cause], parts: Labels) -> Answer:
    """From one balance, what was made up through meters already taken off. steadily: what goes on all the time."""
    others = [leak(balance), *steadily]
    beds, notes = _beds(compartment.purification, balance, others, parts)
    causes = [*others, *beds]
    solution = solve(balance, causes, parts)
    faded = fading(balance, causes, parts, solution)
    if faded is not None:
        solution = faded.solution
        notes = (*notes, f"fades with time constant {faded.time_constant_s / 3600.0:.2g} h: trapped volume")
    if solution.birge > 1.0:
        notes = (*notes, f"noise larger than declared: uncertainty scaled by the Birge ratio {solution.birge:.2f}")
    return Answer(balance, solution, *solution.coefficient(0), notes)


def _beds(
    beds: Sequence[PurificationRig], balance: Balance, others: Sequence[Cause], parts: Labels
) -> tuple[list[Cause], tuple[str, ...]]:
    """Each with its statement as prior, unless the data contradict it."""
    found: list[Cause] = []
    notes: tuple[str, ...] = ()
    for bed in beds:
        free = _free(bed, balance, [*others, *found], parts)
        kg, u_kg = solve(balance, [free, *others, *found], parts).coefficient(0)
        if abs(kg - bed.loss_kg) <= CONFLICT_SIGMAS * math.hypot(u_kg, bed.u_loss_kg):
            found.append(replace(free, u=bed.u_loss_kg))
        elif abs(kg) <= CONFLICT_SIGMAS * u_kg:
            notes = (*notes, f"no purification is seen ({kg:.1g} +- {u_kg:.1g} kg a cycle)")
        else:
            notes = (*notes, f"purification takes {kg:.2g} kg a cycle, {kg / bed.loss_kg:.1f} times what is stated")
            found.append(free)
    return found, notes


def _free(bed: PurificationRig, balance: Balance, others: Sequence[Cause], parts: Labels) -> Cause:
    """In its phase, or in the one that explains most; its size free."""
    known = [bed.first_s] if bed.first_s is not None else bed.period_s * np.arange(PHASES) / PHASES
    tried = [replace(purification(balance, bed, float(first_s)), u=WIDE * bed.loss_kg) for first_s in known]
    if len(tried) == 1:
        return tried[0]
    return min(tried, key=lambda cause: solve(balance, [cause, *others], parts).fit.chi_square)


def causes_kg_s(answer: Answer, came_kg: Floats) -> dict[str, float]:
    """What else took gas in the hold; negative: it came."""
    names = {cause.name for cause in answer.solution.causes} & {PURIFICATION, NOMINAL, CREW, TRAPPED}
    found = {name: answer.solution.rate_kg_s(name) for name in sorted(names)}
    if np.any(came_kg):
        hold = answer.balance.segment == HOLD
        found[MAKE_UP] = -float(np.ptp(came_kg[hold])) / _duration_s(answer.balance)
    return found


def added_kg_s(answer: Answer, parts: Labels) -> dict[str, float]:
    """What came by hand, of all gas: the parts of the hold lie so much above each other."""
    levels_kg = answer.solution.intercepts_kg[np.unique(parts[answer.balance.segment == HOLD])]
    if levels_kg.size < 2:
        return {}
    return {BY_HAND: -float(levels_kg[-1] - levels_kg[0]) / _duration_s(answer.balance)}


def _duration_s(balance: Balance) -> float:
    return float(np.ptp(balance.time_s[balance.segment == HOLD]))


def breathed_kg_s(rig: Rig, compartment: CompartmentRig, oxygen: Balance, parts: Labels) -> dict[str, float]:
    """By the share of oxygen, which neither leak nor thermometer changes."""
    crew = [cause for cause in steady(rig, compartment, oxygen) if cause.name == CREW]
    return {CREW: solve(oxygen, crew, parts).rate_kg_s(CREW)} if crew else {}
