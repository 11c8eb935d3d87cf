"""What else an NI gRPC Device Server offers: the session utilities, of which the reset clears all tasks."""

from functools import partial
from typing import Any, Final

import grpc
import session_pb2

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.face.messages import Message

SERVICE: Final = session_pb2.DESCRIPTOR.services_by_name["SessionUtilities"]


def session_handlers(driver: Driver) -> grpc.GenericRpcHandler:
    """ResetServer and EnumerateDevices; what clients reserve by name among themselves is not simulated."""
    served = {"ResetServer": partial(_reset, driver), "EnumerateDevices": partial(_devices, driver)}
    methods = {name: _handler(name, call) for name, call in served.items()}
    return grpc.method_handlers_generic_handler(SERVICE.full_name, methods)


async def _reset(driver: Driver, _: Message, __: object) -> Message:
    driver.clear_all()
    return session_pb2.ResetServerResponse(is_server_reset=True)


async def _devices(driver: Driver, _: Message, __: object) -> Message:
    rows: list[Message] = [
        {
            "name": device.name,
            "model": device.product,
            "vendor": "National Instruments",
            "serial_number": f"{device.serial:08X}",
        }
        for device in driver.rack.devices.values()
    ]
    return session_pb2.EnumerateDevicesResponse(devices=rows)


def _handler(name: str, call: Any) -> "grpc.RpcMethodHandler[Any, Any]":  # noqa: ANN401 - stubs know no aio handlers
    method = SERVICE.methods_by_name[name]
    request_type = getattr(session_pb2, method.input_type.name)
    return grpc.unary_unary_rpc_method_handler(call, request_type.FromString, lambda reply: reply.SerializeToString())
