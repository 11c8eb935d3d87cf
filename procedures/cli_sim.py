"""Subcommands about the simulated rig: sim, sim daq, sim fault."""

from pathlib import Path
from typing import Annotated

import typer

from bench.sim.daq.driver.fault_kinds import FaultKind
from bench.sim.rack.wire_faults import WireFaultKind
from procedures.cli_daq import EXAMPLE, daq

DEFAULT_SCENARIO = "quiet"

sim_app = typer.Typer(
    invoke_without_command=True,
    epilog="Example: leakbench sim --scenario cabin_drift --speed 60. Or: leakbench sim --plot cabin_drift",
)


@sim_app.callback()
def sim(  # noqa: PLR0913, PLR0917 - what the command line says
    context: typer.Context,
    bench: Annotated[str, typer.Option("--bench", "-b", help="Bench file, or the name of a shipped one.")] = "zvezda",
    scenario: Annotated[str, typer.Option(help="A scenario's name or file; see --list.")] = DEFAULT_SCENARIO,
    speed: Annotated[float, typer.Option(min=0.001, max=1000.0, help="Simulated seconds per second.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the rig's hidden draws and noise.")] = 1,
    stated_times: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--stated-times", help="Let instruments take the time to answer that their manuals state.")
    ] = False,
    transcripts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Answer from a recorded session (NAME.txt) where there is one."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Only name the shipped scenarios, and why.")] = False,  # noqa: FBT002 - a flag
    plot: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Only draw it: hatches closed, pumps on.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.1, max=720.0, help="How long a --plot lasts.")] = 24.0,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Of a --plot: .svg or .png.")] = None,
) -> None:
    """Serve the simulated rig until Ctrl-C: a line per address with an instrument's name and driver, for any client.

    A serial instrument has a serial port and, as behind a terminal server, a TCP port.
    """
    if context.invoked_subcommand is not None:
        return
    from procedures import simulate

    if listing:
        typer.echo(simulate.scenarios())
    elif plot is not None:
        typer.echo(simulate.draw(bench, plot, seed, hours, output))
    else:
        simulate.serve(bench, scenario, seed, speed, stated_times=stated_times, transcripts=transcripts)


sim_app.command("daq", epilog=EXAMPLE)(daq)


@sim_app.command(epilog="Example: leakbench sim fault gauge_controller no_reply --for 60")
def fault(
    instrument: Annotated[str, typer.Argument(help="Its name in the bench file; a device of `leakbench sim daq`.")],
    kind: Annotated[
        str,
        typer.Argument(
            help=f"On a wire: {', '.join(WireFaultKind)}. In NI devices: {', '.join(FaultKind)}. heal: no more of them."
        ),
    ],
    at: Annotated[
        str | None, typer.Option(metavar="TERMINAL", help="In NI devices: where, such as cDAQ1Mod1/ai0:3.")
    ] = None,
    for_s: Annotated[
        float | None,
        typer.Option("--for", "--for-s", min=0.001, metavar="SECONDS", help="Of the rig's time. Without: until heal."),
    ] = None,
    delay_s: Annotated[
        float,
        typer.Option("--delay", "--delay-s", min=0.0, metavar="SECONDS", help="By which replies are late, wall time."),
    ] = 10.0,
    level: Annotated[int | None, typer.Option(min=0, max=1, help="Of a stuck_line; low unless said.")] = None,
    rig: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="As `leakbench sim` said it; needed if several are served.")
    ] = None,
) -> None:
    """Let something go wrong in what is being served: a simulated rig, or NI devices alone (`leakbench sim daq`)."""
    from procedures.fault import order

    stuck_at = None if level is None else bool(level)
    typer.echo(order(instrument, kind, at=at, for_s=for_s, delay_s=delay_s, level=stuck_at, rig=rig))
