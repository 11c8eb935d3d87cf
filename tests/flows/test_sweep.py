"""The main job as its user runs it: a process of its own, over Prefect, drivers and wires."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

import anyio
import numpy as np
import pytest
from flows.conftest import only_folder, started, wait_for_phase

from bench.dataset import Dataset
from bench.detection.shipped import methods
from bench.manifest import verify
from bench.records import EventKind

HOLD = ("-e", "leaks=us_50um", "-e", "exposure_s=72000")
PHASES = [
    "preflight", "pump_down", "pressurise", "close_hatches", "stabilise", "background_before",
    "leak_us_50um", "leak_transfer_50um", "background_after", "safe_state", "score",
]  # fmt: skip


def recorded_tasks():
    """Names of the task runs of the newest flow run, as Prefect's page lists them."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.sorting import FlowRunSort

    async def ask():
        async with get_client() as client:
            (newest,) = await client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)
            only = FlowRunFilter(id={"any_": [newest.id]})
            return await client.read_task_runs(flow_run_filter=only, limit=100)

    return {run.name for run in anyio.run(ask)}


def test_the_main_job_leaves_a_verdict_a_sealed_folder_and_a_task_per_phase(command, tmp_path):
    process = command("-e", "leaks=us_50um,transfer_50um")
    out, err = process.communicate(timeout=200)
    found = json.loads(out)  # one object and nothing else
    assert process.returncode == 0, found["reason"] + err
    assert found["verdict"] == "PASS"
    assert found["simulated"] is True
    assert found["scans"] == pytest.approx(found["bench_seconds"], abs=2)
    assert [leak["name"] for leak in found["leaks"]] == ["us_50um", "transfer_50um"]
    for leak in found["leaks"]:
        answered = {e["method"] for e in leak["estimates"]}
        assert answered | {"leak_kind"} == set(methods())  # ten minutes say nothing of a leak's kind, and it says so
        assert leak["truth_kg_s"] == pytest.approx(4.2e-7, rel=0.1)
        assert 0.005 < leak["truth_u_kg_s"] / leak["truth_kg_s"] < 0.02
    folder = only_folder(tmp_path)
    assert found["run"] == str(folder)
    assert verify(folder) == ()
    assert (folder / "report.html").stat().st_size > 50_000
    events = Dataset(folder).events()
    assert [e.detail["phase"] for e in events if e.kind == EventKind.PHASE_BEGUN] == PHASES
    deadline = time.monotonic() + 20.0  # task runs reach the server's database as events, a little later
    while not set(PHASES) <= (tasks := recorded_tasks()) and time.monotonic() < deadline:
        pass
    assert set(PHASES) <= tasks


@dataclass
class Ended:
    """A run that got a signal in the middle of a hold."""

    code: int
    out: str
    err: str
    folder: Path


@pytest.fixture(scope="module")
def ended(prefect_url, tmp_path_factory):
    """Three runs side by side, as most of their time is spent on waiting: each gets its own signal."""
    results = {number: tmp_path_factory.mktemp(number.name) for number in (SIGINT, SIGTERM, SIGKILL)}
    processes = {number: started(prefect_url, folder, *HOLD) for number, folder in results.items()}
    found = {}
    try:
        for number, process in processes.items():
            wait_for_phase(process, "leak_us_50um")
            process.send_signal(number)
            out, err = process.communicate(timeout=100)
            found[number] = Ended(process.returncode, out, err, only_folder(results[number]))
    finally:
        for process in processes.values():
            process.kill()
            process.communicate()
    return found


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_signal_in_the_middle_of_a_hold_ends_in_the_safe_state(ended, number):
    run = ended[number]
    assert run.code == 40, run.err
    assert json.loads(run.out)["verdict"] == "ABORTED"
    data = Dataset(run.folder)
    assert data.outcome == "ABORTED"
    assert verify(run.folder) == ()
    (safe,) = [e for e in data.events() if e.kind == EventKind.SAFE_STATE]
    assert safe.detail["failures"] == []
    assert "CloseValve:orifice_50um_us" in safe.detail["steps"]
    last = data.scans().iloc[-1]
    assert last["orifice_50um_us_closed_state"] == 1.0  # the end switch, seen after the safe state
    assert last["roughing_pump_running_state"] == 0.0


def test_a_killed_run_can_be_read_up_to_its_last_second(ended):
    data = Dataset(ended[SIGKILL].folder)
    assert data.interrupted
    assert data.outcome == "INTERRUPTED"
    assert verify(ended[SIGKILL].folder) == ("INTERRUPTED: not closed",)
    times_s = data.scans()["time_s"].to_numpy()
    assert np.all(np.diff(times_s) == 1.0)
    assert times_s[-1] >= data.events()[-1].time_s - 1.0
