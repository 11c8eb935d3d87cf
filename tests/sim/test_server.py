import asyncio
import socket
import threading

import pytest

from bench.sim.instruments.pfeiffer_tpg366 import TPG366
from bench.sim.rack import wires
from bench.sim.rack.device import Device
from bench.sim.rack.server import SimServer

ACK = b"\x06\r\n"


class Echo:
    def receive(self, data):
        return data


class Broken:
    def receive(self, data):
        raise ValueError(f"cannot do {data!r}")


class Talker(Echo):
    """Says something every second; goes on after the first byte when told to stream."""

    streaming = False

    def idle(self):
        return b"tick"


class Mumbler(Echo):
    def idle(self):
        raise ValueError("nothing to say")


def connected(port):
    return socket.create_connection(("127.0.0.1", port), timeout=5.0)


def tcp(server, instrument):
    return server.serve_tcp(Device(lambda: instrument))


def until(client, size):
    data = b""
    while len(data) < size:
        chunk = client.recv(4096)
        assert chunk, f"closed after {data!r}"
        data += chunk
    return data


def gone(client):
    """Closed by the other side, gently or not."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.fixture
def served():
    with SimServer() as running:
        yield running


@pytest.fixture
def gauges():
    return TPG366(lambda _channel: (0, 100.0), {1: "PKR"})


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(wires, "IDLE_PERIOD_S", 0.01)


def test_an_instrument_is_reached_through_a_socket_and_two_commands_may_come_in_one_write(served, gauges):
    with connected(tcp(served, gauges)) as client:
        client.sendall(b"PNR\r\x05PR1\r")
        assert until(client, 14) == ACK + b"010400\r\n" + ACK
        client.sendall(b"\x05")
        assert until(client, 15) == b"0,+1.0000E+00\r\n"


def test_instruments_have_their_own_ports_and_run_on_one_thread(served):
    seen = set()

    class Witness:
        def receive(self, data):
            seen.add(threading.current_thread().name)
            return data

    ports = [tcp(served, Witness()) for _ in range(2)]
    for port in ports:
        with connected(port) as client:
            client.sendall(b"x")
            until(client, 1)
    assert len(set(ports)) == 2
    assert len(seen) == 1
    assert threading.current_thread().name not in seen


def test_a_single_client_instrument_closes_a_further_connection_and_keeps_the_first(served, gauges):
    port = tcp(served, gauges)
    with connected(port) as first:
        first.sendall(b"PNR\r")
        assert until(first, 3) == ACK
        with connected(port) as second:
            assert gone(second)
        first.sendall(b"\x05")
        assert until(first, 8) == b"010400\r\n"


def test_a_single_client_may_reconnect_at_once_even_with_a_reply_unread(served, gauges):
    port = tcp(served, gauges)
    for _ in range(50):
        with connected(port) as client:
            client.sendall(b"PNR\r")
            assert until(client, 3) == ACK
            client.sendall(b"\x05PNR\r")


def test_what_the_last_client_left_unfinished_is_forgotten(served, gauges):
    port = tcp(served, gauges)
    with connected(port) as client:
        client.sendall(b"PNR\rPR")
        assert until(client, 3) == ACK
        with connected(port) as refused:
            assert gone(refused)
        client.sendall(b"1\r")
        assert until(client, 3) == ACK
        client.sendall(b"PR")
    with connected(port) as client:
        client.sendall(b"PNR\r")
        assert until(client, 3) == ACK


def test_several_clients_share_an_instrument_that_does_not_mind(served):
    port = tcp(served, Echo())
    with connected(port) as one, connected(port) as two:
        for client in (one, two):
            client.sendall(b"hello")
        assert [until(client, 5) for client in (one, two)] == [b"hello", b"hello"]


def test_an_error_in_an_instrument_closes_the_connection_and_comes_out_of_stop():
    running = SimServer()
    running.start()
    port, healthy = tcp(running, Broken()), tcp(running, Echo())
    with connected(port) as client, connected(healthy) as other:
        client.sendall(b"this")
        assert gone(client)
        other.sendall(b"x")
        assert until(other, 1) == b"x"
        with pytest.raises(ValueError, match="cannot do b'this'"):
            running.stop()


def test_several_errors_come_out_together():
    running = SimServer()
    running.start()
    port = tcp(running, Broken())
    for _ in range(2):
        with connected(port) as client:
            client.sendall(b"x")
            assert gone(client)
    with pytest.raises(ExceptionGroup) as raised:
        running.stop()
    assert len(raised.value.exceptions) == 2


@pytest.mark.usefixtures("fast")
def test_an_instrument_that_streams_talks_until_the_first_byte(served, gauges):
    with connected(tcp(served, gauges)) as client:
        assert until(client, 100).startswith(b"0,+1.0000E+00,5,+2.0000E-02")
        client.sendall(b"PNR\r")
        said = until(client, 3)
        while not said.endswith(ACK):
            said += until(client, 1)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)


@pytest.mark.usefixtures("fast")
def test_streaming_on_request_goes_on_after_the_first_byte(served):
    talker = Talker()
    with connected(tcp(served, talker)) as client:
        until(client, 4)
        talker.streaming = True
        client.sendall(b"x")
        assert until(client, 40).count(b"tick") > 5


@pytest.mark.usefixtures("fast")
def test_an_error_while_streaming_comes_out_of_stop():
    running = SimServer()
    running.start()
    with connected(tcp(running, Mumbler())) as client:
        assert gone(client)
    with pytest.raises(ValueError, match="nothing to say"):
        running.stop()


def test_a_coroutine_runs_on_the_instruments_loop_and_its_error_is_the_caller_s(served):
    async def fail():
        await asyncio.sleep(0)
        raise KeyError("nowhere")

    assert served.run(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(KeyError, match="nowhere"):
        served.run(fail())


def test_an_error_in_a_callback_of_the_loop_comes_out_of_stop_unless_it_is_grpc_s_noise():
    async def schedule(error):
        def fail():
            raise error

        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)

    running = SimServer()
    running.start()
    running.run(schedule(BlockingIOError(11, "Resource temporarily unavailable")))
    running.run(schedule(ValueError("seen")))
    with pytest.raises(ValueError, match="seen"):
        running.stop()


def test_stopping_closes_open_connections_and_cancels_what_still_runs(served):
    async def spawn():
        return asyncio.get_running_loop().create_task(asyncio.sleep(3600))

    task = served.run(spawn())
    with connected(tcp(served, Echo())) as client:
        client.sendall(b"x")
        until(client, 1)
        served.stop()
        assert gone(client)
    assert task.cancelled()


def test_stopping_right_after_a_client_connected_is_clean():
    for _ in range(20):
        with SimServer() as running, connected(tcp(running, Echo())):
            pass


def test_a_stopped_server_can_be_stopped_and_started_again_but_not_used():
    running = SimServer()
    with running:
        pass
    running.stop()
    with pytest.raises(RuntimeError, match="not started"):
        tcp(running, Echo())
    with running, connected(tcp(running, Echo())) as client:
        client.sendall(b"x")
        assert until(client, 1) == b"x"
