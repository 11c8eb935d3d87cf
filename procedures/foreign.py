"""A run folder from elsewhere: whatever it holds, reading it comes to data or to one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError, ConfigError

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError)
"""Of files that are damaged, or of something else: numbers where names should be, tables of other columns."""


@contextmanager
def foreign(folder: Path) -> Iterator[None]:
    """Around reading, and what cannot be told from it; the name of the error stands in the line for whoever doubts."""
    try:
        yield
    except BenchError:
        raise
    except UNREADABLE as error:
        raise ConfigError(f"{folder}: cannot be read as a run: {type(error).__name__}: {error}") from error
