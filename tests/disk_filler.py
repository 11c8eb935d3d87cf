"""A run at work in FOLDER until the disk takes no more; then what it came to, a line each.

    python disk_filler.py FOLDER [BYTES]

BYTES: a file may not grow beyond. Nobody looks how much room is left: it is the disk itself that says so.
"""

import resource
import sys
from pathlib import Path

from run_bed import Bed, caught

from bench.dataset import Dataset
from bench.recorder import Recorder


def fill(folder: Path) -> None:
    Recorder.check_room = lambda _: None
    bed = Bed(folder)

    def body(run):
        bed.at_work()
        run.hold(1e6)

    error = caught(bed, body, OSError)
    print(type(error).__name__, error, *getattr(error, "__notes__", ()), sep="\n")
    print(bed.run.verdict.outcome, bed.run.verdict.reason, sep="\n")
    print("safe:", not (any(bed.daq.levels[line] for line in ("do0", "do2", "do5")) or bed.controller.on))
    dataset = Dataset(folder)
    times_s = dataset.scans()["time_s"].tolist()
    print("whole:", times_s == [float(second + 1) for second in range(len(times_s))] and len(times_s) > 100)
    print(dataset.outcome, len(dataset.events()) > 3, [path.name for path in folder.rglob("*.part")], sep="\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    fill(Path(sys.argv[1]))
