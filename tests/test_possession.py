"""Who drives a bench, and whether it may be driven."""

import multiprocessing
import os
import signal

import pytest

from bench.errors import BenchBusyError, BenchLatchedError, ConfigError
from bench.possession import LATCH, Possession, acknowledge, check_latch, driving, holder, latch, state_folder


def hold(folder, ready):
    with driving(folder, "leak_sweep"):
        ready.set()
        signal.pause()


@pytest.fixture
def driven(tmp_path):
    """Another process that drives the bench until it is killed."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(tmp_path, ready))
    process.start()
    assert ready.wait(20.0)
    yield process
    process.kill()
    process.join()
    process.close()


def test_one_alone_drives_and_the_other_is_told_who(tmp_path, driven):
    with pytest.raises(BenchBusyError, match=f"process {driven.pid}, leak_sweep, since 20"):
        Possession(tmp_path, "second").__enter__()
    assert holder(tmp_path) == driven.pid


def test_who_leaves_leaves_nothing(tmp_path):
    for _ in range(2):
        with driving(tmp_path, "leak_sweep"):
            assert holder(tmp_path) == os.getpid()
    assert holder(tmp_path) is None
    check_latch(tmp_path)


def test_who_died_at_it_with_nobody_to_make_safe_latches_the_bench(tmp_path, driven):
    driven.kill()
    driven.join()
    assert holder(tmp_path) is None  # who asks changes nothing
    told = r"leak_sweep, since .*died at it.*leakbench ack"
    with pytest.raises(BenchLatchedError, match=told):
        check_latch(tmp_path)
    for _ in range(2):
        with pytest.raises(BenchLatchedError, match=told), driving(tmp_path, "the next"):
            pass
    acknowledge(tmp_path, "A. Tester", "seen: all closed")
    with driving(tmp_path, "the next"):
        pass


def test_who_makes_it_safe_after_a_death_does_not_hide_it(tmp_path, driven):
    driven.kill()
    driven.join()
    with Possession(tmp_path, "making safe"):
        pass
    with pytest.raises(BenchLatchedError, match="died at it"):
        check_latch(tmp_path)


def test_a_death_can_be_acknowledged_before_anybody_runs(tmp_path, driven):
    driven.kill()
    driven.join()
    assert "died at it" in acknowledge(tmp_path, "A. Tester", "seen")["reason"]
    check_latch(tmp_path)


def test_what_the_guard_did_is_not_hidden_by_the_death_of_its_run(tmp_path, driven):
    latch(tmp_path, {"reason": "the guard made the bench safe: no beat"})
    driven.kill()
    driven.join()
    with pytest.raises(BenchLatchedError, match="no beat"):
        driving(tmp_path, "the next").__enter__()


def test_a_latch_that_cannot_be_read_holds(tmp_path):
    (tmp_path / LATCH).write_bytes(b"\xff{")
    with pytest.raises(BenchLatchedError, match="cannot be read"):
        check_latch(tmp_path)
    acknowledge(tmp_path, "A. Tester", "seen")
    check_latch(tmp_path)


@pytest.mark.parametrize(("name", "reason"), [("", "seen"), ("A. Tester", " ")])
def test_nobody_acknowledges_without_name_and_reason(tmp_path, name, reason):
    latch(tmp_path, {"reason": "no beat"})
    with pytest.raises(ConfigError, match="name and a reason"):
        acknowledge(tmp_path, name, reason)
    with pytest.raises(BenchLatchedError):
        check_latch(tmp_path)


def test_without_a_latch_there_is_nothing_to_acknowledge(tmp_path):
    with pytest.raises(ConfigError, match="nothing"):
        acknowledge(tmp_path, "A. Tester", "seen")


def test_a_benchs_name_stays_within_the_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("LEAKBENCH_STATE", str(tmp_path))
    folder = state_folder("../../etc/passwd")
    assert folder.parent == tmp_path / "leakbench"
