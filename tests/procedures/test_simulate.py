"""`leakbench sim`: a process of its own that any client may connect to, and pictures of scenarios."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from datetime import date

import grpc
import numpy as np
import pytest
from nidaqmx import GrpcSessionOptions, Task

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.plant.state import CAPACITY, FILM, NOW_S, RADIATION
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.station import open_station
from bench.stop import StopRequest
from procedures.cli import main
from procedures.scenario_plot import course_of
from procedures.simulate import _keep_up, make_ready

SPEED = 60.0
BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
INSTRUMENTS = {entry.name: entry.driver for entry in BENCH.instrument}
LINES = len(INSTRUMENTS) + sum(entry.address.startswith("ASRL") for entry in BENCH.instrument)
"""A serial instrument has a second address, that of a terminal server."""


def started(*words):
    line = [sys.executable, "-m", "procedures.cli", "sim", *words]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(process):
    """The first line of each instrument: name -> (driver, address)."""
    lines = [process.stdout.readline().split() for _ in range(LINES)]
    return {name: (driver, address) for name, driver, address in reversed(lines)}


@pytest.fixture(scope="module")
def addresses():
    with started("--speed", str(SPEED), "--seed", "3") as process:
        try:
            yield {name: address for name, (_, address) in said(process).items()}
        finally:
            process.terminate()
            process.communicate()
    assert process.returncode == 0


def port(address):
    return int(address.split("::")[2])


@pytest.mark.parametrize(
    ("name", "question", "part"),
    [("thermometers", b"*IDN?\n", b"34972A"), ("pressure_controller", b"*IDN?\n", b"Pace5000")],
)
def test_a_plain_socket_gets_the_identity(addresses, name, question, part):
    with socket.create_connection(("127.0.0.1", port(addresses[name])), timeout=5.0) as link:
        link.sendall(question)
        with link.makefile("rb") as replies:
            assert part in replies.readline()


def test_drivers_of_another_process_read_the_rig_and_drive_it(addresses):
    entries = tuple(e.model_copy(update={"address": addresses[e.name]}) for e in BENCH.instrument)
    line = BENCH.actuators["hatch_us_transfer"].line
    with open_station(BENCH.model_copy(update={"instrument": entries})) as station:
        thermometers, lines = station.instruments["thermometers"], station.instruments["daq"]
        thermometers.request()
        temperatures = [reading.value for reading in thermometers.collect().values()]
        lines.write_line(line, True)
        assert lines.read_line(line)
        lines.write_line(line, False)
        assert not lines.read_line(line)
    assert temperatures == pytest.approx([295.15] * len(temperatures), abs=0.5)


def test_a_minute_of_samples_takes_a_second_of_wall_time(addresses):
    """Six seconds of them, here: neither there at once, nor after six seconds of wall time."""
    channel = next(c for c in BENCH.channel if c.instrument == "daq" and c.quantity == "pressure")
    link = grpc.insecure_channel(addresses["daq"].removeprefix("grpc://"))
    with link, Task(grpc_options=GrpcSessionOptions(link, "")) as task:
        task.ai_channels.add_ai_voltage_chan(channel.input)
        task.timing.cfg_samp_clk_timing(10.0, samps_per_chan=60)
        begun_s = time.monotonic()
        volts = task.read(60, timeout=60.0)
        took_s = time.monotonic() - begun_s
    assert 6.0 / SPEED <= took_s < 6.0
    assert channel.scale * np.mean(volts) + channel.offset == pytest.approx(98500.0, rel=0.01)


def test_ctrl_c_ends_it_in_order():
    """SIGTERM does the same: it ends the process that the tests above share."""
    with started() as process:
        lines = said(process)
        assert {name: driver for name, (driver, _) in lines.items()} == INSTRUMENTS
        assert process.stderr.readline() == "zvezda, scenario quiet, seed 1, real time; Ctrl-C ends it\n"
        assert process.stderr.readline().startswith("faults: leakbench sim fault NAME KIND (this rig is 127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10.0) == ("", "")
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port(lines["thermometers"][1])), timeout=1.0)


def test_the_plant_follows_the_clock_though_nobody_asks(monkeypatch):
    monkeypatch.setattr("procedures.simulate.KEEP_UP_S", 0.0)
    rig = SimulatedRig(BENCH, load_scenario("quiet"), 1, VirtualClock())
    stop = StopRequest()
    rig.clock.advance_to(60.0)

    async def look_once():
        looking = asyncio.create_task(_keep_up(rig, stop))
        await asyncio.sleep(0)
        stop.asked = "SIGTERM"
        await looking

    asyncio.run(look_once())
    assert rig.course.state.time[NOW_S] >= 60.0
    assert rig.panel.bank.sensed == 600


@pytest.fixture
def sim(monkeypatch, capsys, tmp_path):
    """Give `leakbench sim` its words; (exit code, standard output, standard error)."""

    def command(*words):
        monkeypatch.setattr("sys.argv", ["leakbench", "sim", *words])
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return command


def test_list_says_why_each_scenario_is_there(sim):
    code, out, _ = sim("--list")
    told = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert {"quiet", "cabin_drift", "as_stated"} <= set(told)
    assert told == {name: load_scenario(name).why for name in told}


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--scenario", "storm"], ["storm.toml: no such scenario", "quiet"]),
        (["--plot", "storm"], ["storm.toml: no such scenario", "quiet"]),
        (["--bench", "mir"], ["mir: no such bench file", "zvezda"]),
        (["--plot", "quiet", "--output", "quiet.doc"], ["quiet.doc: give it the ending .svg or .png"]),
        (["--plot", "quiet", "--output", "nowhere/quiet.svg"], ["there is no folder nowhere"]),
        (["--transcripts", "nowhere"], ["nowhere: there is no such folder", "leakbench record"]),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_one_line(sim, tmp_path, words, parts):
    code, out, err = sim(*words)
    (line,) = err.splitlines()
    assert (code, out) == (70, "")
    assert line.startswith("leakbench: ")
    assert all(part in line for part in parts), line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--speed", "0"], ["--hours", "-1"], ["--speed", "fast"], ["--plot"]], ids=" ".join)
def test_words_that_make_no_command_are_bad_arguments(sim, words):
    code, out, err = sim(*words)
    assert (code, out) == (70, "")
    assert err


def test_help_teaches_by_example(sim):
    code, out, _ = sim("--help")
    assert code == 0
    assert "Example: leakbench sim --scenario cabin_drift" in out


def test_a_picture_lands_in_the_current_folder_and_says_why_and_in_which_units(sim, tmp_path):
    assert sim("--plot", "cabin_drift", "--hours", "0.5") == (0, "cabin_drift.svg\n", "")
    words = " ".join(ET.parse(tmp_path / "cabin_drift.svg").getroot().itertext())  # noqa: S314 - our own
    assert load_scenario("cabin_drift").why in words
    assert all(part in words for part in ("/ °C", "/ mK", "ln(P/P₀)", "/ Pa", "/ h", "shroud", "working compartment"))


def test_a_picture_can_be_a_png_of_a_given_name(sim, tmp_path):
    file = tmp_path / "drift.png"
    assert sim("--plot", "cabin_drift", "--hours", "0.1", "--output", str(file)) == (0, f"{file}\n", "")
    assert file.read_bytes().startswith(b"\x89PNG")


def test_the_shroud_drawn_is_the_one_that_the_walls_feel():
    """Heat balance of a wall: capacity dT/dt = film (gas - wall) + eps sigma A (shroud^4 - wall^4)."""
    scenario = load_scenario("cabin_drift").model_copy(update={"swing_k": 2.0, "swing_period_s": 36_000.0})
    hatches = tuple(hatch.model_copy(update={"wall_w_k": 0.0}) for hatch in BENCH.hatch)
    rig = SimulatedRig(BENCH.model_copy(update={"hatch": hatches}), scenario, 1, VirtualClock())
    course, node = course_of(rig, 10.0), rig.model.plant.node[:4]
    gained = node[:, CAPACITY] * np.gradient(course.wall_k, course.time_s, axis=0)
    radiated = gained - node[:, FILM] * (course.gas_k - course.wall_k)
    felt = (course.wall_k**4 + radiated / node[:, RADIATION]) ** 0.25
    assert felt[9:-9] == pytest.approx(np.repeat(course.shroud_k[9:-9, None], 4, axis=1), abs=0.05)
    assert np.ptp(course.shroud_k) > 2.9


def test_nobody_acting_loses_no_gas_when_seats_and_seals_are_tight():
    scenario = load_scenario("as_stated")
    course = course_of(SimulatedRig(BENCH, scenario, 1, VirtualClock()), 0.5)
    moles = course.pressure_pa / course.gas_k
    assert moles[-1] == pytest.approx(moles[0], rel=1e-6)
    assert course.chamber_pa[-1] == pytest.approx(scenario.room_pressure_pa, rel=1e-6)


def picture(sim, tmp_path, scenario, hours="24"):
    """All that is written in it."""
    sim("--plot", scenario, "--hours", hours, "--output", "picture.svg")
    return " ".join(ET.parse(tmp_path / "picture.svg").getroot().itertext())  # noqa: S314 - our own


def test_a_picture_shows_what_flows_along_hidden_paths(sim, tmp_path):
    words = picture(sim, tmp_path, "S18", "1")
    assert all(part in words for part in ("/ mg/h", "hidden", "makeup: working compartment"))
    assert "/ mg/h" not in picture(sim, tmp_path, "quiet", "1")


def test_a_picture_names_the_instants_at_which_something_happens(sim, tmp_path):
    words = picture(sim, tmp_path, "S13")
    assert "crack: patch" in words
    assert "crack: opens again" in words
    assert "crack: opens again" not in picture(sim, tmp_path, "S13", "12")


def test_flows_drawn_add_up_to_what_was_lost():
    """S31 without draws: what the working compartment loses goes into the trapped volume and through the seals."""
    scenario = load_scenario("S31").model_copy(update={"hidden_draws": False})
    rig = SimulatedRig(BENCH, scenario, 1, VirtualClock())
    make_ready(rig)
    rig.clock.sleep(10.0)
    course = course_of(rig, 6.0)
    lost = course.pressure_pa[0, 2] / course.gas_k[0, 2] - course.pressure_pa[-1, 2] / course.gas_k[-1, 2]
    passed = (course.passed_kg[-1] - course.passed_kg[0]).sum()
    assert lost * 0.4 / 287.055 == pytest.approx(passed, rel=0.01)


def test_a_rig_made_ready_shows_its_hidden_leak():
    """S15: two leaks, in the transfer and the working compartment; the others only lose what seats and seals pass."""
    rig = SimulatedRig(BENCH, load_scenario("S15_two_leaks"), 1, VirtualClock())
    make_ready(rig)
    course = course_of(rig, 1.0)
    lost = 1.0 - (course.pressure_pa / course.gas_k)[-1] / (course.pressure_pa / course.gas_k)[1]
    assert (lost[[1, 2]] > 5e-4).all()
    assert (lost[[0, 3]] < 5e-5).all()
    assert course.chamber_pa[-1] < 10.0
