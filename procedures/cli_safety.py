"""Subcommands about who drives a bench and what keeps it safe: guard, status, ack, stop, safe."""

import os
import signal
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.errors import ConfigError
from procedures.cli_truth import EXIT_CODES

if TYPE_CHECKING:
    from bench.config.model import Bench

BenchName = Annotated[str, typer.Option("--bench", "-b", help="Bench file, or the name of a shipped one.")]
RigOption = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="A rig that `leakbench sim` serves, or: only.")
]


def guard(
    bench: BenchName = "zvezda",
    rig: RigOption = None,
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Guard the bench of this run folder, until that run has ended.")
    ] = None,
) -> None:
    """Watch the runs on a bench, and make it safe when one of them dies, hangs or hangs up. Ctrl-C ends it.

    A run starts one by itself where none is: this command is for those who want it as a service (bench/SAFETY.md).
    """
    from bench.guard import Guard
    from bench.possession import GUARDS, Possession, state_folder

    key, loaded = _recorded(run) if run else _named(bench, rig)
    folder = state_folder(key)
    signal.signal(signal.SIGINT, signal.SIG_IGN if run else signal.default_int_handler)
    with Possession(folder, "guarding", GUARDS), closing(Guard(loaded, folder)) as watching:
        while True:
            report = watching.serve_one()
            typer.echo("the run ended safe" if report is None else report["reason"])
            if run:
                return


def ack(
    name: Annotated[str, typer.Option(help="Yours.")],
    reason: Annotated[str, typer.Option(help="What you saw, and why the bench may be driven again.")],
    bench: BenchName = "zvezda",
    rig: RigOption = None,
) -> None:
    """Acknowledge that the guard had to act; runs are possible again."""
    from bench.possession import acknowledge, state_folder

    happened = acknowledge(state_folder(_named(bench, rig)[0]), name, reason)
    typer.echo(f"acknowledged: {happened['reason']}")


def status(bench: BenchName = "zvezda", rig: RigOption = None) -> None:
    """Who drives a bench, who guards it, and whether it may be driven: exits with 50 if not."""
    from bench.possession import DRIVES, GUARDS, check_latch, holder, state_folder

    folder = state_folder(_named(bench, rig)[0])
    for lock, what in ((DRIVES, "driven"), (GUARDS, "guarded")):
        pid = holder(folder, lock)
        typer.echo(f"{what} by process {pid}" if pid else f"not {what}")
    check_latch(folder)


def stop(bench: BenchName = "zvezda", rig: RigOption = None) -> None:
    """Ask the run that drives a bench to stop in order, as Ctrl-C would; a second time: at once."""
    from bench.possession import holder, state_folder

    pid = holder(state_folder(_named(bench, rig)[0]))
    if pid is None:
        raise ConfigError("nobody drives this bench")
    os.kill(pid, signal.SIGINT)
    typer.echo(f"process {pid} was asked to stop")


def safe(bench: BenchName = "zvezda", rig: RigOption = None) -> None:
    """Put a bench that nobody drives into its safe state, each step read back."""
    from bench.guard import make_safe
    from bench.possession import Possession, state_folder

    key, loaded = _named(bench, rig)
    with Possession(state_folder(key), "making safe"):
        steps = make_safe(loaded)
    for step in steps:
        typer.echo(f"{step.command}: {step.failure or 'read back'}")
    raise typer.Exit(EXIT_CODES["ERROR"] if any(step.failure for step in steps) else 0)


def _named(name: str, rig: str | None) -> "tuple[str, Bench]":
    """What the bench's folder on this machine is called, and the bench. Its certificates are nobody's concern here."""
    from bench.config.load import find_bench, load_bench
    from procedures.guarding import key_of
    from procedures.served import served_rig

    loaded = load_bench(find_bench(name), date.min)
    if rig is None:
        return key_of(loaded.bench.name, None), loaded
    found, loaded = served_rig(rig, loaded)
    return key_of(loaded.bench.name, found.address), loaded


def _recorded(run: Path) -> "tuple[str, Bench]":
    from bench.dataset import Dataset
    from procedures.guarding import key_of
    from procedures.recorded_bench import recorded_bench

    dataset = Dataset(run)
    rig = dataset.run.get("rig")
    loaded = recorded_bench(dataset)
    return key_of(loaded.bench.name, rig["address"] if rig else None), loaded
