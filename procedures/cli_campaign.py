"""`leakbench campaign`: words of the command line, and what is said of a campaign when it is over."""

import json
import os
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from procedures.campaign.threads import ONE_THREAD
from procedures.cli_truth import EXIT_CODES

if TYPE_CHECKING:
    from procedures.campaign.outcome import Outcome

EXAMPLE = """Example: leakbench campaign quick --workers 2

In CI: leakbench campaign quick --gate results/campaigns/quick-0123456789ab
"""


class RunnerName(StrEnum):
    LOCAL = "local"
    DASK = "dask"


def campaign(  # noqa: PLR0913, PLR0917 - what the command line says
    file: Annotated[str, typer.Argument(help="A campaign file, or the name of a shipped one: quick, kpis, full.")],
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes. Without: as many as there are cores.")
    ] = None,
    runner: Annotated[
        RunnerName, typer.Option(help="dask: on a Dask cluster (extra `dask`), a local one without --address.")
    ] = RunnerName.LOCAL,
    address: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Of a Dask scheduler.")] = None,
    gate: Annotated[
        Path | None,
        typer.Option(metavar="BASELINE", help="An earlier campaign's folder: exit 30 if a method is worse."),
    ] = None,
    results: Annotated[Path, typer.Option(help="Where the campaign's folder lands.")] = Path("results"),
    prefect: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--prefect/--no-prefect", help="Keep a record of the parts in Prefect.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Simulate many runs, ask every method about them, score and judge. Stopped or killed, the same command goes on."""
    begun = time.perf_counter()
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    from procedures.campaign.command import Order, perform

    chosen = workers or os.cpu_count() or 1
    order = Order(file, results, chosen, str(runner), address, prefect=prefect, quiet=as_json, begun=begun)
    outcome = perform(order)
    found = summary(outcome)
    if gate is not None:
        from procedures.campaign.gate import lines, worsened

        compared = worsened(gate, outcome)
        found["gate"] = lines(compared)
        found["worse"] = any(each.worse for each in compared)
    typer.echo(json.dumps(found) if as_json else as_text(found))
    raise typer.Exit(EXIT_CODES["FAIL" if found.get("worse") else found["verdict"]])


def summary(outcome: "Outcome") -> dict[str, Any]:
    """The object that --json prints."""
    from bench.validation.campaign.stated import in_all

    return {
        "campaign": str(outcome.folder),
        "verdict": str(outcome.verdict.outcome),
        "reason": outcome.verdict.reason,
        "requirements": {
            method: [{"required": str(j.required), "decision": str(j.decision), "reason": j.reason} for j in each]
            for method, each in outcome.judged.items()
        },
        "stated_outcomes": [
            {"question": each.name, "asked": each.method, "right_is": each.right_is, "runs": each.runs}
            | {str(mark): count for mark, count in each.marks.items()}
            for each in outcome.stated
        ],
        "stated_in_all": in_all(outcome.stated),
        "timings_s": {name: round(seconds, 3) for name, seconds in outcome.timings_s.items()},
    }


def as_text(found: dict[str, Any]) -> str:
    lines = []
    for method, each in found["requirements"].items():
        lines += [f"{method}: {j['required']}: {j['decision']} ({j['reason']})" for j in each]
    if found["stated_outcomes"]:
        lines += [*_stated(found["stated_outcomes"]), found["stated_in_all"]]
    lines += [", ".join(f"{name.replace('_', ' ')} {seconds:.1f} s" for name, seconds in found["timings_s"].items())]
    lines += found.get("gate", [])
    lines += [f"scorecard: {found['campaign']}/scorecard.html", f"{found['verdict']}: {found['reason']}"]
    return "\n".join(lines)


def _stated(found: list[dict[str, Any]]) -> list[str]:
    """A table: question, runs, right, wrong, undecided, what is right."""
    width = max(len(row["question"]) for row in found)
    counts = ("runs", "right", "wrong", "undecided")
    head = f"{'scenario':{width}}  {'  '.join(f'{name:>9}' for name in counts)}  what is right here (asked)"
    lines = [head]
    for row in found:
        numbers = "  ".join(f"{row[name]:9}" for name in counts)
        lines.append(f"{row['question']:{width}}  {numbers}  {row['right_is']} ({row['asked']})")
    return lines
