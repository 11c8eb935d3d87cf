"""The bench that a command is about: its instruments where the file says, or simulated."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.clock import Clock, VirtualClock, WallClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.station import check_drivers

DEFAULT_BENCH, DEFAULT_SCENARIO = "zvezda", "quiet"


@contextmanager
def reached(bench: str | None, simulate: str | None) -> Iterator[tuple[Bench, Clock]]:
    """Without a bench: the shipped one, simulated. Raises ConfigError before anything is touched."""
    loaded = load_bench(find_bench(bench or DEFAULT_BENCH), datetime.now(UTC).date())
    check_drivers(loaded)
    scenario = simulate or (None if bench else DEFAULT_SCENARIO)
    if scenario is None:
        yield loaded, WallClock()
        return
    from bench.sim.host import serve
    from bench.sim.rig import SimulatedRig, compile_plant
    from bench.sim.scenario import load_scenario

    clock, chosen = VirtualClock(), load_scenario(scenario)
    compile_plant(loaded, chosen)
    with serve(SimulatedRig(loaded, chosen, 1, clock)) as rack:
        yield rack.bench, clock
