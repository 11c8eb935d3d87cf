"""Lines fall by themselves when nobody collects; what has fallen stays down until it is written again."""

import pytest
from chassis_bed import DO, Rig, runner

from drivers.errors import CommandRefused

TIMEOUT_S = 10.0


@pytest.fixture(scope="module")
def run():
    with runner() as run:
        yield run


@pytest.fixture
def rig(run):
    rig = Rig(run)
    yield rig
    run(rig.server.stop(None))


@pytest.fixture
def daq(rig):
    with rig.daq() as daq:
        daq.start()
        daq.watch_over({DO[0]: False, DO[1]: True, DO[2]: False}, TIMEOUT_S, every=2)
        for line in (DO[0], DO[2], DO[3]):
            daq.write_line(line, True)
        yield daq


def collected(rig, daq, seconds):
    for _ in range(seconds):
        rig.clock.time_s += 1.0
        daq.collect()


def levels(daq):
    return [daq.read_line(line) for line in DO[:4]]


def test_while_somebody_collects_nothing_falls(rig, daq):
    collected(rig, daq, 30)
    assert not daq.fallen
    assert levels(daq) == [True, False, True, True]


def test_a_gap_within_the_timeout_since_the_last_kick_is_borne(rig, daq):
    collected(rig, daq, 4)
    rig.clock.time_s += TIMEOUT_S - 3.0  # the next kick is with the second collection
    collected(rig, daq, 2)
    assert not daq.fallen
    assert levels(daq)[0]


def test_who_does_not_collect_loses_the_lines_and_is_told_with_the_next_kick(rig, daq):
    collected(rig, daq, 4)
    rig.clock.time_s += TIMEOUT_S
    assert levels(daq) == [False, True, False, True]  # the fourth was given no level
    collected(rig, daq, 2)
    assert daq.fallen
    with pytest.raises(CommandRefused, match="-200678"):
        daq.write_line(DO[3], True)


def test_opened_anew_no_line_comes_back_by_itself_and_nobody_watches(rig, daq):
    rig.clock.time_s += TIMEOUT_S
    collected(rig, daq, 2)
    daq.reconnect()
    daq.start()
    daq.write_line(DO[3], False)
    assert levels(daq) == [False, True, False, False]
    assert daq.fallen
    rig.clock.time_s += 2 * TIMEOUT_S
    daq.write_line(DO[0], True)
    assert levels(daq)[0]


def test_a_link_opened_anew_in_time_is_watched_as_before(rig, daq):
    daq.reconnect()
    daq.start()
    daq.write_line(DO[0], True)
    collected(rig, daq, 2)
    rig.clock.time_s += TIMEOUT_S
    assert not levels(daq)[0]


def test_closing_ends_the_watch(rig):
    with rig.daq() as daq:
        daq.start()
        daq.watch_over({DO[0]: False}, TIMEOUT_S, every=1)
        daq.write_line(DO[0], True)
    with rig.daq() as other:
        rig.clock.time_s += 2 * TIMEOUT_S
        assert other.read_line(DO[0])
        other.write_line(DO[0], False)


@pytest.mark.usefixtures("daq")
def test_opened_as_freed_the_lines_are_taken_from_whoever_holds_them_and_are_low(rig):
    with pytest.raises(CommandRefused, match="reserved"):
        rig.daq()
    with rig.daq(freed=True) as other:
        assert levels(other) == [False, False, False, False]
        other.write_line(DO[0], True)
        assert levels(other)[0]


@pytest.mark.usefixtures("daq")
def test_opened_as_freed_lines_that_a_dead_client_s_watchdog_has_dropped_can_be_written(rig):
    rig.clock.time_s += 2 * TIMEOUT_S
    with rig.daq(freed=True) as other:
        other.write_line(DO[0], True)
        assert levels(other) == [True, False, False, False]
