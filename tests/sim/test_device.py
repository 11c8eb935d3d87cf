"""A simulated instrument in its rack: what faults do to what a client hears, on sockets and on serial lines."""

import time

import pytest
import serial
from test_server import connected, gone, until

from bench.sim.rack.device import Device
from bench.sim.rack.server import SimServer
from bench.sim.rack.wire_faults import Distortion, WireFault, WireFaultKind


class Counter:
    """Answers every line with how many it has heard, and whether it refuses or fails."""

    single_client = True
    response_s = 0.05

    def __init__(self):
        self.heard = 0
        self.refusing = self.failing = False

    def receive(self, data):
        self.heard += data.count(b"\n")
        return b"no\n" if self.refusing else b"bad\n" if self.failing else b"%d\n" % self.heard


@pytest.fixture
def served():
    with SimServer() as running:
        yield running


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def device(now):
    return Device(Counter, now_s=lambda: now[0])


def asked(client):
    client.sendall(b"?\n")
    return until(client, 2)


def silent(client):
    client.settimeout(0.1)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return True
    finally:
        client.settimeout(5.0)


def test_a_planned_fault_begins_and_ends_by_the_rig_s_time(served, now):
    device = Device(Counter, faults=[WireFault(WireFaultKind.NAK, 10.0, 20.0)], now_s=lambda: now[0])
    with connected(served.serve_tcp(device)) as client:
        said = []
        for now[0] in (0.0, 9.9, 10.0, 19.9, 20.0):
            said.append(asked(client))
        assert said == [b"1\n", b"2\n", b"no\n", b"no\n", b"5\n"]


def test_no_reply_means_heard_and_not_answered(served, device):
    with connected(served.serve_tcp(device)) as client:
        device.strike(WireFault(WireFaultKind.NO_REPLY))
        client.sendall(b"?\n")
        assert silent(client)
        device.heal()
        assert asked(client) == b"2\n"


def test_a_late_reply_comes_later_and_comes(served, device):
    with connected(served.serve_tcp(device)) as client:
        device.strike(WireFault(WireFaultKind.LATE_REPLY, delay_s=0.3))
        begun_s = time.monotonic()
        assert asked(client) == b"1\n"
        assert time.monotonic() - begun_s >= 0.3


def test_stated_response_times_are_taken_when_wanted(served):
    device = Device(Counter, pace=lambda seconds: 4.0 * seconds)
    with connected(served.serve_tcp(device)) as client:
        begun_s = time.monotonic()
        assert asked(client) == b"1\n"
        assert time.monotonic() - begun_s >= 0.2


@pytest.mark.parametrize("kind", [WireFaultKind.REFUSE_CONNECTION, WireFaultKind.POWER_CYCLE])
def test_who_cannot_be_reached_cuts_all_off_until_it_ends(served, device, kind):
    port = served.serve_tcp(device)
    with connected(port) as client:
        assert asked(client) == b"1\n"
        served.run(_strike(device, kind))
        assert gone(client)
    with connected(port) as client:
        assert gone(client)
    served.run(_heal(device))
    with connected(port) as client:
        assert asked(client) == (b"1\n" if kind is WireFaultKind.POWER_CYCLE else b"2\n")


def test_a_cut_connection_can_be_made_again_at_once(served, device):
    port = served.serve_tcp(device)
    with connected(port) as client:
        assert asked(client) == b"1\n"
        served.run(_strike(device, WireFaultKind.DISCONNECT))
        assert gone(client)
    with connected(port) as client:
        assert asked(client) == b"2\n"


async def _strike(device, kind):
    device.strike(WireFault(kind))


async def _heal(device):
    device.heal()


def test_a_power_cut_that_nobody_saw_leaves_an_instrument_as_after_power_up(served, now):
    device = Device(Counter, faults=[WireFault(WireFaultKind.POWER_CYCLE, 10.0, 20.0)], now_s=lambda: now[0])
    port = served.serve_tcp(device)
    with connected(port) as client:
        assert asked(client) == b"1\n"
        now[0] = 30.0
        served.run(_look(device))
        assert gone(client)
    with connected(port) as client:
        assert asked(client) == b"1\n"


