"""The table of faults: what is done to a run on a served rig, and whether the bench keeps its promises then.

    python tests/faults/table.py                     every signal at the beginning of every phase, then everything else
    python tests/faults/table.py --random 50         signals at random moments
    python tests/faults/table.py --faults SIGKILL --phases pressurise

Each cell is a run of its own on a rig at speed 1; one takes about a minute and a half on two idle cores. Exits with
1 if a cell does not hold.
"""

import argparse
import os
import platform
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.bed import Attempt, Bed, bed
from faults.cells import FAULTS, PHASES, SIGNALS, Row, struck

from procedures.flow import OFFLINE

RUN_S = 150.0
"""About how long a run of the short plan takes."""


@contextmanager
def prefect() -> Iterator[str]:
    """Address of a server that all runs share."""
    os.environ.update(OFFLINE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.settings import PREFECT_API_URL
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            yield str(PREFECT_API_URL.value())


def after(seconds: float, run: Attempt) -> None:
    run.wait_for("preflight")
    time.sleep(seconds)


def rows(bench: Bed, faults: list[str], phases: list[str], moments: list[float]) -> Iterator[Row]:
    for name, phase in product(faults, phases):
        if FAULTS[name].phase not in ("", phase):
            continue
        yield struck(bench, name, phase, lambda run, phase=phase: run.wait_for(phase))  # type: ignore[misc]
    for number, moment_s in enumerate(moments):
        yield struck(bench, tuple(SIGNALS)[number % len(SIGNALS)], f"{moment_s:.1f} s", partial(after, moment_s))


def printed(row: Row) -> bool:
    holds = "holds" if not row.wrong else f"WRONG: {row.wrong}"
    told = row.told if len(row.told) < 90 else f"{row.told[:87]}..."
    print(
        f"| {row.fault} | {row.moment} | {row.safe_s:.2f} s | {row.exit_code} | {row.verdict} | {told} | {holds} |",
        flush=True,
    )
    return not row.wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the faults' names, and do nothing")
    parser.add_argument("--faults", nargs="*", default=["*"], metavar="PATTERN", help='such as "SIG*", "barometer: *"')
    parser.add_argument("--phases", nargs="*", default=list(PHASES), choices=PHASES, metavar="PHASE")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many random moments instead of phases")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    faults = [name for name in FAULTS if any(fnmatchcase(name, pattern) for pattern in chosen.faults)]
    if chosen.list:
        print("\n".join(faults))
        return 0
    drawn = random.Random(chosen.seed)  # noqa: S311 - moments, no secrets
    moments = sorted(drawn.uniform(0.0, RUN_S) for _ in range(chosen.random))
    phases = [] if chosen.random else chosen.phases
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, seed {chosen.seed}")
    print("| fault | when | safe after | exit | outcome | what is told | |\n|---|---|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        prefect() as url,
        bed(Path(folder), url) as bench,
    ):
        held = [printed(row) for row in rows(bench, faults, phases, moments)]
    print(f"{sum(held)} of {len(held)} hold")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
