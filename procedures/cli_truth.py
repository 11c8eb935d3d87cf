"""Subcommands about what is known of a run that is over: verify, truth, reevaluate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bench.errors import ConfigError
from procedures.foreign import foreign

EXIT_CODES = {"PASS": 0, "INCONCLUSIVE": 20, "FAIL": 30, "ABORTED": 40, "ERROR": 50}
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


def verify(folder: Run) -> None:
    """Check every file of a run folder against the hashes it was sealed with, a blind run against its commitment."""
    from bench.blind import blind_problems
    from bench.manifest import verify as problems_of

    _present(folder)
    with foreign(folder):
        problems = problems_of(folder)
        problems = (*problems, *(() if problems else blind_problems(folder)))
    for problem in problems:
        typer.echo(f"{folder}: {problem}", err=True)
    if problems:
        raise typer.Exit(EXIT_CODES["ERROR"])
    typer.echo(f"{folder}: every file is as it was sealed")


def truth(
    folder: Run,
    leak: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    at_s: Annotated[
        float | None, typer.Option("--at", metavar="SECONDS", help="At this instant of the run, not over the window.")
    ] = None,
) -> None:
    """Print the uncertainty budget of what leaked, source by source, and what the witnesses say."""
    from procedures.budgets import budgets

    _present(folder)
    with foreign(folder):
        found = "\n\n".join(budgets(folder, leak, at_s))
    typer.echo(found)


def reevaluate(
    folder: Run,
    certificate: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A revised certificate; may be given several times.")
    ] = None,
    bench: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Of runs without bench.json: a copy of their bench file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Truth and scores of an old run by revised certificates, written beside the old ones; exit code: the verdict's."""
    from bench.recorder import json_text
    from procedures.reevaluate import as_text
    from procedures.reevaluate import reevaluate as again

    _present(folder)
    with foreign(folder):
        found = again(folder, certificate or [], bench)
    answer = {"revision": found.number, "before": found.before, "after": found.after}
    typer.echo(json.dumps(json.loads(json_text(answer))) if as_json else as_text(found))
    raise typer.Exit(EXIT_CODES[found.after.verdict.outcome])


def _present(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such run folder")
