"""Tasks of the public client on the rack that its own tests ask for. Unnamed, closed in reverse order."""

from contextlib import ExitStack

import pytest
from daq_testers import REAL, serving_testers
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx.system import System


@pytest.fixture(scope="session")
def channel():
    with serving_testers() as channel:
        yield channel


@pytest.fixture
def options(channel):
    return lambda: GrpcSessionOptions(channel, "")


@pytest.fixture
def make_task(options):
    with ExitStack() as stack:
        yield lambda name="": stack.enter_context(Task(name, grpc_options=options()))


@pytest.fixture
def task(make_task):
    return make_task()


@pytest.fixture
def system(options):
    return System.remote(options())


@pytest.fixture
def real(system):
    return system.devices[REAL]
