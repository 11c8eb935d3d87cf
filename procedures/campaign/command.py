"""A campaign from its order to its folder: who works, whether Prefect keeps a record, what is seen meanwhile."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.errors import ConfigError
from bench.stop import StopRequest
from procedures import flow
from procedures.campaign.cluster import ClusterRunner
from procedures.campaign.conduct import Runner, conduct
from procedures.campaign.folder import CampaignFolder
from procedures.campaign.load import Campaign, load_campaign
from procedures.campaign.outcome import Outcome, conclude
from procedures.campaign.pool import PoolRunner, plainly
from procedures.campaign.progress import shown


@dataclass(frozen=True, slots=True)
class Order:
    """begun: when the command was given, on time.perf_counter."""

    file: str
    results: Path
    workers: int
    runner: str
    address: str | None
    prefect: bool
    quiet: bool
    begun: float


def perform(order: Order) -> Outcome:
    """Rows that are missing, then everything that follows from them. Raises ConfigError, RunAbortedError."""
    campaign = load_campaign(order.file, datetime.now(UTC).date())
    folder = CampaignFolder(order.results, campaign)
    if order.runner == "dask" and not order.prefect:
        raise ConfigError("--runner dask: Prefect hands the parts to Dask, leave --no-prefect out")
    with folder.owned():
        timings_s = _work(order, campaign, folder) if folder.lacks(campaign) else folder.timings_s()
        return conclude(campaign, folder, timings_s)


def _work(order: Order, campaign: Campaign, folder: CampaignFolder) -> dict[str, float]:
    """Wall times, s: until work could begin, within parts, and between them."""
    with StopRequest() as stop, _runner(order) as runner, shown(order.quiet) as told:

        def body() -> tuple[float, float]:
            started = time.perf_counter()
            conduct(campaign, folder, runner, stop, told=told)
            return started - order.begun, time.perf_counter() - started

        name = f"campaign-{campaign.file.name}"
        plan = {"file": order.file, "sha256": campaign.sha256, "workers": order.workers}
        startup_s, whole_s = _recorded(order, name, body, plan)
        busy_s = runner.busy_s
        between = {"orchestration": whole_s - busy_s} if order.runner == "local" else {}  # a cluster's is not known
        return {"startup": startup_s, "work": busy_s, **between}


def _runner(order: Order) -> AbstractContextManager[Runner]:
    if order.runner == "dask":
        return nullcontext(ClusterRunner(order.workers))
    return PoolRunner(order.workers, flow.as_task if order.prefect else plainly)


def _recorded(
    order: Order, name: str, body: Callable[[], tuple[float, float]], plan: dict[str, object]
) -> tuple[float, float]:
    """As a flow, if Prefect shall know of it."""
    if not order.prefect:
        return body()
    flow.prepare()
    cluster = flow.dask_runner(order.address, order.workers) if order.runner == "dask" else None
    return flow.as_flow(name, body, plan, cluster)
