"""`leakbench sim daq`: words of the command line."""

from typing import Annotated

import typer

NI_PORT = 31763
"""Where an NI gRPC Device Server listens unless told otherwise."""
EXAMPLE = """Example: leakbench sim daq --devices my_rack.toml --port 0

Then, in Python with `pip install "nidaqmx\\[grpc]"` and no driver of NI's:
    options = nidaqmx.GrpcSessionOptions(grpc.insecure_channel("localhost:PORT"), "")
    nidaqmx.Task(grpc_options=options)
"""


def daq(
    devices: Annotated[
        str, typer.Option(metavar="FILE", help="Rack file, or the name of a shipped one; see --list.")
    ] = "demo",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: one that is free.")] = NI_PORT,
    speed: Annotated[float, typer.Option(min=0.001, max=1000.0, help="Simulated seconds per second.")] = 1.0,
    listing: Annotated[bool, typer.Option("--list", help="Only name the shipped racks, and why.")] = False,  # noqa: FBT002 - a flag
    products: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--products", help="Only name the products of the catalogue, and what they have.")
    ] = False,
) -> None:
    """Serve simulated NI-DAQmx devices until Ctrl-C: the real nidaqmx package runs against them without NI's driver.

    They listen on this machine alone; from another one, tunnel to it (ssh -L).

    The first line says the port. `leakbench sim fault DEVICE KIND` lets something go wrong.
    """
    from procedures import daq as alone

    if listing:
        typer.echo(alone.racks())
    elif products:
        typer.echo(alone.catalogue())
    else:
        alone.serve(devices, port, speed)
