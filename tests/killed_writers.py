"""Forks one writer of run folders after another and kills each at a random moment; says what each had done by then.

    python killed_writers.py FOLDER COUNT SEED

A line per writer: folder, scans, events and bursts whose writing had returned. Imported once, forked often: the moments
fall anywhere in the writer's work, its start included.
"""

import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

from test_recorder import CHANNELS, scan
from test_waveforms import burst

from bench.recorder import Recorder
from bench.records import Event, EventKind

LONGEST_S = 0.15


def write(folder: Path, told: int) -> None:
    """Until killed. After each thing that is written its count is told, in one write of a pipe."""
    recorder = Recorder(folder, CHANNELS, {})
    counts = [0, 0, 0]
    while True:
        os.write(told, struct.pack("3i", *counts))
        turn = sum(counts) % 8
        if turn == 6:
            recorder.event(Event(float(counts[1]), EventKind.GAP))
            counts[1] += 1
        elif turn == 7:
            recorder.burst(burst(samples=2000))
            counts[2] += 1
        else:
            recorder.record(scan(counts[0]))
            counts[0] += 1


def killed(folder: Path, after_s: float) -> tuple[int, ...]:
    folder.mkdir()
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        write(folder, writing)
    os.close(writing)
    told = os.read(reading, 12)  # it has begun
    time.sleep(after_s)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    with os.fdopen(reading, "rb") as rest:
        told += rest.read()
    return struct.unpack("3i", told[-12:])


def main() -> None:
    folder, count, moments = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))  # noqa: S311 - no secret
    for number in range(count):
        done = killed(folder / str(number), moments.uniform(0.0, LONGEST_S))
        print(folder / str(number), *done, flush=True)


if __name__ == "__main__":
    main()
