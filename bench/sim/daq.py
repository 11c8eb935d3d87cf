"""Serve a simulated NI chassis: the real nidaqmx package connects to it as to an NI gRPC Device Server."""

import grpc

from bench.sim.daq_driver import Driver
from bench.sim.daq_wire import handlers


async def start_daq(driver: Driver) -> tuple[grpc.aio.Server, int]:
    """Listen on a free port of the loopback interface, on the running loop. Stop with `await server.stop(None)`."""
    server = grpc.aio.server(options=(("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)))
    server.add_generic_rpc_handlers((handlers(driver),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port
