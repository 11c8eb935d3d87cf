from itertools import groupby
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.srs_rga200 import LONGEST_COMMAND, RGA200
from bench.sim.instruments.srs_rga200_spectrum import Head

WIRE = load("srs_rga200")
TORR_PA = 101325.0 / 760
QUIET = Head(quietest_a=0.0)


def currents(reply):
    return np.frombuffer(reply, "<i4")


def partial_pressures_pa(conditions):
    parts = {key.split("_")[1]: float(value) for key, value in conditions.items() if key.startswith("partial_")}
    return {mass: value for mass, value in parts.items() if mass.isdigit()}


@pytest.fixture
def gas():
    return SimpleNamespace(pressures_pa={"N2": 1e-6 * TORR_PA})


def made(gas, head=QUIET, **options):
    return RGA200(lambda: gas.pressures_pa, head=head, **options)


@pytest.fixture
def rga(gas):
    """Its filament is on."""
    rga = made(gas)
    assert rga.receive(b"FL1.0\r") == b"0\n\r"
    return rga


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    """Its gas is made of imaginary species with one peak each."""
    start = WIRE.conditions
    masses = list(partial_pressures_pa(start))
    head = Head(
        sensitivity=float(start["partial_sensitivity_ma_per_torr"]),
        total_sensitivity=float(start["total_sensitivity_ma_per_torr"]),
        quietest_a=0.0,
        cracking={mass: {int(mass): 1.0} for mass in masses},
        ionization=dict.fromkeys(masses, 1.0),
    )
    gas = SimpleNamespace()
    rga = made(gas, head, serial=start["serial"], multiplier=start["multiplier"] == "fitted")
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        gas.pressures_pa = partial_pressures_pa(conditions)
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [rga.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (b"ID?", b"SRSRGA200VER0.51SN19045"),
        (b"id?", b"SRSRGA200VER0.51SN19045"),
        (b"FL?", b"1.01"),
        (b"EE?", b"70"),
        (b"IE?", b"1"),
        (b"VF?", b"90"),
        (b"HV?", b"0"),
        (b"NF?", b"4"),
        (b"MI?", b"1"),
        (b"MF?", b"200"),
        (b"SA?", b"10"),
        (b"SP?", b"0.1000"),
        (b"ST?", b"0.1200"),
        (b"MG?", b"1.0000"),
        (b"MV?", b"1400"),
        (b"MO?", b"1"),
        (b"AP?", b"1991"),
        (b"HP?", b"200"),
        *((error, b"0") for error in (b"ER?", b"EC?", b"EF?", b"EM?", b"EQ?", b"ED?", b"EP?")),
    ],
)
def test_what_it_answers_from_power_up(rga, query, answer):
    assert rga.receive(query + b"\r") == answer + b"\n\r"
    assert rga.receive(query + b"\r\n") == answer + b"\n\r"


@pytest.mark.parametrize(
    "command", [b"IN0", b"EE60", b"IE0", b"VF100", b"HV1000", b"HV1400.0", b"HV*", b"FL0.5", b"CA", b"CL", b"DG3"]
)
def test_status_answers_what_changes_the_head(rga, command):
    assert rga.receive(command + b"\r") == b"0\n\r"


@pytest.mark.parametrize(
    ("command", "query", "answer"),
    [
        (b"NF7", b"NF?", b"7"),
        (b"MI10", b"MI?", b"10"),
        (b"MF150", b"MF?", b"150"),
        (b"SA25", b"SA?", b"25"),
        (b"SP0.25", b"SP?", b"0.2500"),
        (b"ST1", b"ST?", b"1.0000"),
        (b"MG2.5", b"MG?", b"2.5000"),
        (b"MV1500.0", b"MV?", b"1500"),
        (b"ML28.1", b"EC?", b"0"),
        (b"MR0", b"EC?", b"0"),
        (b"TP0", b"EC?", b"0"),
        (b"SC0", b"EC?", b"0"),
        (b"NF*", b"NF?", b"4"),
        (b"MF*", b"MF?", b"200"),
    ],
)
def test_what_changes_only_numbers_is_silent(rga, command, query, answer):
    assert rga.receive(command + b"\r" + query + b"\r") == answer + b"\n\r"


@pytest.mark.parametrize(
    ("command", "bits"),
    [
        (b"XX1", 1),
        (b"X", 1),
        (b"NF9", 2),
        (b"NF", 2),
        (b"NF 4", 2),
        (b"NF4.0", 2),
        (b"NF-1", 2),
        (b"EE24", 2),
        (b"VF151", 2),
        (b"IE2", 2),
        (b"MI0", 2),
        (b"MF201", 2),
        (b"SA9", 2),
        (b"SP11", 2),
        (b"FL3.6", 2),
        (b"FL0.01", 2),
        (b"FLnan", 2),
        (b"HV9", 2),
        (b"HV2491", 2),
        (b"MR201", 2),
        (b"MR?", 2),
        (b"SC256", 2),
        (b"IN3", 2),
        (b"CA1", 2),
        (b"ID1", 2),
        (b"EC", 2),
        (b"TP2", 2),
        (b"SP0.1000000000000", 4),
        (b"MI20\rMF10", 0x40),
        (b"MF10\rMI11", 0x40),
    ],
)
def test_a_rejected_command_is_silent_and_leaves_its_bit(rga, command, bits):
    assert rga.receive(command + b"\r") == b""
    assert rga.receive(b"ER?\r") == b"1\n\r"
    assert rga.receive(b"EC?\rEC?\rER?\r") == f"{bits}\n\r0\n\r0\n\r".encode()


