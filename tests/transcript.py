"""One dialogue file per instrument in tests/transcripts, for the driver's test and the simulated instrument's."""

from pathlib import Path

from bench.sim.rack.transcript import Transcript, parse

__all__ = ["FOLDER", "load", "parse"]
FOLDER = Path(__file__).parent / "transcripts"


def load(name: str) -> Transcript:
    path = FOLDER / f"{name}.txt"
    return parse(path.read_text(encoding="ascii"), str(path))
