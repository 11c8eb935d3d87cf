"""`leakbench sim daq`: a process of its own, and somebody else's script in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from nidaqmx import DaqError, GrpcSessionOptions, Task
from nidaqmx.constants import AcquisitionType
from nidaqmx.errors import RpcError

from bench.sim.daq.rack.products import products

STRANGER = Path(__file__).parents[1] / "sim" / "daq" / "stranger.py"
STEPS = ["devices", "finite_analog_input", "continuous_analog_input", "digital_lines", "analog_output"]
STEPS += ["watchdog", "error"]


def own_folder(tmp_path_factory):
    """A temporary folder: other rigs of this machine are not found from it."""
    return {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("rigs"))}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return own_folder(tmp_path_factory)


def line(*words):
    return [sys.executable, "-m", "procedures.cli", "sim", *words]


def command(environment, *words):
    return subprocess.run(line(*words), env=environment, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def daq_served(environment, *words):
    served = line("daq", "--port", "0", *words)
    with subprocess.Popen(
        served, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, int(re.fullmatch(r"Server listening on port (\d+)\n", process.stdout.readline())[1])
        finally:
            process.kill()
            process.communicate()


@contextmanager
def opened_task(port):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as link, Task(grpc_options=GrpcSessionOptions(link, "")) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        yield task


@pytest.fixture(scope="module")
def demo(environment):
    with daq_served(environment, "--speed", "20") as (_, port):
        yield port


def visited(python, port):
    """What a stranger's script did, step by step, without this project on its path."""
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(python), "-I", str(STRANGER), str(port)]
    done = subprocess.run(words, env=bare, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return [said.partition(":")[0] for said in done.stdout.splitlines()]


def test_a_stranger_s_script_runs_unchanged(demo):
    assert visited(sys.executable, demo) == STEPS


@pytest.mark.long
@pytest.mark.parametrize("version", ["1.5.*", "1.6.*"])
def test_older_clients_run_unchanged_too(demo, tmp_path, version):
    """In an environment of their own, with the newest of what they need."""
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", f"nidaqmx[grpc]=={version}"], check=True, timeout=200)
    assert visited(python, demo) == STEPS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_though_somebody_is_still_reading(environment, number):
    gone = pytest.raises(RpcError)  # as the client closes its task
    with daq_served(environment) as (process, port), gone, opened_task(port) as task:
        task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.CONTINUOUS)
        task.register_every_n_samples_acquired_into_buffer_event(100, lambda *_: 0)
        task.start()
        assert len(task.read(100)) == 100
        process.send_signal(number)
        out, err = process.communicate(timeout=10.0)
        assert (process.returncode, out) == (0, "")
        assert re.fullmatch(r"demo.toml: Dev1, cDAQ1, .*Ctrl-C ends it\nfaults: .*127.0.0.1:\d+\)\n", err)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1.0)


def test_the_first_line_comes_soon(environment):
    begun_s = time.monotonic()
    with daq_served(environment):
        assert time.monotonic() - begun_s < 10.0  # 1.2 s on an idle machine


def test_what_takes_seconds_to_import_is_not_imported(environment):
    code = (
        "import sys, procedures.cli, procedures.daq; print(*{'numba', 'prefect', 'pandas', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_fault_strikes_by_command_until_it_is_healed(tmp_path_factory):
    environment = own_folder(tmp_path_factory)
    with daq_served(environment) as (process, port), opened_task(port) as task:
        while "faults:" not in process.stderr.readline():
            pass
        assert isinstance(task.read(), float)
        done = command(environment, "fault", "Dev1", "reservation_held", "--at", "ai0")
        assert (done.returncode, done.stdout) == (0, "Dev1: reservation_held Dev1/ai engine\n"), done.stderr
        with pytest.raises(DaqError) as caught:
            task.read()
        assert caught.value.error_code == -50103
        assert command(environment, "fault", "Dev1", "heal").stdout == "no faults\n"
        assert isinstance(task.read(), float)
        done = command(environment, "fault", "Dev7", "overflow")
        assert (done.returncode, done.stderr.count("\n")) == (70, 1)
        assert done.stderr.startswith("leakbench: Dev7: no such instrument (there are: Dev1, cDAQ1, ")


def test_a_device_is_removed_under_a_client_that_waits(tmp_path_factory):
    environment = own_folder(tmp_path_factory)
    with daq_served(environment) as (_, port), opened_task(port) as task, ThreadPoolExecutor() as others:
        task.timing.cfg_samp_clk_timing(10.0, samps_per_chan=600)
        task.start()
        reading = others.submit(task.read, 600, timeout=60.0)
        time.sleep(0.2)
        assert reading.running()
        assert command(environment, "fault", "Dev1", "device_removed").returncode == 0
        with pytest.raises(DaqError) as caught:
            reading.result(timeout=20.0)
        assert caught.value.error_code == -201003


def test_a_port_that_is_taken_is_one_line(environment, demo):
    done = command(environment, "daq", "--port", str(demo))
    assert (done.returncode, done.stdout) == (70, "")
    assert f"leakbench: 127.0.0.1:{demo}: cannot listen there" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "no such rack file"), ('[[device]]\nname = "Dev1"\n', "rack.toml: device.Dev1.product: Field required\n")],
)
def test_a_rack_file_that_cannot_be_used_is_one_line(environment, tmp_path, text, said):
    file = tmp_path / "rack.toml"
    if text is not None:
        file.write_text(text)
    done = command(environment, "daq", "--devices", str(file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (70, "", 1)
    assert done.stderr.startswith("leakbench: ")
    assert said in done.stderr


def test_what_can_be_served_is_listed(environment):
    assert [row.split()[0] for row in command(environment, "daq", "--list").stdout.splitlines()] == [
        "demo",
        "nidaqmx_tests",
    ]
    rows = command(environment, "daq", "--products").stdout.splitlines()
    assert len(rows) == len(products())
    assert "NI 9476    port0/line0:31 (out)" in rows
    told = command(environment, "daq", "--help").stdout
    assert "Example: leakbench sim daq --devices my_rack.toml" in told
