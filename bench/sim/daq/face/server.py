"""Serve a simulated rack: the real nidaqmx package connects to it as to an NI gRPC Device Server."""

import grpc

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.face.sessions import session_handlers
from bench.sim.daq.face.wire import handlers

Service = grpc.aio.Server


async def start_daq(driver: Driver, port: int = 0) -> tuple[Service, int]:
    """Listen (on a free port for 0), on the running loop. Stop with `await server.stop(None)`."""
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0))
    server = grpc.aio.server(options=options)
    server.add_generic_rpc_handlers((handlers(driver), session_handlers(driver)))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server, bound
