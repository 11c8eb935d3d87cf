"""gRPC face of the simulated DAQ: bytes to calls, refusals to status and metadata. The only importer of the stubs."""

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Final

import grpc
from nidaqmx._stubs import nidaqmx_pb2

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError, SessionExistsError, SessionMissingError
from bench.sim.daq.face import properties
from bench.sim.daq.face.calls import CALLS
from bench.sim.daq.face.messages import Fields, Message, encode
from bench.sim.daq.face.streams import STREAMS, Streams

SERVICE: Final = nidaqmx_pb2.DESCRIPTOR.services_by_name["NiDAQmx"]

Answer = Fields | Awaitable[Fields]

_ATTRIBUTE = re.compile(r"(Get|Set|Reset)([A-Z][A-Za-z]+?)Attribute(Ex)?\w*")
_ATTRIBUTE_CALLS: Final = {"Get": properties.get, "Set": properties.put, "Reset": properties.reset}
_COUNTS: Final = {"Read": "ni-samps-per-chan-read", "Writ": "ni-samps-per-chan-written"}
_STATUS: Final = {
    SessionExistsError: grpc.StatusCode.ALREADY_EXISTS,
    SessionMissingError: grpc.StatusCode.FAILED_PRECONDITION,
    NotImplementedError: grpc.StatusCode.UNIMPLEMENTED,
}
_REFUSALS: Final = (DriverError, SessionExistsError, SessionMissingError, NotImplementedError)


def handlers(driver: Driver) -> grpc.GenericRpcHandler:
    """Handlers of what is simulated. gRPC itself answers the rest with UNIMPLEMENTED."""
    streams = Streams(driver)
    served: dict[str, Any] = {}
    for method in SERVICE.methods:
        call = CALLS.get(method.name) or streams.calls.get(method.name) or _attribute_call(method.name)
        if method.name in STREAMS:
            served[method.name] = _stream_handler(method.name, partial(STREAMS[method.name], streams))
        elif call is not None:
            served[method.name] = _handler(driver, method.name, call)
    return grpc.method_handlers_generic_handler(SERVICE.full_name, served)


def _attribute_call(name: str) -> Callable[[Driver, Message], Fields] | None:
    match = _ATTRIBUTE.fullmatch(name)
    return partial(_ATTRIBUTE_CALLS[match[1]], match[2] + (match[3] or "")) if match else None


# The generic classes of the type stubs are plain classes at run time: hence the quotes.
def _handler(driver: Driver, name: str, call: Callable[[Driver, Message], Answer]) -> "grpc.RpcMethodHandler[Any, Any]":
    async def answer(request: Message, context: "grpc.aio.ServicerContext[Any, Any]") -> Fields:
        try:
            driver.now()  # faults that fell due act on this call already
            if driver.faults.delay_s:
                await asyncio.sleep(driver.faults.delay_s)
            fields = call(driver, request)
            return await fields if inspect.isawaitable(fields) else fields
        except _REFUSALS as error:
            return await _refuse(context, name, error)

    request_type, reply_type = _types(name)
    behaviour: Any = answer  # the type stubs know handlers of the blocking server only
    return grpc.unary_unary_rpc_method_handler(behaviour, request_type.FromString, partial(encode, reply_type))


def _stream_handler(name: str, begin: Callable[[Message], AsyncIterator[Fields]]) -> "grpc.RpcMethodHandler[Any, Any]":
    async def follow(request: Message, context: "grpc.aio.ServicerContext[Any, Any]") -> AsyncIterator[Fields]:
        try:
            notices = begin(request)
        except _REFUSALS as error:
            await _refuse(context, name, error)
        await context.send_initial_metadata(())  # the client waits for this: it is registered
        async for fields in notices:
            yield fields

    request_type, reply_type = _types(name)
    behaviour: Any = follow
    return grpc.unary_stream_rpc_method_handler(behaviour, request_type.FromString, partial(encode, reply_type))


def _types(name: str) -> tuple[Message, Message]:
    return getattr(nidaqmx_pb2, f"{name}Request"), getattr(nidaqmx_pb2, f"{name}Response")


async def _refuse(context: "grpc.aio.ServicerContext[Any, Any]", name: str, error: Exception) -> Fields:
    if isinstance(error, DriverError):
        await context.abort(grpc.StatusCode.UNKNOWN, str(error), _trailer(name, error))
    await context.abort(_STATUS[type(error)], str(error))
    return {}


def _trailer(name: str, error: DriverError) -> tuple[tuple[str, str], ...]:
    """What makes the client raise DaqError, for reads DaqReadError and for writes DaqWriteError."""
    count = _COUNTS.get(name[:4])
    return (("ni-error", str(error.code)), *(((count, str(error.samples)),) if count else ()))
