"""How fast the simulated NI chassis is in a process of its own: sustained streams without loss, single calls.

    python tests/benchmarks/daq_rates.py [--seconds 60]

Printed: what was read against what was due, the longest backlog in samples per channel, the slowest block, and how much
of a core client and server took. A lost sample is an error of the driver's, and ends it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import numpy as np
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx.constants import AcquisitionType
from nidaqmx.stream_readers import AnalogMultiChannelReader
from nidaqmx.stream_writers import DigitalSingleChannelWriter

TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
STREAMS = ((16, 1_000.0, 10), (4, 250_000.0, 25_000))
CALLS = 2_000


@contextmanager
def served() -> Iterator[tuple[grpc.Channel, int]]:
    """A channel to the service with its shipped rack, and the service's process id."""
    command = [str(Path(sys.executable).with_name("leakbench")), "sim", "daq", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        found = re.fullmatch(r"Server listening on port (\d+)\n", service.stdout.readline())
        assert found is not None
        unlimited = (("grpc.max_receive_message_length", -1),)
        with grpc.insecure_channel(f"127.0.0.1:{found[1]}", unlimited) as channel:
            yield channel, service.pid
        service.terminate()


def cpu_s(pid: int) -> float:
    """Of a process, in itself and in the kernel: proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return TICK_S * (int(fields[11]) + int(fields[12]))


def stream(channel: grpc.Channel, server: int, shape: tuple[int, float, int], seconds: float) -> str:
    channels, rate_hz, block = shape
    with Task(grpc_options=GrpcSessionOptions(channel, "")) as task:
        task.ai_channels.add_ai_voltage_chan(f"Dev1/ai0:{channels - 1}")
        task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=int(rate_hz))
        reader = AnalogMultiChannelReader(task.in_stream)
        reader.verify_array_shape = False
        data = np.zeros((channels, block))
        backlog, slowest_s, blocks = 0, 0.0, int(seconds * rate_hz / block)
        task.start()
        begun_s, before = time.perf_counter(), (cpu_s(os.getpid()), cpu_s(server))
        for number in range(blocks):
            asked_s = time.perf_counter()
            assert reader.read_many_sample(data, block) == block
            slowest_s = max(slowest_s, time.perf_counter() - asked_s)
            if number % max(blocks // 200, 1) == 0:
                backlog = max(backlog, task.in_stream.avail_samp_per_chan)
        took_s = time.perf_counter() - begun_s
        used = [
            100.0 * (now - then) / took_s for now, then in zip((cpu_s(os.getpid()), cpu_s(server)), before, strict=True)
        ]
        assert task.in_stream.curr_read_pos == blocks * block
        late = (time.perf_counter() - begun_s) * rate_hz - blocks * block
    return (
        f"{channels} ch x {rate_hz:g} S/s in blocks of {block}: "
        f"{blocks * block} samples per channel in {took_s:.2f} s, none lost; "
        f"{late:.0f} behind the clock at the end, longest backlog {backlog}; slowest block {1e3 * slowest_s:.0f} ms; "
        f"client {used[0]:.1f} %, server {used[1]:.1f} % of a core"
    )


def single(name: str, call: Callable[[], object]) -> str:
    times_us = []
    for _ in range(CALLS):
        begun_s = time.perf_counter()
        call()
        times_us.append(1e6 * (time.perf_counter() - begun_s))
    return f"{name}: median {np.median(times_us):.0f} us, 99 % within {np.percentile(times_us, 99):.0f} us"


def write_line(channel: grpc.Channel) -> str:
    with Task(grpc_options=GrpcSessionOptions(channel, "")) as task:
        task.do_channels.add_do_chan("Dev1/port0/line0")
        task.start()
        writer = DigitalSingleChannelWriter(task.out_stream)
        writer.verify_array_shape = False
        return single("one write of a line", lambda: writer.write_one_sample_one_line(True))


def read_scan(channel: grpc.Channel) -> str:
    with Task(grpc_options=GrpcSessionOptions(channel, "")) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:15")
        task.start()
        reader, data = AnalogMultiChannelReader(task.in_stream), np.zeros(16)
        reader.verify_array_shape = False
        return single("one scan of 16 analog inputs", lambda: reader.read_one_sample(data))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=60.0)
    seconds = arguments.parse_args().seconds
    with served() as (channel, server):
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, grpc {grpc.__version__}")
        print(write_line(channel))
        print(read_scan(channel))
        for shape in STREAMS:
            print(stream(channel, server, shape, seconds))


if __name__ == "__main__":
    main()
