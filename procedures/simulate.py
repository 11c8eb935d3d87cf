"""The simulated rig without a run: served to whoever connects, or drawn as it behaves when left alone."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import typer

from bench.clock import ScaledClock, VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.errors import ConfigError
from bench.sim.course import Course
from bench.sim.host import INSTRUMENTS, Hosting
from bench.sim.plant.state import VACUUM_AGE_S
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import SHIPPED, Scenario, load_scenario
from bench.sim.server import SimServer
from bench.stop import StopRequest

KEEP_UP_S = 0.1
"""Wall time between two looks at the plant: a thousandfold speed takes it 1000 steps of its grid."""
FORMATS = (".svg", ".png")
READY_S = 10.0
"""Hatches have closed by then."""
EMPTY_KG = 1e-5  # half a pascal in zvezda's chamber


def make_ready(rig: SimulatedRig) -> None:
    """Hatches closed, pumps on, the chamber already empty: as a test would find it, or no hidden leak would show."""
    for hatch in rig.bench.hatch:
        rig.write_line(hatch.line, hatch.energised == "closed")
    for pump in rig.bench.pump:
        valve = rig.bench.actuators[pump.valve]
        rig.write_line(pump.line, True)
        rig.write_line(valve.line, valve.energised == "open")
    rig.command(_empty)


def _empty(course: Course) -> None:
    """As if the chamber had been pumped for an hour."""
    mass = course.model.layout.mass(course.state.u)[course.model.node["chamber"]]
    mass *= EMPTY_KG / mass.sum()
    course.state.time[VACUUM_AGE_S] = 3600.0


def scenarios() -> str:
    """The shipped ones, a line each."""
    found = [load_scenario(path.stem) for path in sorted(SHIPPED.glob("*.toml"))]
    width = max(len(scenario.name) for scenario in found)
    return "\n".join(f"{scenario.name:{width}}  {scenario.why}" for scenario in found)


def serve(bench: str, scenario: str, seed: int, speed: float) -> None:
    """Say a line per instrument, then serve until the first Ctrl-C or SIGTERM; a second one does not wait."""
    loaded, chosen = _load(bench, scenario)
    with StopRequest() as stop, SimServer() as server, ExitStack() as closing:
        compile_plant(loaded, chosen)  # seconds at most, which are not the rig's
        rig = SimulatedRig(loaded, chosen, seed, ScaledClock(speed))
        hosting = Hosting(server, rig, closing)
        for entry in loaded.instrument:
            typer.echo(f"{entry.name:20}  {entry.driver:16}  {INSTRUMENTS[entry.driver](hosting, entry)}")
        rate = "real time" if speed == 1.0 else f"{speed:g} times real time"
        typer.echo(f"{loaded.bench.name}, scenario {chosen.name}, seed {seed}, {rate}; Ctrl-C ends it", err=True)
        server.run(_keep_up(rig, stop))


async def _keep_up(rig: SimulatedRig, stop: StopRequest) -> None:
    """Let the plant follow its clock: who asks for the first time after a night must not wait while it catches up."""
    while stop.asked is None:
        rig.look()
        await asyncio.sleep(KEEP_UP_S)


def draw(bench: str, scenario: str, seed: int, hours: float, output: Path | None) -> Path:
    """Run the rig, made ready and then left alone, and draw its course; where the picture is."""
    loaded, chosen = _load(bench, scenario)
    file = output or Path(f"{chosen.name}.svg")
    if file.suffix not in FORMATS:
        raise ConfigError(f"{file}: give it the ending {' or '.join(FORMATS)}")
    if not file.parent.is_dir():
        raise ConfigError(f"{file}: there is no folder {file.parent}")
    from procedures.scenario_plot import course_of, save

    rig = SimulatedRig(loaded, chosen, seed, VirtualClock())
    make_ready(rig)
    rig.clock.advance_to(rig.clock.now() + READY_S)
    save(course_of(rig, hours), chosen, file)
    return file


def _load(bench: str, scenario: str) -> tuple[Bench, Scenario]:
    loaded = load_bench(find_bench(bench), datetime.now(UTC).date())
    for entry in loaded.instrument:
        if entry.driver not in INSTRUMENTS:
            raise ConfigError(f"{loaded.file}: instrument.{entry.name}.driver: {entry.driver!r} cannot be simulated")
    return loaded, load_scenario(scenario)
