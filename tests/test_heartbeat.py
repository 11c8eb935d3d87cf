"""What a guard hears of its run: in this process, on a socket in a folder of any depth."""

import socket
import threading
from datetime import date

import pytest

from bench.config.load import find_bench, load_bench
from bench.errors import GuardLostError
from bench.guard import Guard, _watch
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


@pytest.mark.parametrize(("words", "reason"), [(b".\n", "process is gone"), (b".\nleft\n", "left a bench that is not")])
def test_who_hangs_up_before_all_was_safe_is_told_from_who_left(words, reason):
    here, there = socket.socketpair()
    with here, there:
        there.sendall(words)
        there.close()
        assert reason in _watch(here, 5.0)


def test_who_is_silent_for_longer_than_its_patience_hangs():
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b".\n")
        assert _watch(here, 0.1) == "no beat of the run for 0.1 s"
