"""What a campaign came to: scores, verdict, manifest and scorecard, from its rows."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import pandas as pd

from bench.records import Verdict
from bench.review.card import Card
from bench.review.scorecard import write_scorecard
from bench.validation.campaign.gate import compare_versions
from bench.validation.campaign.measures import Measure, Slice
from bench.validation.campaign.requirements import Judged, Required, judge, overall
from bench.validation.campaign.robustness import Headline
from bench.validation.campaign.scores import measures, table
from bench.validation.campaign.stated import Stated, stated
from procedures.campaign.cases import Case, cases
from procedures.campaign.conduct import work_s
from procedures.campaign.file import HOUR_S, CampaignFile, MethodEntry, RequirementEntry
from procedures.campaign.folder import ROWS, SCORECARD, SCORES, CampaignFolder
from procedures.campaign.load import Campaign
from procedures.campaign.quiet import quiet_bounds
from procedures.campaign.rows import windowed
from procedures.provenance import git_commit, versions


@dataclass(frozen=True, slots=True)
class Outcome:
    folder: Path
    verdict: Verdict
    judged: Mapping[str, Sequence[Judged]]
    measures: Sequence[Measure]
    timings_s: Mapping[str, float]
    stated: Sequence[Stated] = ()


def conclude(campaign: Campaign, folder: CampaignFolder, timings_s: Mapping[str, float]) -> Outcome:
    """Everything that follows from the rows; written beside them. timings_s: what was measured until now."""
    begun = time.perf_counter()
    every, costs = folder.close()
    rows, windows = windowed(every), [case for case in cases(campaign) if not case.question]
    found = measures(rows, costs, quiet_bounds(campaign, windows))
    outcomes = stated(every, {each.name: each.right for each in campaign.questions()})
    folder.write(SCORES, table(found))
    judged = {entry.called: judgements(campaign.file, entry.called, found) for entry in campaign.file.method}
    verdict = overall(judged[campaign.file.under_test])
    scored = time.perf_counter()
    spent = {f"processor_{name}": seconds for name, seconds in work_s(costs).items()}
    timed = {**timings_s, **spent, "scores": scored - begun}
    card = replace(_card(campaign, rows, found, judged, verdict, timed), stated=outcomes)
    write_scorecard(folder.path / SCORECARD, card)
    timed["scorecard"] = time.perf_counter() - scored
    folder.write_json(_manifest(campaign, folder, verdict, judged, timed) | {"stated_outcomes": outcomes})
    return Outcome(folder.path, verdict, judged, found, timed, outcomes)


def judgements(file: CampaignFile, method: str, found: Sequence[Measure]) -> list[Judged]:
    return [judge(_required(file, method, entry), found) for entry in file.requirement]


def _required(file: CampaignFile, method: str, entry: RequirementEntry) -> Required:
    """Without an exposure: the longest."""
    exposure_s = (entry.exposure_h or max(file.exposures_h)) * HOUR_S
    of_what = Slice(method, exposure_s, entry.scenario, entry.leak)
    return Required(entry.measure, of_what, entry.at_most, entry.at_least, entry.rule)


def _card(
    campaign: Campaign,
    rows: pd.DataFrame,
    found: Sequence[Measure],
    judged: Mapping[str, Sequence[Judged]],
    verdict: Verdict,
    timings_s: Mapping[str, float],
) -> Card:
    file = campaign.file
    every = [case for case in cases(campaign) if not case.question]
    facts = {
        "Bench": campaign.bench.bench.name,
        "Runs": f"{len(every)}, {file.duration_h:g} h each, a row every {file.period_s:g} s",
        "Watched": ", ".join(sorted({case.compartment for case in every})),
        "Asked beside": f"{len(campaign.questions())} questions" if file.question else "nothing",
        "Background": f"{file.background_h:g} h after {file.settle_h:g} h to settle" if file.background_h else "none",
        "Under test": file.under_test,
    }
    rules = {entry.called: _rule(entry) for entry in file.method}
    why = {name: scenario.why for name, scenario in campaign.scenarios.items()}
    versions = compare_versions(rows, _versions(file))
    return Card(
        name=file.name,
        why=file.why,
        facts=facts,
        rules=rules,
        scenarios=why,
        under_test=file.under_test,
        rows=rows,
        measures=found,
        judged=judged,
        versions=versions,
        verdict=verdict,
        timings_s=timings_s,
        headline=_headline(campaign),
    )


def _headline(campaign: Campaign) -> Headline | None:
    entry = campaign.file.headline
    if entry is None:
        return None
    nights = {name: campaign.scenarios[name].ramp[0].begin_s for name in entry.nights}
    return Headline(entry.scenario, entry.leak, nights, entry.within_h * HOUR_S, entry.hardest, entry.plain)


def _versions(file: CampaignFile) -> list[tuple[str, str]]:
    """Pairs of labels of one method, in the order of the file."""
    return [(one.called, other.called) for one, other in combinations(file.method, 2) if one.name == other.name]


def _rule(entry: MethodEntry) -> str:
    which = f"{entry.name}, " if entry.called != entry.name else ""
    given = ", ".join(f"{key} {value}" for key, value in entry.parameters.items())
    rule = f"alarm where rate > {entry.alarm.k:g} u, unless it gives alarms of its own"
    return f"{which}{given}{'; ' if given else ''}{rule}"


def _manifest(
    campaign: Campaign,
    folder: CampaignFolder,
    verdict: Verdict,
    judged: Mapping[str, Sequence[Judged]],
    timings_s: Mapping[str, float],
) -> dict[str, object]:
    every = cases(campaign)
    return {
        "campaign": campaign.file.name,
        "file": {"sha256": campaign.sha256, "content": campaign.file.model_dump(mode="json")},
        "bench": {"name": campaign.bench.bench.name, "sha256": campaign.bench.sha256},
        "seeds": {entry.name: _seeds(every, entry.name) for entry in campaign.file.scenario},
        "runs": len(every),
        "simulated_days": len(every) * campaign.file.duration_h / 24.0,
        "rows_sha256": folder.sha256(ROWS),
        "under_test": campaign.file.under_test,
        "methods": [made.about for made in campaign.methods()],
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "requirements": {
            method: [{"required": str(j.required), "decision": j.decision, "reason": j.reason} for j in each]
            for method, each in judged.items()
        },
        "timings_s": dict(timings_s),
        "versions": versions(),
        "git_commit": git_commit(),
    }


def _seeds(every: Sequence[Case], scenario: str) -> list[int]:
    """First and last."""
    seeds = [case.seed for case in every if case.scenario == scenario and not case.question]
    return [min(seeds), max(seeds)]
