"""Bytes to and from an instrument. The only importer of pyvisa, and the one place where its errors are mapped."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import pyvisa
from pyvisa.constants import ControlFlow, StatusCode
from pyvisa.errors import VisaIOError
from pyvisa.resources import MessageBasedResource
from pyvisa_py.sessions import UnknownAttribute  # type: ignore[import-untyped]  # it has no types

from drivers.errors import InstrumentError, LinkLost, ProtocolError, ReplyTimeout

# serial.SerialException is an OSError, as are refused and broken connections, which pyvisa-py lets through unmapped.
VISA_ERRORS: Final = (pyvisa.Error, UnknownAttribute, OSError)
LONGEST_BYTES: Final = 65536
REMEDY: Final = "check its power, its cable and this address, and that no other program is connected to it"


class Link(Protocol):
    """A connection that carries terminated messages, request and reply in turn. `reopen` puts it in step again."""

    @property
    def address(self) -> str: ...
    @property
    def is_ready(self) -> bool: ...
    @property
    def overdue(self) -> bool: ...
    def send(self, message: bytes) -> None: ...
    def send_raw(self, data: bytes, *, interrupting: bool = False) -> None: ...
    def receive(self) -> bytes: ...
    def query(self, message: bytes) -> bytes: ...
    def read_bytes(self, count: int) -> bytes: ...
    def waiting(self, wait_s: float = 0.0) -> bool: ...
    def drain(self, quiet_s: float) -> None: ...
    def reopen(self) -> None: ...
    def hurried(self, longest_s: float) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


class Journal(Protocol):
    """Is told every byte that passes a link, in order."""

    def sent(self, address: str, data: bytes) -> None: ...
    def received(self, address: str, data: bytes) -> None: ...


JOURNAL: Final[ContextVar[Journal | None]] = ContextVar("JOURNAL", default=None)
"""Of the links that are made in this context, to record a session; none by default."""


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How a serial port talks, 8N1; a socket has no use for it."""

    baud_rate: int = 9600
    rts_cts: bool = False

    def options(self) -> dict[str, Any]:
        flow = ControlFlow.rts_cts if self.rts_cts else ControlFlow.none
        return {"baud_rate": self.baud_rate, "flow_control": flow}


