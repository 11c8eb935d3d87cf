"""A client that was killed keeps nobody from the chassis, and a live one everybody."""

import json
import signal
import subprocess
import sys

import pytest
from chassis_bed import AI, DI, DO, WIRING, Rig, runner

from drivers.errors import CommandRefused
from drivers.ni_daq_claim import Claim

CLIENT = """
import json, sys, time
from drivers.ni_daq import NiDaq
address, line, wiring = json.loads(sys.argv[1])
daq = NiDaq.open(address, **wiring)
daq.start()
daq.write_line(line, True)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def rig():
    with runner() as run:
        rig = Rig(run)
        yield rig
        run(rig.server.stop(None))


def client(rig):
    command = [sys.executable, "-c", CLIENT, json.dumps([rig.address, DO[1], WIRING])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def test_while_a_client_lives_nobody_else_gets_its_lines_and_once_it_is_killed_the_next_one_does(rig):
    with client(rig) as other:
        with pytest.raises(CommandRefused, match=r"-50103|-200587"), rig.daq():
            pass
        other.send_signal(signal.SIGKILL)
    tasks = {task.name for task in rig.driver.tasks}
    assert tasks
    with rig.daq() as daq:
        assert daq.read_line(DO[1])  # no output has changed on the way
        daq.write_line(DO[1], False)
        daq.start()
        rig.clock.time_s += 1.0
        assert {AI[0], DI[0]} <= set(daq.collect())
    assert not rig.driver.tasks


def test_a_claim_gives_the_same_names_again_to_the_next_client_only(tmp_path, monkeypatch):
    monkeypatch.setattr("drivers.ni_daq_claim.FOLDER", tmp_path / "claims")
    first, second, elsewhere = (Claim("grpc://host:1", [name]) for name in ("Mod1", "Mod1", "Mod2"))
    name = first.task("analog inputs")
    assert len({claim.task("analog inputs") for claim in (first, second, elsewhere)}) == 3
    first.release()
    third = Claim("grpc://host:1", ["Mod1"])
    assert third.task("analog inputs") == name
    for claim in (second, third, elsewhere):
        claim.release()
