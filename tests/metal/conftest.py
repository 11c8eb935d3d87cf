"""The instruments under test: those of `pytest --bench FILE` where they are, else the shipped bench's, simulated and
served in this process at real time. Nothing here moves or sets anything.
"""

from datetime import UTC, datetime

import pytest

from bench.clock import WallClock
from bench.config.load import find_bench, load_bench
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import check_drivers, open_instrument

DEFAULT = "zvezda"


def stated_bench(config: pytest.Config):
    bench = load_bench(find_bench(config.getoption("--bench") or DEFAULT), datetime.now(UTC).date())
    check_drivers(bench)
    return bench


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        bench = stated_bench(metafunc.config)
        hearing = {microphone.instrument for microphone in bench.microphone}
        all_names = [entry.name for entry in bench.instrument]
        names = [name for name in all_names if name in hearing] if "microphones" in metafunc.fixturenames else all_names
        metafunc.parametrize("name", names)


@pytest.fixture(scope="session")
def bench(pytestconfig):
    stated = stated_bench(pytestconfig)
    if pytestconfig.getoption("--bench") and not pytestconfig.getoption("--bench-simulated"):
        yield stated
        return
    scenario = load_scenario("quiet")
    compile_plant(stated, scenario)
    with serve(SimulatedRig(stated, scenario, 1, WallClock())) as rack:
        yield rack.bench


@pytest.fixture
def entry(bench, name):
    return next(entry for entry in bench.instrument if entry.name == name)


@pytest.fixture
def instrument(bench, entry):
    opened = open_instrument(bench, entry)
    yield opened
    opened.close()


@pytest.fixture
def microphones(bench, name):
    """Those on the instrument; a test that asks for them is about such instruments only."""
    return [microphone for microphone in bench.microphone if microphone.instrument == name]