async def _look(device):
    device.follow()


def test_a_fault_that_is_over_does_not_begin_again_with_a_planned_one(now):
    made = []
    planned = WireFault(WireFaultKind.NO_REPLY, 100.0, 110.0)
    device = Device(lambda: made.append(Counter()) or made[-1], faults=[planned], now_s=lambda: now[0])
    now[0] = 50.0
    device.strike(WireFault(WireFaultKind.POWER_CYCLE, 50.0, 60.0))
    for time_s in (70.0, 100.0, 120.0):
        now[0] = time_s
        device.follow()
    assert len(made) == 2


# -- serial lines ------------------------------------------------------------------------------------------------
@pytest.fixture
def line(served, device):
    return served.serve_serial(device, "counter")


def opened(path):
    return serial.Serial(str(path), 9600, timeout=0.2)


def test_a_serial_line_carries_both_ways_and_outlives_its_clients(line):
    for number in (b"1\n", b"2\n"):
        with opened(line) as port:
            port.write(b"?\n")
            assert port.read(2) == number


def test_a_serial_line_is_silent_while_the_power_is_off_and_stays_open(served, device, line):
    with opened(line) as port:
        served.run(_strike(device, WireFaultKind.POWER_CYCLE))
        port.write(b"?\n")
        assert port.read(2) == b""
        served.run(_heal(device))
        port.write(b"?\n")
        assert port.read(2) == b"1\n"


def test_a_pulled_plug_ends_the_line_and_a_new_one_is_under_the_same_name(served, device, line):
    with opened(line) as port:
        served.run(_strike(device, WireFaultKind.DISCONNECT))
        with pytest.raises(OSError, match=r"Input/output|disconnected"):
            port.write(b"?\n") and port.read(1)
    with opened(line) as port:
        port.write(b"?\n")
        assert port.read(2) == b"1\n"


def test_a_line_that_refuses_is_not_there_until_the_fault_ends(served, device, line):
    served.run(_strike(device, WireFaultKind.REFUSE_CONNECTION))
    assert not line.exists()
    served.run(_heal(device))
    assert line.is_char_device()


def test_what_nobody_reads_is_lost_and_nothing_breaks(line):
    with opened(line) as port:
        for _ in range(3000):
            port.write(b"?\n")
        port.reset_input_buffer()
        time.sleep(0.1)
        port.reset_input_buffer()
        port.write(b"?\n")
        assert port.read(5) == b"3001\n"


def test_nothing_is_left_of_a_server_that_has_stopped():
    with SimServer() as running:
        path = running.serve_serial(Device(Counter), "counter")
        assert path.exists()
    assert not path.parent.exists()


# -- what becomes of replies -------------------------------------------------------------------------------------
def test_the_previous_reply_is_always_one_behind():
    distortion = Distortion()
    said = [distortion.of(reply, {WireFaultKind.PREVIOUS_REPLY}) for reply in (b"1", b"2", b"3")]
    assert said == [b"", b"1", b"2"]
    assert distortion.of(b"4", {WireFaultKind.DOUBLED}) == b"44"
    assert distortion.of(b"5", {WireFaultKind.PREVIOUS_REPLY}) == b""


def test_a_garbled_reply_is_never_text_and_never_twice_the_same():
    distortion = Distortion()
    said = [distortion.of(b"+1.0E+00\n", {WireFaultKind.GARBLED}) for _ in range(100)]
    assert not any(reply.isascii() for reply in said)
    assert len(set(said)) > 20


def test_the_same_faults_distort_the_same_replies_equally():
    one, other = Distortion(), Distortion()
    kinds = {WireFaultKind.GARBLED, WireFaultKind.TRUNCATED}
    assert [one.of(b"abcdef", kinds) for _ in range(9)] == [other.of(b"abcdef", kinds) for _ in range(9)]
