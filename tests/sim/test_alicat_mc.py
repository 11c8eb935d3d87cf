import math
from dataclasses import dataclass, field
from functools import partialmethod
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.alicat_mc import AlicatMC

WIRE = load("alicat_mc")
PA_PER_PSI = 6894.757293168
N2_KG_S_PER_SCCM = 28.0134e-3 * 14.6959 * PA_PER_PSI / (8.314462618 * 298.15) * 1e-6 / 60


@dataclass
class Line:
    """Flows what it is told to, up to `most`, and answers with the pressure and the temperature it was given."""

    flow: float = 0.0
    pressure: float = 14.6959 * PA_PER_PSI
    temperature: float = 298.15
    most: float = math.inf
    orders: list[float] = field(default_factory=list)

    flow_kg_s = partialmethod(getattr, "flow")
    pressure_pa = partialmethod(getattr, "pressure")
    temperature_k = partialmethod(getattr, "temperature")

    def set_flow(self, kg_s):
        self.orders.append(kg_s)
        self.flow = min(kg_s, self.most)


class Fixed(Line):
    """Flows what the transcript says, whatever the valve does."""

    def set_flow(self, kg_s):
        self.orders.append(kg_s)


def arrange(unit, line, conditions):
    line.pressure = float(conditions["pressure_psia"]) * PA_PER_PSI
    line.temperature = float(conditions["temperature_c"]) + 273.15
    line.flow = float(conditions["mass_sccm"]) * N2_KG_S_PER_SCCM
    status = conditions.get("status", "ok")
    unit.raised = () if status == "ok" else tuple(status.split())


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def unit(line):
    return AlicatMC(line)


def asked(unit, command):
    return unit.receive(f"{command}\r".encode()).decode().removesuffix("\r")


