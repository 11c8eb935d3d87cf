"""Simulated instruments on ports of this machine. One daemon thread runs them all: their state needs no locks."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from bench.sim.rack.device import Device
from bench.sim.rack.wires import SerialLine, Wire

FOLLOW_PERIOD_S = 0.05
"""How soon, in wall time, planned faults of instruments begin and end that nobody asks meanwhile."""
ACCEPT_TURNS = 4  # of the loop, until asyncio has made a wire of a socket just accepted

T = TypeVar("T")


class SimServer:
    """Use as a context manager. stop() raises what instruments raised while serving: one error as itself.

    Whatever run() started that needs an orderly end (a grpc.aio server does) is stopped through run() before.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._listeners: list[asyncio.Server] = []
        self._devices: list[Device] = []
        self._lines: list[SerialLine] = []
        self._folder: Path | None = None
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

    def serve_tcp(self, device: Device) -> int:
        """Listen on 127.0.0.1; returns the port."""
        return self.run(self._listen(device))

    def serve_serial(self, device: Device, name: str) -> Path:
        """A serial port; returns its path."""
        return self.run(self._lay(device, name))

    async def _listen(self, device: Device) -> int:
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Wire(device, self.wires, self.errors.append), "127.0.0.1", 0)
        self._listeners.append(listener)
        self._watch(device)
        port: int = listener.sockets[0].getsockname()[1]
        return port

    async def _lay(self, device: Device, name: str) -> Path:
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="leakbench-"))
        self._lines.append(SerialLine(device, self._folder / name, self.errors.append))
        self._watch(device)
        return self._lines[-1].path

    def _watch(self, device: Device) -> None:
        if not self._devices:
            self._follow()
        if device not in self._devices:
            self._devices.append(device)

    def _follow(self) -> None:
        for device in self._devices:
            device.follow()
        asyncio.get_running_loop().call_later(FOLLOW_PERIOD_S, self._follow)

    async def _close(self) -> None:
        await self._stop_listening()
        for wire in list(self.wires):
            wire.transport.abort()
        for line in self._lines:
            line.close()
        self._lines.clear()
        self._devices.clear()
        if self._folder:
            shutil.rmtree(self._folder)
            self._folder = None
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
