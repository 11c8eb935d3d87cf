"""A phase is a plain function (run, plan, ...); this decorator performs it under its own name."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bench.run import Run

P = ParamSpec("P")
T = TypeVar("T")


def phase(body: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """Open the phase in the run's record; under Prefect it is also a task (see flow.py)."""

    @wraps(body)
    def performed(run: Run, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return run.perform(body.__name__, lambda: body(run, *args, **kwargs))

    return performed
