"""The simulated rig without a run: served to whoever connects, or drawn as it behaves when left alone."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import typer

from bench.clock import VirtualClock, WallClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.errors import ConfigError
from bench.sim.course import Course
from bench.sim.host import Rack
from bench.sim.host import serve as served
from bench.sim.makers import check_simulated
from bench.sim.plant.state import VACUUM_AGE_S
from bench.sim.rack.control import Control, Wired
from bench.sim.rack.device import Device
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import SHIPPED, Scenario, load_scenario
from bench.stop import StopRequest
from procedures.fault import announced

KEEP_UP_S = 0.1
"""Wall time between two looks at the plant: a thousandfold speed takes it 1000 steps of its grid."""
FORMATS = (".svg", ".png")
READY_S = 10.0
"""Hatches have closed by then."""
EMPTY_KG = 1e-5  # half a pascal in zvezda's chamber


def make_ready(rig: SimulatedRig, hatches: Literal["shut", "open"] = "shut") -> None:
    """Roughing pumps on, the chamber empty: as a test would find it, or no hidden leak would show."""
    for hatch in rig.bench.hatch:
        rig.write_line(hatch.line, (hatch.energised == "closed") == (hatches == "shut"))
    for pump in rig.bench.pump:
        if pump.line is None or not pump.roughs:
            continue
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


def serve(
    bench: str,
    scenario: str,
    seed: int,
    speed: float,
    *,
    stated_times: bool = False,
    transcripts: Path | None = None,
) -> None:
    """Say a line per address, then serve until the first Ctrl-C or SIGTERM; a second one does not wait."""
    loaded, chosen = _load(bench, scenario, transcripts)
    if transcripts is not None and not transcripts.is_dir():
        raise ConfigError(f"{transcripts}: there is no such folder of transcripts; `leakbench record` makes one")
    with StopRequest() as stop:
        compile_plant(loaded, chosen)  # seconds at most, which are not the rig's
        rig = SimulatedRig(loaded, chosen, seed, WallClock(speed), day=datetime.now(UTC).date())
        pace = (lambda seconds: seconds / speed) if stated_times else None
        serving = served(rig, pace, terminal_servers=True, transcripts=transcripts)
        with serving as rack, announced(_control(rack, rig, speed)) as control:
            for line in _addresses(rack):
                typer.echo(line)
            rate = "real time" if speed == 1.0 else f"{speed:g} times real time"
            typer.echo(f"{loaded.bench.name}, scenario {chosen.name}, seed {seed}, {rate}; Ctrl-C ends it", err=True)
            typer.echo(f"faults: leakbench sim fault NAME KIND (this rig is {control})", err=True)
            rack.server.run(_keep_up(rig, stop))


def _control(rack: Rack, rig: SimulatedRig, speed: float) -> str:
    """Where the rig takes orders, and tells how it stands."""
    now_s = rig.clock.now
    wired = {name: Wired(device, now_s, partial(rig.lose_power, name)) for name, device in rack.devices.items()}
    addresses = {entry.name: entry.address for entry in rack.bench.instrument}
    served: dict[str, object] = {"sha256": rack.bench.sha256, "speed": speed, "addresses": addresses}
    control = Control({**wired, **rack.daqs}, {"describe": lambda: served, "stand": rig.standing})
    return f"127.0.0.1:{rack.server.serve_tcp(Device(lambda: control))}"


def _addresses(rack: Rack) -> Iterator[str]:
    for entry in rack.bench.instrument:
        for address in filter(None, (entry.address, rack.also.get(entry.name))):
            yield f"{entry.name:20}  {entry.driver:24}  {address}"


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


def _load(bench: str, scenario: str, transcripts: Path | None = None) -> tuple[Bench, Scenario]:
    loaded = load_bench(find_bench(bench), datetime.now(UTC).date())
    check_simulated(loaded, transcripts)
    return loaded, load_scenario(scenario)
