"""The command `leakbench`. Heavy imports wait until a subcommand needs them, so that --help answers at once."""

import json
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.errors import BenchError, ConfigError, RunAbortedError
from drivers.errors import InstrumentError
from procedures.cli_campaign import EXAMPLE as CAMPAIGN_EXAMPLE
from procedures.cli_campaign import campaign
from procedures.cli_replay import EXAMPLE as REPLAY_EXAMPLE
from procedures.cli_replay import replay
from procedures.cli_safety import ack, guard, safe, status, stop
from procedures.cli_sim import DEFAULT_SCENARIO, sim_app
from procedures.cli_truth import EXIT_CODES, reevaluate, truth, verify

if TYPE_CHECKING:
    from bench.trip_test import TripTest
    from procedures.check import Found
    from procedures.ordered import Order
    from procedures.session import Session

BAD_CONFIGURATION = 70
PARSERS_CODES = {2: BAD_CONFIGURATION, 130: EXIT_CODES["ABORTED"]}
"""What the parser exits with when it refuses its words, or is interrupted, and what that is here."""
STARTED = time.perf_counter()

BenchOption = Annotated[
    str | None,
    typer.Option("--bench", "-b", help="Bench file, or the name of a shipped one. Without: zvezda, simulated."),
]
SimulateOption = Annotated[str | None, typer.Option(help="Simulate the bench under this scenario (alone: quiet).")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")]

app = typer.Typer(
    help="Drive the leak bench: run procedures on the rig, or on the simulated rig, and judge leak-detection methods.",
    epilog="Exit codes: 0 pass, 20 inconclusive, 30 fail, 40 aborted, 50 bench error, 70 bad configuration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(sim_app, name="sim")


@app.command("list")
def list_procedures() -> None:
    """Name the procedures, the shipped benches and the shipped scenarios."""
    from procedures.catalogue import describe

    typer.echo(describe())


@app.command()
def run(  # noqa: PLR0913, PLR0917 - what the command line says
    procedure: Annotated[str, typer.Argument(help="A procedure's name; see `leakbench list`.")],
    bench: BenchOption = None,
    simulate: SimulateOption = None,
    extra: Annotated[
        list[str] | None, typer.Option("-e", metavar="KEY=VALUE", help="Set a field of the procedure's plan.")
    ] = None,
    rig: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="On the rig that `leakbench sim` serves there; or: only."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulated rig's hidden draws and noise.")] = 1,
    results: Annotated[Path, typer.Option(help="Where run folders land.")] = Path("results"),
    blind: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--blind", help="Hide scenario, seed and leaks from run.json until the estimates are recorded."),
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option("--override-certificate", metavar="LEAK", help="Use its certificate although it may not be used."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why. Both taint the run and its scores.")] = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a flag
) -> None:
    """Run a procedure; leaves a run folder, prints the verdict, exits with its code.

    Example: leakbench run leak_sweep --simulate cabin_drift -e leaks=working_50um,us_50um -e exposure_s=3600
    """
    from bench.possession import driving, state_folder
    from procedures.order import make_order, reasons
    from procedures.outcome import as_text, summary

    order = make_order(
        procedure,
        bench,
        simulate,
        extra or [],
        seed=seed,
        results=results,
        quiet=as_json,
        begun=STARTED,
        blind=blind,
        rig=rig,
        overrides=reasons(override or [], reason),
    )
    with driving(state_folder(order.key), order.name) if order.outlived else nullcontext():
        session = _conduct(order)
    found = summary(session)
    typer.echo(json.dumps(found) if as_json else as_text(found, session))
    raise typer.Exit(EXIT_CODES[found["verdict"]])


@app.command(epilog="Example: leakbench check --bench my_bench.toml")
def check(
    bench: BenchOption = None,
    simulate: SimulateOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a flag
) -> None:
    """Ask every instrument who it is and how it is set, and compare with the bench file; trip-test every interlock by
    made-up readings. Writes nothing to any.
    """
    from bench.trip_test import trip_test
    from procedures.check import check as found_on
    from procedures.reach import reached

    all_found: list[Found | TripTest] = []
    with reached(bench, simulate) as (reached_bench, _):
        checks: Iterable[Found | TripTest] = chain(found_on(reached_bench), trip_test(reached_bench))
        for found in checks:
            all_found.append(found)
            if not as_json:
                typer.echo(found.as_text())
    if as_json:
        typer.echo(json.dumps([found.as_dict() for found in all_found]))
    bad = [found.name for found in all_found if found.problems]
    if bad:
        typer.echo(f"leakbench: not to be relied on: {', '.join(bad)}", err=True)
        raise typer.Exit(EXIT_CODES["ERROR"])


@app.command(epilog="Example: leakbench record --bench my_bench.toml --for 60 --output transcripts")
def record(
    bench: BenchOption = None,
    simulate: SimulateOption = None,
    duration_s: Annotated[
        float, typer.Option("--for", min=1.0, max=1e6, metavar="SECONDS", help="How long to scan.")
    ] = 10.0,
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the transcripts go.")] = Path("transcripts"),
) -> None:
    """Write down every byte of a session with the instruments, a file for each; nothing is moved.

    `leakbench sim --transcripts FOLDER` answers from such files in place of the simulated instruments.
    """
    from procedures.reach import reached
    from procedures.record import record as recorded

    with reached(bench, simulate) as (reached_bench, clock):
        for file in recorded(reached_bench, clock, duration_s, output):
            typer.echo(str(file))


app.command(epilog=CAMPAIGN_EXAMPLE)(campaign)
app.command(epilog=REPLAY_EXAMPLE)(replay)
app.command(epilog="Example: leakbench verify results/2026-11-24/000001-leak_sweep")(verify)
app.command(epilog="Example: leakbench truth results/2026-11-24/000001-leak_sweep --leak us_50um")(truth)
app.command(epilog="Example: leakbench reevaluate results/2026-11-24/000001-leak_sweep --certificate new.toml")(
    reevaluate
)

for safety in (guard, status, ack, stop, safe):
    app.command()(safety)


def main() -> None:
    """Entry point of the command. Words that the parser cannot read are bad arguments as any others are.

    Until a run has its own way of stopping, SIGTERM is as good as Ctrl-C: nothing has been touched yet.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(args=spell_out(sys.argv[1:]))
    except ConfigError as error:
        typer.echo(f"leakbench: {one_line(error)}", err=True)
        sys.exit(BAD_CONFIGURATION)
    except RunAbortedError as error:
        typer.echo(f"leakbench: {error}", err=True)
        sys.exit(EXIT_CODES["ABORTED"])
    except (BenchError, InstrumentError) as error:
        typer.echo(f"leakbench: {type(error).__name__}: {error}", err=True)
        sys.exit(EXIT_CODES["ERROR"])
    except SystemExit as leaving:
        code = leaving.code
        sys.exit(PARSERS_CODES.get(code, code) if isinstance(code, int) else code)
    except KeyboardInterrupt:
        sys.exit(EXIT_CODES["ABORTED"])


def one_line(error: Exception) -> str:
    """What came from a file may have line ends and a terminal's orders in it."""
    return " ".join("".join(each if each.isprintable() else " " for each in str(error)).split())


def spell_out(arguments: list[str]) -> list[str]:
    """`--simulate` alone means the quiet scenario; the parser wants every option's value said."""
    spelled = []
    for argument, following in zip(arguments, [*arguments, "-"][1:], strict=True):
        spelled.append(argument)
        if argument == "--simulate" and following.startswith("-"):
            spelled.append(DEFAULT_SCENARIO)
    return spelled


def _conduct(order: "Order") -> "Session":
    """The order as a Prefect flow in this thread. What ends it early is in the session's verdict, and said here."""
    from procedures import flow
    from procedures.blindfold import shown
    from procedures.session import Session

    session = Session(order, flow.as_task)
    try:
        flow.prepare()
        flow.as_flow(order.name, session.conduct, shown(order.plan.model_dump(mode="json"), blind=order.blind))
    except BaseException as error:  # noqa: BLE001 - whatever it is, its verdict decides the exit code
        session.note_failure(error)
    return session


if __name__ == "__main__":
    main()
