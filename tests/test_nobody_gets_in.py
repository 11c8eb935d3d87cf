"""Servers listen on this machine alone; names lead nowhere else; pages escape; nothing that could run code is read."""

import ast
import inspect
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from review.recorded import RUN

from bench.dataset import Dataset
from bench.recorder import Recorder
from bench.records import Channel, Event, EventKind
from bench.review.report import write_report
from bench.sim.daq.face.server import start_daq
from procedures.flow import as_flow, as_task, dask_runner

ROOT = Path(__file__).parents[1]
SOURCES = [path for part in ("bench", "drivers", "procedures") for path in sorted((ROOT / part).rglob("*.py"))]
LISTENS = "0A"
"""State of a socket in /proc/net/tcp."""
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
"""127.0.0.1, ::1 and ::ffff:127.0.0.1 as the kernel writes them there."""
CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "torch", "yaml"}
"""Modules whose reading runs what was written."""


def listening(process_id):
    """Addresses that the process listens on, as the kernel has them."""
    inodes = set()
    for handle in list(Path(f"/proc/{process_id}/fd").iterdir()):
        with suppress(FileNotFoundError):  # the one that the folder itself was read through
            inodes.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENS and fields[9] in inodes:
                yield fields[1].partition(":")[0]


def test_a_socket_that_listens_everywhere_would_be_seen():
    with socket.create_server(("0.0.0.0", 0)):  # noqa: S104 - for that
        assert "00000000" in set(listening("self"))


@pytest.mark.parametrize("words", [["sim"], ["sim", "daq", "--port", "0"]], ids=" ".join)
def test_what_is_served_is_served_to_this_machine_alone(words):
    command = [sys.executable, "-m", "procedures.cli", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            process.stdout.readline()
            ready = process.stderr.readline()
            assert ready
            found = list(listening(process.pid))
        finally:
            process.kill()
    assert len(found) > 1
    assert set(found) <= LOOPBACK


def test_no_option_lets_anything_listen_wider():
    """An address to listen on is no argument of any server; whoever wants it from elsewhere makes a tunnel."""
    help_text = subprocess.run(
        [sys.executable, "-m", "procedures.cli", "sim", "daq", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "--port" in help_text
    assert "--host" not in help_text
    assert list(inspect.signature(start_daq).parameters) == ["driver", "port"]
    wide = [path for path in SOURCES if "0.0.0.0" in path.read_text()]  # noqa: S104
    assert wide == []


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module.partition(".")[0], alias.name) for alias in node.names)


def called(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, {each.arg: getattr(each.value, "value", None) for each in node.keywords}


def dangers(tree):
    """No pickle, no eval, no NumPy file with objects in it."""
    yield from sorted({module for module, _ in imported(tree)} & CODE)
    for name, keywords in called(tree):
        if name in {"read_pickle", "to_pickle", "eval", "exec"}:
            yield name
        yield from (key for key in ("allow_pickle", "persist_result", "shell") if keywords.get(key) is True)


def test_nothing_that_is_read_can_run_code():
    found = [(path.relative_to(ROOT).as_posix(), *dangers(ast.parse(path.read_text()))) for path in SOURCES]
    assert len(found) > 100
    assert [each for each in found if len(each) > 1] == []


@pytest.mark.parametrize(
    "code", ["import pickle", "from joblib import load", "np.load(x, allow_pickle=True)", "eval(x)"]
)
def test_what_could_would_be_found(code):
    assert list(dangers(ast.parse(code)))


def test_prefect_keeps_no_result_of_anything():
    """Its stored results would be pickles, read back by whoever asks for them."""
    for function in (as_flow, as_task):
        assert "persist_result=False" in inspect.getsource(function)
    assert '"dashboard_address": None' in inspect.getsource(dask_runner)


HOSTILE = "<script>alert(1)</script>"


def hostile(value):
    """The same, every text in it replaced."""
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return f"{HOSTILE}{value}" if isinstance(value, str) else value


@pytest.mark.filterwarnings("ignore:Attempting to set identical")  # truths without estimates span no axis
def test_a_report_shows_what_people_wrote_and_runs_none_of_it(tmp_path):
    kept = {"started_utc": RUN["started_utc"]}
    run = {**hostile(RUN), **kept, "reason": HOSTILE, "taints": [HOSTILE]}
    channel = Channel(HOSTILE, "pressure", "Pa", 0.0, 2e5, 1.0, HOSTILE)
    recorder = Recorder(tmp_path, [channel], run)
    recorder.event(Event(0.0, EventKind.ALARM, {"method": HOSTILE, "compartment": HOSTILE}))
    leak = {"leak": HOSTILE, "compartment": HOSTILE, "rate_kg_s": 1e-7, "u_kg_s": 1e-9, "void": HOSTILE}
    recorder.write_json("truth.json", {"leaks": [leak, {**leak, "leak": f"{HOSTILE}2", "rate_kg_s": 3e-7}]})
    recorder.close_scans()
    recorder.update(outcome="ERROR", reason=HOSTILE)
    page = write_report(tmp_path).read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert Dataset(tmp_path).run["operator"].startswith(HOSTILE)
