"""Every call that nidaqmx makes: with a deadline, as it sets none, and with its errors made ours."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import grpc
from nidaqmx.errors import Error, RpcError

from drivers.errors import CommandRefused, InstrumentError, LinkLost, ProtocolError, ReplyTimeout


class SamplesLost(InstrumentError):  # noqa: N818 named like its cause
    """Nobody read in time and the buffer ran over: a gap. Record it, then `reconnect()` and `start()`."""


REMEDIES: Final[Sequence[tuple[set[int | grpc.StatusCode], type[InstrumentError], str]]] = (
    ({-50103, -200587}, CommandRefused, "end the client that holds it, or reset the device if that client died"),
    ({-88709, -200088}, LinkLost, "device or server were reset: reconnect() and start()"),
    ({-200279}, SamplesLost, "collect more often; reconnect() and start() to go on"),
    ({0, grpc.StatusCode.UNAVAILABLE}, LinkLost, "start the server (or install the driver), then reconnect()"),
    ({grpc.StatusCode.DEADLINE_EXCEEDED}, ReplyTimeout, "the server hangs or the network is cut: reconnect()"),
)


@contextmanager
def reported(subject: str) -> Iterator[None]:
    """The one place where the errors of nidaqmx, of the device and of gRPC, become ours."""
    try:
        yield
    except Error as error:
        code = getattr(error, "error_code", getattr(error, "rpc_code", 0))
        unlisted = (ProtocolError if isinstance(error, RpcError) else CommandRefused, "check names and settings")
        kind, remedy = next(((kind, remedy) for codes, kind, remedy in REMEDIES if code in codes), unlisted)
        raise kind(f"NI-DAQmx at {subject}: {' '.join(str(error).split())} Remedy: {remedy}.") from error


class Deadline:
    """On every call, as nidaqmx sets none: a frozen server would hold the bench for ever."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    def on(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(request: Any, metadata: Any = None) -> Any:  # noqa: ANN401 - passed on as they are
            return call(request, timeout=self._timeout_s, metadata=metadata)

        return timed


class TimedChannel:
    """All that nidaqmx needs of a channel. An interceptor of gRPC would do the same, for 25 us a call."""

    def __init__(self, channel: grpc.Channel, deadline: Deadline) -> None:
        self.unary_stream, self.close = channel.unary_stream, channel.close
        self.unary_unary = lambda *method, **details: deadline.on(channel.unary_unary(*method, **details))
