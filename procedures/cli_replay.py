"""`leakbench replay`: words of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from bench.errors import ConfigError
from procedures.foreign import foreign

EXAMPLE = "Example: leakbench replay results/2026-11-24/000001-leak_sweep --method my_method.py:MyMethod -p k=3"


def replay(  # noqa: PLR0913, PLR0917 - what the command line says
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    method: Annotated[
        list[str] | None,
        typer.Option("--method", "-m", metavar="NAME", help="Or path/to/file.py:Class. Several may be given."),
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("-p", metavar="KEY=VALUE", help="A parameter of the method.")
    ] = None,
    window: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this one of the run's; or COMPARTMENT:BEGIN:END in s of the run."),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(metavar="BEGIN:END", help="In s: of such windows, and for monitors, which watch from its end on."),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Every answer, as Parquet.")] = None,
    every_s: Annotated[
        float, typer.Option("--every", min=0.0, metavar="SECONDS", help="Between a monitor's answers in the table.")
    ] = 3600.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Feed a recorded run to methods and monitors and print what they answer; without --method name those there are."""
    from bench.detection.choose import choices
    from bench.detection.made import make
    from procedures import replay as replaying
    from procedures.parameters import pairs

    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such run folder")
    if not method:
        typer.echo("\n".join(f"{name:20} {line}" for name, line in choices().items()))
        return
    if output is not None and folder.resolve() in output.resolve().parents:
        raise ConfigError(f"{output}: is in the run folder, which is sealed")
    given = pairs(parameter or ())
    assert isinstance(given, dict)
    made = [make(word, given) for word in method]
    with foreign(folder):
        recorded = replaying.recording(folder, window or (), background)
    found = replaying.replay(recorded, made)
    if output is not None:
        replaying.write(output, found)
    typer.echo(replaying.as_json(folder, found) if as_json else replaying.as_text(found, every_s))
