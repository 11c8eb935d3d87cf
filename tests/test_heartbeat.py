"""What a guard hears of its run: in this process, on a socket in a folder of any depth."""

import threading
from datetime import date

import pytest

from bench.config.load import find_bench, load_bench
from bench.errors import GuardLostError
from bench.guard import Guard
from bench.heartbeat import Heart


@pytest.fixture
def folder(tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    return deep


@pytest.fixture
def guarded(folder, shipped):
    """A guard that watches one run, and what it said in the end."""
    guard, said = Guard(shipped, folder), []
    thread = threading.Thread(target=lambda: said.append(guard.serve_one()))
    thread.start()
    yield lambda: Heart(folder, folder, 5.0, lambda: None), lambda: (thread.join(20.0), said)[1]
    thread.join(20.0)
    guard.close()


@pytest.fixture(scope="module")
def shipped():
    return load_bench(find_bench("zvezda"), date.min)


def test_a_run_that_rests_before_it_hangs_up_ended_safe_by_itself(guarded):
    begin, said = guarded
    heart = begin()
    heart.beat()
    heart.rest()
    heart.close()
    assert said() == [None]


def test_a_run_that_never_beat_has_moved_nothing(guarded):
    begin, said = guarded
    begin().close()
    assert said() == [None]


def test_without_a_guard_no_run_begins(folder):
    with pytest.raises(GuardLostError, match="no guard listens"):
        Heart(folder, folder, 5.0, lambda: None, within_s=0.2)