class VisaLink:
    """A `Link` through pyvisa-py. Not thread-safe.

    A failed or interrupted exchange closes the link, so that a late reply can never be taken for the answer to the
    next request; every call then raises LinkLost until `reopen()`. So does a request while a reply is still due, or
    when bytes have come that nobody asked for.
    """

    def __init__(
        self,
        address: str,
        *,
        read_termination: bytes,
        write_termination: bytes,
        timeout_s: float = 2.0,
        line: SerialLine | None = None,
    ) -> None:
        self.address = address
        self._read_termination = read_termination
        self._write_termination = write_termination
        self._timeout_s = timeout_s
        self._line = line or SerialLine()
        self._journal = JOURNAL.get()
        self._exchange = Exchange(self)
        self.resource: MessageBasedResource | None = None
        self._session: Any = None  # of pyvisa-py: it knows whether input has come, pyvisa has no way to ask
        self._last_sent = b""
        self._reply_due = False
        self._sent_s = 0.0  # on time.monotonic
        self._found_at = ""
        self.reopen()

    @property
    def is_ready(self) -> bool:
        """Open, and no reply due."""
        return self.resource is not None and not self._reply_due

    @property
    def overdue(self) -> bool:
        """A reply has not come within the time-out, which counts from the request on."""
        return self._reply_due and time.monotonic() - self._sent_s > self._timeout_s

    def send(self, message: bytes) -> None:
        """Send a request, to be followed by `receive()` or `read_bytes()`.

        Two sends in a row would stall 40 ms on TCP (Nagle meets delayed ACK, and pyvisa-py cannot switch Nagle off):
        what is not answered travels in one message with something that is.
        """
        with self._exchange as resource:
            self._write_request(resource, message)

    def send_raw(self, data: bytes, *, interrupting: bool = False) -> None:
        """Send exactly these bytes, without a terminator; interrupting: whatever the instrument is saying."""
        with self._exchange as resource:
            if not interrupting:
                self._expect_silence()
            self._write(resource, data)

    def receive(self) -> bytes:
        """Next message without its terminator; ReplyTimeout when none is complete in time."""
        with self._exchange:
            return self._read_message()

    def query(self, message: bytes) -> bytes:
        with self._exchange as resource:
            self._write_request(resource, message)
            return self._read_message()

    def read_bytes(self, count: int) -> bytes:
        """Exactly `count` bytes, whatever they are."""
        with self._exchange:
            data = self._piece(self._sent_s + self._timeout_s, count)
            until_s = time.monotonic() + self._timeout_s
            while len(data) < count:
                data += self._piece(until_s, count - len(data))
            self._reply_due = False
            self._note(data)
        return data

    def waiting(self, wait_s: float = 0.0) -> bool:
        """Whether input is there, or comes within wait_s. LinkLost when the other side has closed the link."""
        with self._exchange:
            return self._input(wait_s) > 0

    def drain(self, quiet_s: float) -> None:
        """Discard input until none has come for `quiet_s`."""
        with self._exchange:
            until_s = time.monotonic() + self._timeout_s
            while self._input(quiet_s):
                if time.monotonic() > until_s:
                    raise ProtocolError(f"{self.address}: does not stop sending", request=self._last_sent)
                self._piece(until_s)

    def reopen(self) -> None:
        """Close and open. An instrument that is switched off is often found by the first exchange only."""
        self.close()
        try:
            self._found_at = self._found_at or self._find_host()
            resource = pyvisa.ResourceManager("@py").open_resource(
                self._found_at,
                open_timeout=round(1000.0 * self._timeout_s),
                timeout=1000.0 * self._timeout_s,
                read_termination=chr(self._read_termination[-1]),
                **(self._line.options() if self.address.upper().startswith("ASRL") else {}),
            )
        except Exception as error:  # pyvisa-py raises a bare Exception for a host that does not answer
            raise LinkLost(f"{self.address}: cannot be opened, {REMEDY} ({error})") from error
        self.resource = cast("MessageBasedResource", resource)
        self._session = cast("Any", resource.visalib).sessions[resource.session]

    def _find_host(self) -> str:
        """The address with the host's number, looked up once: whoever answers such questions may be down with the rest.
        OSError for a name that nobody knows, for which pyvisa-py would leave a socket behind.
        """
        kind, *rest = self.address.split("::")
        if not kind.upper().startswith("TCPIP") or not rest:
            return self.address
        return "::".join([kind, socket.gethostbyname(rest[0]), *rest[1:]])

    @contextmanager
    def hurried(self, longest_s: float) -> Iterator[None]:
        """Wait no longer than this for a connection or an answer meanwhile."""
        timeout_s, self._timeout_s = self._timeout_s, min(self._timeout_s, longest_s)
        try:
            yield
        finally:
            self._timeout_s = timeout_s
            if self.resource is not None:
                self.resource.timeout = 1000.0 * timeout_s

    def close(self) -> None:
        """Close; closing twice is harmless."""
        resource, self.resource, self._session, self._reply_due = self.resource, None, None, False
        if resource is not None:
            resource.close()

    def _write_request(self, resource: MessageBasedResource, message: bytes) -> None:
        if self._reply_due:
            raise ProtocolError(f"{self.address}: a reply was never fetched; reconnect", request=self._last_sent)
        self._expect_silence()
        self._reply_due = True
        self._write(resource, message + self._write_termination)

    def _write(self, resource: MessageBasedResource, data: bytes) -> None:
        self._last_sent, self._sent_s = data, time.monotonic()
        resource.visalib.write(resource.session, data)
        if self._journal:
            self._journal.sent(self.address, data)

    def _read_message(self) -> bytes:
        """VISA ends a read at the last byte of the terminator alone: read on until the whole of it is there."""
        message = self._piece(self._sent_s + self._timeout_s)
        until_s = time.monotonic() + self._timeout_s
        while not message.endswith(self._read_termination):
            if len(message) > LONGEST_BYTES:
                raise ProtocolError(f"{self.address}: a message without end", request=self._last_sent)
            message += self._piece(until_s)
        self._reply_due = False
        self._note(message)
        return message.removesuffix(self._read_termination)

    def _piece(self, until_s: float, most: int = LONGEST_BYTES) -> bytes:
        """What has come, up to the last byte of the terminator. pyvisa-py is asked for no more than that: it would wait
        for as long as bytes trickle in. (pyvisa's own reading warns of what is left, and takes twice the time.)
        """
        available = self._input(max(0.0, until_s - time.monotonic()))
        if not available:
            raise self._timed_out()
        data, _ = self._session.read(min(most, available))
        return bytes(data)

    def _note(self, data: bytes) -> None:
        if self._journal:
            self._journal.received(self.address, data)

    def _expect_silence(self) -> None:
        """What has come unasked would be taken for the answer to the next request."""
        if self._input(0.0):
            raise ProtocolError(f"{self.address}: sends what nobody asked for", request=self._last_sent)

    def _input(self, wait_s: float) -> int:
        """Bytes that have come, at least one of them within wait_s; 0 for none. A port whose other side has gone can be
        read, too: its end, on which pyvisa-py would spin until time-out.
        """
        if pending := getattr(self._session, "_pending_buffer", b""):  # read together with the message before
            return len(pending)
        port = self._session.interface
        if not select.select([port], [], [], wait_s)[0]:
            return 0
        came = len(port.recv(LONGEST_BYTES, socket.MSG_PEEK)) if isinstance(port, socket.socket) else port.in_waiting
        if not came:
            raise ConnectionError("the other side has closed the link")
        return int(came)

    def mapped(self, error: Exception) -> InstrumentError:
        if isinstance(error, VisaIOError) and error.error_code == StatusCode.error_timeout:
            return self._timed_out()
        return LinkLost(f"{self.address}: {error}", request=self._last_sent)

    def _timed_out(self) -> ReplyTimeout:
        return ReplyTimeout(f"{self.address}: no reply within {self._timeout_s:g} s", request=self._last_sent)


class Exchange:
    """Any failure inside closes the link, Ctrl-C too, since a reply may still be on its way. (A generator would be four
    times as slow, and a scan has a hundred exchanges.)
    """

    __slots__ = ("_link",)

    def __init__(self, link: VisaLink) -> None:
        self._link = link

    def __enter__(self) -> MessageBasedResource:
        if self._link.resource is None:
            raise LinkLost(f"{self._link.address}: closed after a failure; reconnect first")
        return self._link.resource

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None:
            return
        self._link.close()
        if isinstance(error, VISA_ERRORS) and not isinstance(error, InstrumentError):  # a LinkLost is an OSError, too
            raise self._link.mapped(error) from error