def fields(unit, command="A"):
    return asked(unit, command).split()


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    line, known = Fixed(), WIRE.conditions
    unit = AlicatMC(
        line,
        full_scale_sccm=float(known["full_scale_sccm"]),
        unit_id=known["unit_id"],
        serial=known["serial"],
        firmware=known["firmware"],
    )
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        arrange(unit, line, conditions)
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [unit.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("A", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2"),
        ("a", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2"),
        ("\nA", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2"),
        ("AS 120", "A +014.70 +025.00 +120.00 +120.00 +120.00     N2"),
        ("AS120.00", "A +014.70 +025.00 +120.00 +120.00 +120.00     N2"),
        ("A32000", "A +014.70 +025.00 +250.00 +250.00 +250.00     N2"),
        ("ALS", "A +000.00 +000.00 12 SCCM"),
        ("ALS 15.44 12", "A +015.44 +015.44 12 SCCM"),
        ("AG 1", "A +014.70 +025.00 +000.00 +000.00 +000.00     Ar"),
        ("A$$G4", "A +014.70 +025.00 +000.00 +000.00 +000.00    CO2"),
        ("AGS", "A 8 N2 Nitrogen"),
        ("AGS 11", "A 11 O2 Oxygen"),
        ("AGS 11 0", "A 11 O2 Oxygen"),
        ("A$$W46=7", "A   046 = 7"),
        ("A$$W46=519", "A   046 = 7"),
        ("AR46", "A   046 = 8"),
        ("A$$R122", "A   122 = 37"),
        ("AW122=36", "A   122 = 36"),
        ("AHP", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2 HLD"),
        ("A$$H", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2 HLD"),
        ("A$$L", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2 LCK"),
        ("A$$U", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2"),
        ("AP", "A +014.70 +025.00 +000.00 +000.00 +000.00     N2"),
        ("AVE", "A   10v20.0-R24 Jan  9 2025,15:04:07"),
        ("AFPF 5", "A +500.00 12 SCCM"),
        ("AFPF 4", "A +500.00 12 CCM"),
    ],
)
def test_what_it_answers_after_power_up(unit, command, reply):
    assert asked(unit, command) == reply


@pytest.mark.parametrize(
    "command",
    [
        "AFOO",
        "AS",
        "AS 501",
        "AS -1",
        "AS nan",
        "AS 1e2",
        "A65536",
        "A999999",
        "ALS 120 99",
        "AG 5",
        "AGS 99",
        "AR99",
        "AW122=34",
        "AW46=5",
        "AFPF 9",
        "A??X*",
        "A\x80",
    ],
)
def test_what_is_refused_gets_a_question_mark_and_leaves_the_valve(unit, line, command):
    assert asked(unit, command) == "?"
    assert line.orders == []


@pytest.mark.parametrize("sent", [b"B\r", b"BS 100\r", b"\r", b"\r\n\r\n", b"*00\r", b"\xff\r"])
def test_whoever_is_not_addressed_is_silent(unit, line, sent):
    assert unit.receive(sent) == b""
    assert line.orders == []


def test_it_answers_by_the_letter_it_was_given(line):
    unit = AlicatMC(line, unit_id="C")
    assert unit.receive(b"A\rC\rCAB\r") == b"C +014.70 +025.00 +000.00 +000.00 +000.00     N2\r?\r"


@pytest.mark.parametrize(
    ("gas", "kg_mol"), [(0, 28.96e-3), (1, 39.948e-3), (6, 2.016e-3), (7, 4.0026e-3), (8, 28.0134e-3), (11, 31.999e-3)]
)
def test_a_setpoint_is_a_mass_flow_of_the_selected_gas(line, gas, kg_mol):
    """22413.97 cm3/mol at 0 C and 101325 Pa."""
    asked(AlicatMC(line, gas=gas), "AS 100")
    cm3_mol = 22413.97 * 298.15 / 273.15 * 101325.0 / (14.6959 * PA_PER_PSI)
    assert line.flow == pytest.approx(100.0 / 60.0 / cm3_mol * kg_mol, rel=3e-4)


def test_another_gas_keeps_the_setpoint_in_sccm_and_so_moves_another_mass(unit, line):
    asked(unit, "AS 100")
    nitrogen = line.flow
    assert fields(unit, "AG 7")[4:] == ["+100.00", "+100.00", "He"]
    assert line.flow == pytest.approx(nitrogen * 4.002602 / 28.0134)


def test_the_volumetric_flow_is_at_the_pressure_and_temperature_of_the_line(unit, line):
    line.pressure, line.temperature = 2 * 14.6959 * PA_PER_PSI, 2 * 298.15
    asked(unit, "AS 100")
    line.temperature = 298.15
    assert fields(unit)[3:5] == ["+050.00", "+100.00"]


def test_a_loop_on_volume_makes_the_volumetric_flow_the_setpoint(unit, line):
    line.pressure /= 2
    asked(unit, "AW122=36")
    assert fields(unit, "AS 100")[3:6] == ["+100.00", "+050.00", "+100.00"]
    assert asked(unit, "ALS") == "A +100.00 +100.00 12 CCM"


def test_a_held_valve_keeps_its_flow_until_the_hold_is_cancelled(unit):
    asked(unit, "AS 100")
    assert fields(unit, "AHP")[-1] == "HLD"
    assert fields(unit, "AS 200")[4:] == ["+100.00", "+200.00", "N2", "HLD"]
    assert fields(unit, "AC")[4:] == ["+200.00", "+200.00", "N2"]


def test_a_valve_held_closed_lets_nothing_through(unit, line):
    asked(unit, "AS 100")
    assert fields(unit, "AHC")[4:] == ["+000.00", "+100.00", "N2", "HLD"]
    assert line.flow == 0.0
    assert fields(unit, "A$$C")[4:] == ["+100.00", "+100.00", "N2"]


def test_a_flow_beyond_the_range_stands_at_its_end(unit, line):
    line.flow, line.pressure = 700.0 * N2_KG_S_PER_SCCM, 200.0 * PA_PER_PSI
    assert fields(unit)[1:] == ["+160.00", "+025.00", "+051.44", "+640.00", "+000.00", "N2", "MOV", "POV"]
    line.pressure = 10.0 * PA_PER_PSI
    assert fields(unit)[3:] == ["+640.00", "+640.00", "+000.00", "N2", "MOV", "VOV"]


def test_without_pressure_no_volume_can_be_told(unit, line):
    line.pressure = 0.0
    assert fields(unit)[1:] == ["+000.00", "+025.00", "+000.00", "+000.00", "+000.00", "N2"]
    line.flow = N2_KG_S_PER_SCCM
    assert fields(unit)[3:] == ["+640.00", "+001.00", "+000.00", "N2", "VOV"]
    asked(unit, "AW122=36")
    asked(unit, "AS 100")
    assert line.flow == 0.0


@pytest.mark.parametrize("place", ["flow", "pressure", "temperature"])
def test_a_sensor_that_delivers_nothing_is_told_by_a_status_word(unit, line, place):
    setattr(line, place, math.nan)
    assert "ADC" in fields(unit)[7:]
    assert "nan" not in asked(unit, "A")


def test_a_tare_calls_no_flow_what_flows_at_that_moment(unit, line):
    line.flow = 2.0 * N2_KG_S_PER_SCCM
    assert fields(unit, "AV")[4] == "+000.00"
    assert fields(unit, "AS 100")[4] == "+100.00"
    assert line.flow == pytest.approx(102.0 * N2_KG_S_PER_SCCM)


def test_old_firmware_does_not_know_newer_questions(line):
    unit = AlicatMC(line, firmware="8v17.0-R23")
    assert [asked(unit, command) for command in ("ALS", "AGS")] == ["?", "?"]
    assert asked(AlicatMC(line, firmware="9v00.0"), "ALS") == "A +000.00 +000.00 12 SCCM"
    assert asked(AlicatMC(line, firmware="10v04.0"), "AGS") == "?"


def test_the_table_of_its_frame_fits_its_frame(unit):
    *rows, end = unit.receive(b"A??D*\r").decode().split("\r")[:-1]
    assert end == ""
    assert rows[0] == "A D00 ID_ NAME______________________ TYPE_______ WIDTH NOTES___________________"
    assert rows[2] == "A D02 002 Abs Press                  s decimal     7/2 010 02 PSIA"
    assert [row[10:25].rstrip() for row in rows[1:8]] == [
        "Unit ID",
        "Abs Press",
        "Flow Temp",
        "Volu Flow",
        "Mass Flow",
        "Mass Flow Setpt",
        "Gas",
    ]


def test_the_table_of_what_it_is(line):
    rows = AlicatMC(line, full_scale_sccm=50.0, serial="7").receive(b"A??M*\r").decode().split("\r")
    assert len(rows) == 11
    assert rows[0] == "A  M00 ALICAT SCIENTIFIC"
    assert rows[4:6] == ["A  M04 Model Number MC-50SCCM-D", "A  M05 Serial Number 7"]
    assert rows[9:] == ["A  M09 Software Revision 10v20.0-R24", ""]


def test_refusing_it_answers_everything_with_a_question_mark(unit, line):
    unit.refusing = True
    assert unit.receive(b"A\rAS 100\rAVE\rB\r") == b"?\r?\r?\r"
    assert line.orders == []
    unit.refusing = False
    assert fields(unit, "AS 100")[5] == "+100.00"


def test_failing_its_flow_stands_at_the_end_of_its_range_with_status_words(unit):
    unit.failing = True
    assert fields(unit)[3:] == ["+640.00", "+640.00", "+000.00", "N2", "MOV", "VOV", "TMF"]
    assert fields(unit, "AHP")[7:] == ["HLD", "MOV", "VOV", "TMF"]
    unit.failing = False
    assert fields(unit, "AC")[3:] == ["+000.00", "+000.00", "+000.00", "N2"]


@given(st.lists(st.sampled_from(["A", "S", "LS", "$$", "W", "46", "=", "8", "-", ".", " ", "\r", "??", "M*", "G"])))
def test_no_pieces_of_commands_make_it_raise(pieces):
    unit = AlicatMC(Line())
    unit.receive("".join(pieces).encode())
    assert unit.receive(b"\rA\r").endswith(b"\r")


@given(st.lists(st.binary(), max_size=20))
def test_no_bytes_make_it_raise(chunks):
    unit = AlicatMC(Line())
    for chunk in chunks:
        unit.receive(chunk)
    assert unit.receive(b"\rA\r").startswith((b"A +", b"?"))


def test_a_command_that_never_ends_does_not_fill_the_memory(unit):
    for _ in range(100):
        unit.receive(b"A" * 10000)
    assert len(unit._partial) < 1000
    assert unit.receive(b"\rAVE\r").endswith(b"15:04:07\r")
