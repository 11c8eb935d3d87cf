"""gRPC face of the simulated DAQ: bytes to calls, refusals to status and metadata. The only importer of the stubs."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import grpc
from nidaqmx._stubs import nidaqmx_pb2

from bench.sim import daq_attributes
from bench.sim.daq_driver import Driver
from bench.sim.daq_errors import DriverError, SessionExistsError, SessionMissingError
from bench.sim.daq_messages import Fields, Message, encode
from bench.sim.daq_service import CALLS

SERVICE: Final = nidaqmx_pb2.DESCRIPTOR.services_by_name["NiDAQmx"]

_ATTRIBUTE = re.compile(r"(Get|Set)([A-Z]\w+?)Attribute\w+")
_ATTRIBUTE_CALLS: Final = {"Get": daq_attributes.get, "Set": daq_attributes.put}
_COUNTS: Final = {"Read": "ni-samps-per-chan-read", "Writ": "ni-samps-per-chan-written"}
_STATUS: Final = {
    SessionExistsError: grpc.StatusCode.ALREADY_EXISTS,
    SessionMissingError: grpc.StatusCode.FAILED_PRECONDITION,
    NotImplementedError: grpc.StatusCode.UNIMPLEMENTED,
}


def handlers(driver: Driver) -> grpc.GenericRpcHandler:
    """Handlers of what is simulated. gRPC itself answers the rest with UNIMPLEMENTED."""
    names = [method.name for method in SERVICE.methods]
    served = {name: _handler(name, call) for name in names if (call := _call(driver, name))}
    return grpc.method_handlers_generic_handler(SERVICE.full_name, served)


def _call(driver: Driver, name: str) -> Callable[[Message], Fields] | None:
    if name in CALLS:
        return partial(CALLS[name], driver)
    match = _ATTRIBUTE.fullmatch(name)
    return partial(_ATTRIBUTE_CALLS[match[1]], driver, match[2]) if match else None


# The generic classes of the type stubs are plain classes at run time: hence the quotes.
def _handler(name: str, call: Callable[[Message], Fields]) -> "grpc.RpcMethodHandler[Any, Any]":
    async def answer(request: Message, context: "grpc.aio.ServicerContext[Any, Any]") -> Fields:
        try:
            return call(request)
        except DriverError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error), _trailer(name, error.code))
        except tuple(_STATUS) as error:
            await context.abort(_STATUS[type(error)], str(error))

    request_type, reply_type = getattr(nidaqmx_pb2, f"{name}Request"), getattr(nidaqmx_pb2, f"{name}Response")
    behaviour: Any = answer  # the type stubs know handlers of the blocking server only
    return grpc.unary_unary_rpc_method_handler(behaviour, request_type.FromString, partial(encode, reply_type))


def _trailer(name: str, code: int) -> tuple[tuple[str, str], ...]:
    """What makes the client raise DaqError, for reads DaqReadError and for writes DaqWriteError."""
    count = _COUNTS.get(name[:4])
    return (("ni-error", str(code)), *(((count, "0"),) if count else ()))
