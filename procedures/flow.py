"""Prefect, and nothing else: a procedure becomes a flow, each of its phases a task. The only importer of prefect, and
of prefect_dask, which an extra installs.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, TypeVar

from bench.errors import ConfigError

T = TypeVar("T")
Runner = Any
"""One of Prefect's task runners: where submitted tasks are performed."""

OFFLINE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
}
"""No telemetry, no start-up limit that a loaded machine misses, no cache. What the user has set stands."""


def prepare() -> None:
    """Import Prefect with the settings above; a second or two."""
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    import prefect  # noqa: F401


def as_flow(name: str, body: Callable[[], T], plan: dict[str, object], runner: Runner = None) -> T:
    """Do body as a flow run called name, in this thread; plan is what its page shows. Errors pass through. runner:
    where what body submits is performed.
    """
    from prefect import flow

    # A child inherits the mask: Ctrl-C on the terminal must stop the run, not the server that keeps its record.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def performed(plan: dict[str, object]) -> T:
        del plan
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return body()

    try:
        made = flow(name=name, retries=0, persist_result=False, validate_parameters=False, task_runner=runner)
        return made(performed)(plan)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def as_task(name: str, body: Callable[[], T]) -> T:
    """Do body as a task of the flow, here and now: no cache, no persisted result, no retry."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    as_named = task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, retries=0)
    return as_named(body)()


def dask_runner(address: str | None, workers: int) -> Runner:
    """A Dask cluster at an address, or one of so many processes of this machine. ConfigError without the extra."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise ConfigError(f"--runner dask needs the extra: pip install 'leakbench[dask]' ({error})") from error
    if address is not None:
        return DaskTaskRunner(address=address if "://" in address else f"tcp://{address}")
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    return DaskTaskRunner(cluster_kwargs=local)


def submit(name: str, body: Callable[[], T]) -> Callable[[], T]:
    """Have body done where the flow's runner does tasks; call what is returned to wait for its result."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    as_named = task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, retries=0)
    return as_named(body).submit().result
