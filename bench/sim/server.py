"""Simulated instruments on TCP ports of this machine. One daemon thread runs them all: their state needs no locks."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

IDLE_PERIOD_S = 1.0
ACCEPT_TURNS = 4  # of the loop, until asyncio has made a wire of a socket just accepted

T = TypeVar("T")


class Instrument(Protocol):
    """Anything that answers bytes; more is optional.

    `single_client = True` takes one connection at a time. `idle() -> bytes` is what is said without being asked: it is
    called once a second until a connection's first byte, and again while an attribute `streaming` is true.
    """

    def receive(self, data: bytes) -> bytes:
        """Takes half a command, or three; answers what is due."""


class SimServer:
    """Use as a context manager. stop() raises what instruments raised while serving: one error as itself.

    Whatever run() started that needs an orderly end (a grpc.aio server does) is stopped through run() before.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._listeners: list[asyncio.Server] = []
        self.wires: set[Wire] = set()
        self.errors: list[BaseException] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._loop_failed)
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated instruments", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._loop is None or self._thread is None:
            return
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None
        errors, self.errors = self.errors, []
        if len(errors) > 1:
            raise BaseExceptionGroup("simulated instruments failed", errors)
        if errors:
            raise errors[0]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run on the instruments' loop, from another thread, and return the result."""
        if self._loop is None:
            coroutine.close()
            raise RuntimeError("the server is not started")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def serve_tcp(self, instrument: Instrument) -> int:
        """Listen on 127.0.0.1; returns the port."""
        return self.run(self._listen(instrument))

    async def _listen(self, instrument: Instrument) -> int:
        host = Host(self, instrument)
        listener = await asyncio.get_running_loop().create_server(lambda: Wire(host), "127.0.0.1", 0)
        self._listeners.append(listener)
        port: int = listener.sockets[0].getsockname()[1]
        return port

    async def _close(self) -> None:
        await self._stop_listening()
        for wire in list(self.wires):
            wire.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # transports tell their wires, then close

    async def _stop_listening(self) -> None:
        """Accept no more, let what was accepted become wires, and only then close: asyncio leaks sockets in between."""
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            for listening in listener.sockets:
                loop.remove_reader(listening.fileno())
        for _ in range(ACCEPT_TURNS):
            await asyncio.sleep(0)
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()

    def _loop_failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(context["message"])
        if not isinstance(error, BlockingIOError):  # noise of grpc.aio with several loops: grpc/grpc issue 25364
            self.errors.append(error)


class Host:
    """An instrument and what it wants from its wires."""

    def __init__(self, server: SimServer, instrument: Instrument) -> None:
        self.server = server
        self.instrument = instrument
        self.single_client: bool = getattr(instrument, "single_client", False)
        self.wires: set[Wire] = set()

    def full(self) -> bool:
        """A wire that is closing is no longer in the way: a client may reconnect at once."""
        return self.single_client and any(not wire.transport.is_closing() for wire in self.wires)

    def streaming(self) -> bool:
        return bool(getattr(self.instrument, "streaming", False))


class Wire(asyncio.Protocol):
    """One connection. Everything an instrument says passes send(): the place for faults of the wire."""

    transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self._host = host
        self._receive = host.instrument.receive
        self._idle = getattr(host.instrument, "idle", None)
        self._quiet = True  # nothing received yet
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._host.server.wires.add(self)
        if self._host.full():
            transport.abort()
            return
        self._host.wires.add(self)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._idle is not None:
            self._later()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a client may vanish in any way
        if self._timer is not None:
            self._timer.cancel()
        self._host.wires.discard(self)
        self._host.server.wires.discard(self)

    def data_received(self, data: bytes) -> None:
        self._quiet = False
        try:
            reply = self._receive(data)
        except Exception as error:  # noqa: BLE001 - kept for stop(): the loop would only log it
            self._fail(error)
            return
        if reply:
            self.send(reply)

    def send(self, data: bytes) -> None:
        self.transport.write(data)

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(IDLE_PERIOD_S, self._second)

    def _second(self) -> None:
        try:
            said = self._idle() if self._idle and (self._quiet or self._host.streaming()) else b""
        except Exception as error:  # noqa: BLE001 - see data_received
            self._fail(error)
            return
        if said:
            self.send(said)
        self._later()

    def _fail(self, error: Exception) -> None:
        self._host.server.errors.append(error)
        self.transport.abort()