def test_rejections_add_up_until_read(rga):
    assert rga.receive(b"XX\rNF9\rEE70\rEC?\r") == b"1\n\r3\n\r"


@pytest.mark.parametrize(("command", "count"), [(b"SC1", 101), (b"HS1", 11), (b"MR28", 1), (b"TP?", 1)])
def test_currents_are_as_many_as_stated(rga, command, count):
    """An analog scan and a histogram are followed by the total."""
    rga.receive(b"MI20\rMF30\r")
    extra = command[:2] in {b"SC", b"HS"}
    assert len(rga.receive(command + b"\r")) == 4 * (count + extra)


def test_a_multiplier_that_is_not_fitted_is_an_error_of_it(gas):
    rga = made(gas, multiplier=False)
    assert rga.receive(b"MO?\rHV1000\rHV?\rEM?\rER?\r") == b"0\n\r8\n\r0\n\r128\n\r8\n\r"


def test_tp0_leaves_the_total_out(rga):
    assert currents(rga.receive(b"MI28\rMF28\rTP0\rHS1\rTP1\rHS1\r")).tolist() == [1_000_000, 0, 1_000_000, 1_200_000]


def test_several_scans_come_one_a_second_and_end_with_the_next_byte(rga):
    rga.receive(b"MI28\rMF28\r")
    scan = rga.receive(b"HS3\r")
    assert rga.streaming
    assert [rga.idle() for _ in range(3)] == [scan, scan, b""]
    assert not rga.streaming
    assert rga.receive(b"SC\r\n") == scan
    assert [rga.idle() for _ in range(5)] == [scan] * 5
    assert rga.receive(b"\n") == b""
    assert rga.idle() == scan
    assert rga.receive(b"E") == b""
    assert rga.idle() == b""
    assert rga.receive(b"R?\r") == b"0\n\r"


def test_a_scan_takes_its_time(rga):
    rga.receive(b"ID?\r")
    assert rga.response_s == pytest.approx(0.01)
    rga.receive(b"MI1\rMF50\rNF4\rHS1\r")
    assert rga.response_s == pytest.approx(0.01 + 51 * 0.126)
    rga.receive(b"MR28\r")
    assert rga.response_s == pytest.approx(0.01 + 0.139)


@pytest.mark.parametrize("act", [b"ID?\r", b"HS1\r", b"DG1\r"])
def test_the_filament_goes_off_above_a_ten_thousandth_of_a_torr(rga, gas, act):
    gas.pressures_pa = {"He": 0.9e-4 * TORR_PA}
    assert rga.receive(b"FL?\r") == b"1.01\n\r"
    gas.pressures_pa = {"He": 0.9e-4 * TORR_PA, "Xe": 0.2e-4 * TORR_PA}
    assert rga.receive(b"FL?\rER?\rEF?\r") == b"0.00\n\r2\n\r32\n\r"
    gas.pressures_pa = {"N2": 1e-6 * TORR_PA}
    rga.receive(act)
    assert rga.receive(b"FL?\r") == b"0.00\n\r"
    assert rga.receive(b"FL1.0\rFL?\rEF?\r") == b"0\n\r1.01\n\r0\n\r"


def test_initialization(rga):
    rga.receive(b"MF50\rNF7\rHV1000\r")
    assert rga.receive(b"IN0\rNF?\rFL?\r") == b"0\n\r7\n\r1.01\n\r"
    assert rga.receive(b"IN1\rNF?\rMF?\rFL?\rHV?\r") == b"0\n\r4\n\r200\n\r1.01\n\r1000\n\r"
    assert rga.receive(b"IN2\rFL?\rHV?\r") == b"0\n\r0.00\n\r0\n\r"


def test_refusing_it_rejects_every_command(rga):
    rga.refusing = True
    assert rga.receive(b"ID?\rER?\rHS1\rFL0.0\r") == b""
    rga.refusing = False
    assert rga.receive(b"ER?\rEC?\rFL?\r") == b"1\n\r1\n\r1.01\n\r"


def test_failing_its_filament_is_gone(gas):
    rga = made(gas, Head())
    rga.receive(b"FL1.0\rMI28\rMF28\r")
    rga.failing = True
    assert rga.receive(b"FL?\rER?\rEF?\rFL1.0\rEE70\r") == b"0.00\n\r2\n\r128\n\r2\n\r2\n\r"
    assert max(abs(currents(rga.receive(b"SC1\rMR28\rTP?\r")))) < 300
    rga.failing = False
    assert rga.receive(b"FL?\rER?\rEF?\r") == b"1.01\n\r0\n\r0\n\r"


@given(
    st.lists(
        st.binary()
        | st.sampled_from([b"SC", b"HS255\r", b"MR28\r", b"FL1.0\r", b"MI", b"9" * 400, b"\r", b"\xb2", b"HV*\r"])
        | st.text("FLSCHMRNVP?*.0123456789\r").map(str.encode),
        max_size=20,
    )
)
def test_no_bytes_make_it_raise_or_fill_its_memory(pieces):
    rga = RGA200(lambda: {"N2": 1e-6})
    for piece in pieces:
        rga.receive(piece)
        rga.idle()
        assert len(rga._partial) <= LONGEST_COMMAND + 1
    assert rga.receive(b"\rID?\r").endswith(b"SRSRGA200VER0.51SN19045\n\r")
