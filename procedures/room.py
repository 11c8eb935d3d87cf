"""Whether the results folder takes what a run will write: asked before anything is touched."""

import tempfile
from pathlib import Path

from bench.config.model import Bench
from bench.errors import ConfigError
from bench.space import MB, free_bytes, run_bytes

ASKED = 50
"""Bursts that a procedure may ask for beside those of its bench."""


def check_results(results: Path, bench: Bench, duration_s: float) -> None:
    """Raise ConfigError where nothing can be written, or not so much. What is tried leaves no trace."""
    there = results
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"\n")
    except OSError as error:
        raise ConfigError(f"{results}: cannot be written to: {error.strerror}") from error
    needed, free = needed_bytes(bench, duration_s), free_bytes(there)
    if free < needed:
        raise ConfigError(f"{results}: {free / MB:.0f} MB left on the disk, the run may take {needed / MB:.0f}")


def needed_bytes(bench: Bench, duration_s: float) -> float:
    """At most, for a run that takes as long as its phases should."""
    scans, channels, sound = duration_s / bench.acquisition.period_s, len(bench.channels), bench.acoustics
    if not bench.microphone:
        return run_bytes(channels, scans)
    bursts = ASKED + (duration_s / sound.period_s if sound.period_s else 0.0)
    return run_bytes(channels, scans, bursts, len(bench.microphone) * sound.burst_s * sound.rate_hz)
