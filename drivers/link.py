"""Bytes to and from an instrument. The only importer of pyvisa, and the one place where its errors are mapped."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol, cast

import pyvisa
from pyvisa.constants import StatusCode
from pyvisa.errors import VisaIOError
from pyvisa.resources import MessageBasedResource
from pyvisa_py.sessions import UnknownAttribute  # type: ignore[import-untyped]  # it has no types

from drivers.errors import InstrumentError, LinkLost, ProtocolError, ReplyTimeout

# serial.SerialException is an OSError, as are refused and broken connections, which pyvisa-py lets through unmapped.
VISA_ERRORS: Final = (pyvisa.Error, UnknownAttribute, OSError)
DRAIN_LIMIT_BYTES: Final = 65536
REMEDY: Final = "check its power, its cable and this address, and that no other program is connected to it"


class Link(Protocol):
    """A connection that carries terminated messages, request and reply in turn. `reopen` puts it in step again."""

    @property
    def address(self) -> str: ...
    @property
    def is_ready(self) -> bool: ...
    def send(self, message: bytes) -> None: ...
    def send_raw(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...
    def query(self, message: bytes) -> bytes: ...
    def read_bytes(self, count: int) -> bytes: ...
    def drain(self, quiet_s: float) -> None: ...
    def reopen(self) -> None: ...
    def close(self) -> None: ...


class VisaLink:
    """A `Link` through pyvisa-py. Not thread-safe.

    A failed or interrupted exchange closes the link, so that a late reply can never be taken for the answer to the
    next request; every call then raises LinkLost until `reopen()`. So does a request while a reply is still due.
    """

    def __init__(
        self, address: str, *, read_termination: bytes, write_termination: bytes, timeout_s: float = 2.0
    ) -> None:
        self.address = address
        self._read_termination = read_termination
        self._write_termination = write_termination
        self._timeout_s = timeout_s
        self._resource: MessageBasedResource | None = None
        self._last_sent = b""
        self._reply_due = False
        self.reopen()

    @property
    def is_ready(self) -> bool:
        """Open, and no reply due."""
        return self._resource is not None and not self._reply_due

    def send(self, message: bytes) -> None:
        """Send a request, to be followed by `receive()`.

        Two sends in a row would stall 40 ms on TCP (Nagle meets delayed ACK, and pyvisa-py cannot switch Nagle off):
        what is not answered travels in one message with something that is.
        """
        with self._exchange() as resource:
            self._write_request(resource, message)

    def send_raw(self, data: bytes) -> None:
        """Send exactly these bytes, without a terminator."""
        with self._exchange() as resource:
            self._last_sent = data
            resource.write_raw(data)

    def receive(self) -> bytes:
        """Next message without its terminator; ReplyTimeout when none is complete in time."""
        with self._exchange() as resource:
            message = resource.read_raw()
            self._reply_due = False
        return message.removesuffix(self._read_termination)

    def query(self, message: bytes) -> bytes:
        with self._exchange() as resource:
            self._write_request(resource, message)
            reply = resource.read_raw()
            self._reply_due = False
        return reply.removesuffix(self._read_termination)

    def read_bytes(self, count: int) -> bytes:
        """Exactly `count` bytes, whatever they are."""
        with self._exchange() as resource:
            return resource.read_bytes(count)

    def drain(self, quiet_s: float) -> None:
        """Discard input until none has come for `quiet_s`."""
        with self._exchange() as resource:
            resource.timeout = 1000.0 * quiet_s
            try:
                resource.read_bytes(DRAIN_LIMIT_BYTES)
            except VisaIOError as error:
                if error.error_code != StatusCode.error_timeout:
                    raise
                resource.timeout = 1000.0 * self._timeout_s
            else:
                raise ProtocolError(f"{self.address}: does not stop sending", request=self._last_sent)

    def reopen(self) -> None:
        """Close and open. An instrument that is switched off is often found by the first exchange only."""
        self.close()
        try:
            resource = pyvisa.ResourceManager("@py").open_resource(
                self.address,
                open_timeout=round(1000.0 * self._timeout_s),
                timeout=1000.0 * self._timeout_s,
                read_termination=self._read_termination.decode("ascii"),
            )
        except Exception as error:  # pyvisa-py raises a bare Exception for a host that does not answer
            raise LinkLost(f"{self.address}: cannot be opened, {REMEDY} ({error})") from error
        self._resource = cast("MessageBasedResource", resource)

    def close(self) -> None:
        """Close; closing twice is harmless."""
        resource, self._resource, self._reply_due = self._resource, None, False
        if resource is not None:
            resource.close()

    def _write_request(self, resource: MessageBasedResource, message: bytes) -> None:
        if self._reply_due:
            raise ProtocolError(f"{self.address}: a reply was never fetched; reconnect", request=self._last_sent)
        self._reply_due = True
        self._last_sent = message + self._write_termination
        resource.write_raw(self._last_sent)

    @contextmanager
    def _exchange(self) -> Iterator[MessageBasedResource]:
        """Any failure inside closes the link, Ctrl-C too, since a reply may still be on its way."""
        if self._resource is None:
            raise LinkLost(f"{self.address}: closed after a failure; reconnect first")
        try:
            yield self._resource
        except VISA_ERRORS as error:
            self.close()
            raise self._mapped(error) from error
        except BaseException:
            self.close()
            raise

    def _mapped(self, error: Exception) -> InstrumentError:
        if isinstance(error, VisaIOError) and error.error_code == StatusCode.error_timeout:
            return ReplyTimeout(f"{self.address}: no reply within {self._timeout_s:g} s", request=self._last_sent)
        return LinkLost(f"{self.address}: {error}", request=self._last_sent)


@contextmanager
def handshake(link: Link, instrument: str) -> Iterator[None]:
    """Around the opening dialogue: a failure closes the link and tells what to check, keeping its type.

    Opening a dead port succeeds, so this is where a dead or wrong instrument is found.
    """
    try:
        yield
    except InstrumentError as error:
        link.close()
        message = f"{instrument} at {link.address}: handshake failed, {REMEDY} ({error.problem})"
        raise type(error)(message, request=error.request, reply=error.reply) from error
    except BaseException:
        link.close()
        raise
