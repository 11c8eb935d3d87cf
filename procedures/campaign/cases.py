"""The runs of a campaign, one after another: which scenario, which seed, which leak laid over it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice

from bench.config.model import Bench
from bench.records import Window
from bench.rig import WHOLE
from bench.sim.direct import Order, leaking
from bench.sim.scenario import Scenario
from bench.sim.scenario_entries import HiddenLeak
from procedures.campaign.file import HOUR_S, CampaignFile
from procedures.campaign.load import Campaign
from procedures.simulate import make_ready

LAID_OVER = "laid_over"
CHOKED_AIR = 0.684731  # sqrt(g) (2 / (g + 1))^((g + 1) / (2 (g - 1))), g = 1.4: science 1.2.1


@dataclass(frozen=True, slots=True)
class Case:
    """One run. leak: what is laid over the scenario, empty if nothing is, and place: its compartment; size_kg_s: as
    stated in the file, NaN for an orifice of the bench. compartment: that is watched. onset_s: NaN where no leak of it
    opens during the watch. question: what is asked instead of windows; the scenario then is that of the question.
    """

    number: int
    scenario: str
    seed: int
    leak: str
    size_kg_s: float
    orifice: str
    place: str
    compartment: str
    onset_s: float
    question: str = ""


def cases(campaign: Campaign) -> list[Case]:
    """In the order of the file: each scenario bare, then with each leak; then each question. Every run has a seed of
    its own, unless the file makes scenarios begin with the same one: then their runs are not independent.
    """
    found: list[Case] = []
    seed = campaign.file.first_seed
    for entry in campaign.file.scenario:
        seed = seed if entry.first_seed is None else entry.first_seed
        watched = entry.compartment or campaign.file.compartment
        for leak, size_kg_s, orifice, place, onsets_s, seeds in _kinds(campaign, entry.name, watched):
            compartment = watched if watched == WHOLE else place
            for onset_s in islice(cycle(onsets_s), seeds):
                found.append(Case(len(found), entry.name, seed, leak, size_kg_s, orifice, place, compartment, onset_s))
                seed += 1
    for asked in campaign.file.question:
        seed = seed if asked.first_seed is None else asked.first_seed
        for name in asked.names:
            for _ in range(asked.seeds):
                found.append(Case(len(found), name.split()[0], seed, "", math.nan, "", "", "", math.nan, name))
                seed += 1
    return found


def _kinds(campaign: Campaign, name: str, watched: str) -> Iterator[tuple[str, float, str, str, Sequence[float], int]]:
    """(leak, size, orifice, its place, onsets, seeds)."""
    file, scenario = campaign.file, campaign.scenarios[name]
    (entry,) = [entry for entry in file.scenario if entry.name == name]
    yield "", math.nan, "", watched, (_own_onset_s(campaign, scenario, watched),), entry.seeds
    for leak in file.leak:
        if leak.scenarios and name not in leak.scenarios:
            continue
        onsets_s = [onset_h * HOUR_S for onset_h in leak.onset_h]
        for size_kg_s in leak.sizes_kg_s:
            where = leak.compartment or watched
            yield f"{leak.name} {size_kg_s:.4g} kg/s", size_kg_s, "", where, onsets_s, leak.seeds
        for orifice in leak.orifices:
            where = campaign.bench.named_leak(orifice).compartment
            yield f"{leak.name} {orifice}", math.nan, orifice, where, onsets_s, leak.seeds


def _own_onset_s(campaign: Campaign, scenario: Scenario, compartment: str) -> float:
    """When the scenario's own leak opens, if that is within the watch."""
    file, inside = campaign.file, [entry.name for entry in campaign.bench.compartment]
    begins = [
        leak.begin_s
        for leak in scenario.hidden_leak
        if (leak.to not in inside if compartment == WHOLE else compartment in (leak.compartment, leak.to))
    ]
    onset_s = min(begins, default=math.nan)
    return onset_s if file.watch_s <= onset_s < file.duration_h * HOUR_S else math.nan


def staged(campaign: Campaign, case: Case) -> tuple[Scenario, list[Order]]:
    """The scenario with the case's leak in it, and what is done to the rig."""
    scenario = campaign.scenarios[case.scenario]
    orders: list[Order] = [(0.0, partial(make_ready, hatches=campaign.file.hatches.value))]
    if case.orifice:
        orders.append((case.onset_s, leaking(campaign.bench.named_leak(case.orifice))))
    elif case.leak:
        hole = HiddenLeak(
            name=LAID_OVER,
            compartment=case.place,
            diameter_m=hole_m(campaign.bench, scenario, case.size_kg_s),
            begin_s=case.onset_s,
        )
        scenario = scenario.model_copy(update={"hidden_leak": (*scenario.hidden_leak, hole)})
    return scenario, orders


def hole_m(bench: Bench, scenario: Scenario, size_kg_s: float) -> float:
    """Diameter of the ideal orifice that passes so much into vacuum at the scenario's starting pressure. The truth is
    what passes, not this.
    """
    root_rt = math.sqrt(bench.gas.gas_constant_j_kg_k * scenario.shroud_temperature_k)
    area_m2 = size_kg_s * root_rt / (CHOKED_AIR * scenario.initial_pressure_pa)
    return math.sqrt(4.0 * area_m2 / math.pi)


def windows(file: CampaignFile, case: Case, exposure_s: float) -> list[tuple[Window, bool]]:
    """The questions put to a method, and whether it is the one of its run that rates, coverage and POD are judged by:
    the first after the onset; without one, by the seed in turn, so that all hours are judged.
    """
    spans = file.windows_s(exposure_s)
    first = file.first_window_after(case.onset_s, exposure_s)
    judged = first or spans[case.seed % len(spans)]
    name = f"{exposure_s / HOUR_S:g} h from {{:.0f}} s"
    return [
        (Window(name.format(span[0]), case.compartment, *span, file.background_s), span == judged) for span in spans
    ]
