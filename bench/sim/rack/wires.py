"""The wires that lead to a simulated instrument: TCP connections and a serial line."""

import asyncio
import os
import socket
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from bench.sim.rack.device import Device

IDLE_PERIOD_S = 1.0
LONGEST_READ = 65536

Failed = Callable[[Exception], None]
"""Is told what an instrument raised: the loop would only log it."""


class Line(ABC):
    """What comes in goes to the device; what it answers, or says without being asked, goes out."""

    def __init__(self, device: Device, failed: Failed) -> None:
        self.device, self._failed = device, failed
        self.quiet = True  # nothing received yet
        self._timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def send(self, data: bytes) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    def heard(self, data: bytes) -> None:
        self.quiet = False
        try:
            reply = self.device.hear(data)
        except Exception as error:  # noqa: BLE001 - see Failed
            self._fail(error)
            return
        if reply and self.device.answers_at_once:
            self.send(reply)
        elif reply:
            asyncio.get_running_loop().call_later(self.device.late_s(), self.send, reply)

    def begin(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(IDLE_PERIOD_S, self._second)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _second(self) -> None:
        try:
            said = self.device.idle(quiet=self.quiet)
        except Exception as error:  # noqa: BLE001 - see Failed
            self._fail(error)
            return
        if said:
            self.send(said)
        self.begin()

    def _fail(self, error: Exception) -> None:
        self._failed(error)
        self.close()


class Wire(Line, asyncio.Protocol):
    """One TCP connection."""

    transport: asyncio.Transport

    def __init__(self, device: Device, wires: "set[Wire]", failed: Failed) -> None:
        super().__init__(device, failed)
        self._wires = wires

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._wires.add(self)
        if self._refused():
            transport.abort()
            return
        if self._others() and self._alone():  # the last client's end is not through yet, and would come too late
            self.device.hung_up()
        self.device.connections.add(self)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begin()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a client may vanish in any way
        self.end()
        self._wires.discard(self)
        if self in self.device.connections:  # not one that was refused
            self.device.connections.discard(self)
            if not self._others():
                self.device.hung_up()

    def data_received(self, data: bytes) -> None:
        self.heard(data)

    def send(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        self.transport.abort()

    def cut(self, *, power_lost: bool) -> None:
        del power_lost
        self.close()

    def restore(self) -> None:
        """A new client makes a new wire."""

    def _refused(self) -> bool:
        """A wire that is closing is no longer in the way: a client may reconnect at once."""
        return (self.device.single_client and not self._alone()) or not self.device.reachable()

    def _others(self) -> "list[Wire]":
        return [wire for wire in self.device.connections if isinstance(wire, Wire) and wire is not self]

    def _alone(self) -> bool:
        return all(wire.transport.is_closing() for wire in self._others())


class SerialLine(Line):
    """A serial port of this machine: `path` leads to a pseudo-terminal. Nobody can tell how many have opened it."""

    def __init__(self, device: Device, path: Path, failed: Failed) -> None:
        super().__init__(device, failed)
        self.path = path
        self._ours = self._theirs = -1
        self._loop = asyncio.get_running_loop()
        device.connections.add(self)
        self.restore()

    def restore(self) -> None:
        if self._ours >= 0:
            return
        self._ours, self._theirs = os.openpty()  # the other end stays open here, or a client's end would be an error
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path.symlink_to(os.ttyname(self._theirs))
        self._loop.add_reader(self._ours, self._readable)
        self.begin()

    def cut(self, *, power_lost: bool) -> None:
        """A serial line outlives the power of what it leads to."""
        self.quiet = True
        if not power_lost:
            self.close()
            if self.device.reachable():
                self.restore()

    def close(self) -> None:
        if self._ours < 0:
            return
        self.end()
        self._loop.remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)
        self._ours = self._theirs = -1
        self.path.unlink()

    def send(self, data: bytes) -> None:
        """What nobody reads for a while is lost, as on any serial line."""
        if self._ours < 0:
            return
        try:
            os.write(self._ours, data)
        except BlockingIOError:
            return

    def _readable(self) -> None:
        self.heard(os.read(self._ours, LONGEST_READ))
