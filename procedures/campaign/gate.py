"""A campaign against an earlier one's folder: the line to put into CI."""

from pathlib import Path

import pandas as pd

from bench.errors import ConfigError
from bench.validation.campaign.gate import Compared, compare
from procedures.campaign.folder import ROWS
from procedures.campaign.outcome import Outcome
from procedures.campaign.rows import windowed


def worsened(baseline: Path, outcome: Outcome) -> list[Compared]:
    """Every comparison, those that got worse first. Raises ConfigError for a folder that cannot be compared with."""
    if not (baseline / ROWS).is_file():
        raise ConfigError(f"--gate {baseline}: no finished campaign is there ({ROWS} is missing)")
    try:
        before, now = (windowed(pd.read_parquet(folder / ROWS)) for folder in (baseline, outcome.folder))
        compared = compare(before, now)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigError(f"--gate {baseline}: {error}") from error
    return sorted(compared, key=lambda each: not each.worse)


def lines(compared: list[Compared]) -> list[str]:
    """A line for each that got worse, or one that says that none did."""
    worse = [f"gate: {each}" for each in compared if each.worse]
    return worse or [f"gate: nothing got significantly worse ({len(compared)} comparisons)"]
