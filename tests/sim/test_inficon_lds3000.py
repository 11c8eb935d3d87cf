import math
from itertools import groupby

import pytest
from helium import Inlet, asked
from transcript import load

from bench.sim.instruments.inficon_lds3000 import LDS3000

WIRE = load("inficon_lds3000")


def arrange(inlet, conditions):
    inlet.helium, inlet.pressure = float(conditions["helium_pa_m3_s"]), float(conditions["inlet_pa"])
    inlet.time = float(conditions["now_s"])


@pytest.fixture
def inlet():
    return Inlet()


@pytest.fixture
def unit(inlet):
    """Measuring."""
    unit = LDS3000(inlet)
    assert asked(unit, "*STArt") == "ok"
    return unit


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(inlet, size):
    plate = {key: WIRE.conditions[key] for key in ("serial", "version", "unit")}
    arrange(inlet, WIRE.conditions)
    unit = LDS3000(inlet, run_up_s=float(WIRE.conditions["run_up_s"]), **plate)
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        arrange(inlet, conditions)
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [unit.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


def test_nothing_is_measured_before_start_and_after_stop(inlet):
    unit = LDS3000(inlet)
    assert [asked(unit, line) for line in ("*STAT?", "*READ?", "*ZERO:ON", "*CAL:INT", "*STAT:TRIG?")] == [
        "STANDBY",
        "E08",
        "E10",
        "E10",
        "OFF,OFF,OFF,OFF",
    ]
    assert [asked(unit, line) for line in ("*STA", "*STAT?", "*READ?")] == ["ok", "READY", "1.23E-7"]
    assert [asked(unit, line) for line in ("*STO", "*STAT?", "*READ?")] == ["ok", "STANDBY", "E08"]


def test_it_runs_up_after_power_on(inlet):
    inlet.time = 1000.0
    unit = LDS3000(inlet, run_up_s=180.0)
    inlet.time = 1179.0
    assert [asked(unit, line) for line in ("*STAT?", "*STA", "*READ?")] == ["RUN-UP", "E10", "E08"]
    inlet.time = 1180.0
    assert [asked(unit, line) for line in ("*STAT?", "*STA", "*STAT?")] == ["STANDBY", "ok", "READY"]


def test_zero_takes_off_what_was_there_at_its_moment_and_no_more(unit, inlet):
    assert asked(unit, "*ZERO:ON") == "ok"
    assert (asked(unit, "*STAT:ZERO?"), asked(unit, "*READ?")) == ("ON", "5.00E-12")
    inlet.helium += 1e-9
    assert asked(unit, "*READ?") == "1.00E-8"
    inlet.helium = 0.0
    assert asked(unit, "*READ?") == "5.00E-12"
    inlet.helium = 1.23e-8
    assert asked(unit, "*ZERO:OFF") == "ok"
    assert (asked(unit, "*STAT:ZERO?"), asked(unit, "*READ?")) == ("OFF", "1.23E-7")


@pytest.mark.parametrize(("mass", "reading"), [("2", "5.00E-12"), ("3", "5.00E-12"), ("4", "1.23E-7")])
def test_helium_is_seen_at_mass_4_only(unit, mass, reading):
    assert asked(unit, f"*CONF:MASS {mass}") == "ok"
    assert (asked(unit, "*CONF:MASS?"), asked(unit, "*READ?")) == (mass, reading)


def test_a_trigger_is_on_above_its_level(inlet):
    unit = LDS3000(inlet, triggers_pa_m3_s=(1e-9, 1e-8, 1.23e-8, 1e-7))
    asked(unit, "*STA")
    assert asked(unit, "*STAT:TRIG?") == "ON,ON,OFF,OFF"


def test_the_current_unit_is_that_of_bare_read_and_of_the_external_test_leak(inlet):
    unit = LDS3000(inlet, unit="PA*M3/S")
    asked(unit, "*STA")
    assert [asked(unit, line) for line in ("*READ?", "*CONF:CAL:EXTV?", "*CONF:CAL:INT?")] == [
        "1.23E-8",
        "2.00E-8",
        "2.00E-7",
    ]


@pytest.mark.parametrize(
    ("helium", "shown"),
    [(0.1, "1.00E+0"), (1.0, "1.00E+1"), (1e-13, "5.00E-12"), (-1.0, "5.00E-12"), (math.nan, "E08")],
)
def test_numbers_at_the_ends_of_its_range(unit, inlet, helium, shown):
    inlet.helium = helium
    assert asked(unit, "*READ?") == shown


def test_an_internal_calibration_takes_its_time_and_makes_the_reading_true(inlet):
    unit = LDS3000(inlet, sensitivity=0.5)
    assert [asked(unit, line) for line in ("*STA", "*READ?")] == ["ok", "6.15E-8"]
    assert [asked(unit, line) for line in ("*CAL:INT", "*STAT:CAL?", "*STAT?", "*READ?", "*ZERO:ON")] == [
        "ok",
        "INTCAL",
        "CAL",
        "E08",
        "E10",
    ]
    inlet.time = 30.0
    assert [asked(unit, line) for line in ("*STAT:CAL?", "*STAT?", "*READ?")] == ["IDLE", "READY", "1.23E-7"]


def test_a_zero_stays_zero_through_a_calibration(inlet):
    unit = LDS3000(inlet, sensitivity=0.5)
    asked(unit, "*STA")
    asked(unit, "*ZERO:ON")
    asked(unit, "*CAL:INT")
    inlet.time = 30.0
    assert asked(unit, "*READ?") == "5.00E-12"


def test_an_external_calibration_waits_for_the_test_leak_to_be_closed(inlet):
    unit = LDS3000(inlet, sensitivity=2.0)
    background = 1e-9
    inlet.helium = 5e-8 + background
    assert [asked(unit, line) for line in ("*STA", "*CONF:CAL:EXTV 5E-7", "*CAL:EXT", "*STAT:CAL?")][-1] == "EXTCAL"
    inlet.time = 30.0
    assert asked(unit, "*STAT:CAL?") == "CLOSE"
    inlet.time, inlet.helium = 90.0, background
    assert [asked(unit, line) for line in ("*STAT:CAL?", "*CAL:CLOSED", "*STAT:CAL?")] == ["CLOSE", "ok", "EXTCAL"]
    inlet.time = 120.0
    assert [asked(unit, line) for line in ("*STAT:CAL?", "*READ?")] == ["IDLE", "1.00E-8"]


def test_a_calibration_without_signal_fails_and_keeps_the_factor(unit, inlet):
    asked(unit, "*CONF:MASS 3")
    asked(unit, "*CAL:INT")
    inlet.time = 30.0
    assert asked(unit, "*STAT:CAL?") == "FAIL"
    assert [asked(unit, line) for line in ("*CLS", "*STAT:CAL?", "*CONF:MASS 4", "*READ?")] == [
        "ok",
        "IDLE",
        "ok",
        "1.23E-7",
    ]


def test_a_calibration_with_a_dead_sensor_fails(unit, inlet):
    asked(unit, "*CAL:EXT")
    inlet.time, inlet.helium = 30.0, math.nan
    asked(unit, "*STAT:CAL?")
    asked(unit, "*CAL:CLOSED")
    inlet.time = 60.0
    assert asked(unit, "*STAT:CAL?") == "FAIL"


@pytest.mark.parametrize(("end", "state"), [("*CAL:STOP", "READY"), ("*STOP", "STANDBY")])
def test_a_calibration_can_be_called_off(unit, inlet, end, state):
    asked(unit, "*CAL:INT")
    assert [asked(unit, line) for line in (end, "*STAT:CAL?", "*STAT?")] == ["ok", "IDLE", state]
    inlet.time = 60.0
    assert asked(unit, "*STAT:CAL?") == "IDLE"


def test_too_high_an_inlet_pressure_is_an_error_while_it_lasts(unit, inlet):
    asked(unit, "*CAL:INT")
    inlet.pressure = 1501.0
    assert [asked(unit, line) for line in ("*STAT?", "*STAT:ERR?", "*READ?", "*STA", "*MEAS:P1:MBAR?")] == [
        "ERROR",
        "520",
        "E08",
        "E10",
        "1.50E+01",
    ]
    inlet.pressure = 1500.0
    assert [asked(unit, line) for line in ("*STAT?", "*STAT:ERR?", "*READ?", "*STAT:CAL?")] == [
        "READY",
        "NO ERROR/WARNING",
        "1.23E-7",
        "FAIL",
    ]


def test_an_unknown_inlet_pressure_is_no_data(unit, inlet):
    inlet.pressure = math.nan
    assert [asked(unit, line) for line in ("*MEAS:P1:MBAR?", "*READ?")] == ["E08", "1.23E-7"]


def test_refusing_it_says_that_rs_232_control_is_not_enabled(unit):
    unit.refusing = True
    assert {asked(unit, line) for line in ("*READ?", "*STO", "*FOO", "nonsense")} == {"E06"}
    unit.refusing = False
    assert asked(unit, "*READ?") == "1.23E-7"


def test_failing_it_has_an_error_number_and_no_leak_rate_and_clearing_does_not_help(unit):
    unit.failing = True
    assert asked(unit, "*CLS") == "ok"
    number = asked(unit, "*STAT:ERR?")
    assert number.isdecimal()
    assert len(number) == 3
    assert [asked(unit, line) for line in ("*STAT?", "*READ:MBAR*L/S?", "*ZERO:ON", "*IDN:DEV?")] == [
        "ERROR",
        "E08",
        "E10",
        "MSB",
    ]
    unit.failing = False
    assert [asked(unit, line) for line in ("*STAT:ERR?", "*READ?")] == ["NO ERROR/WARNING", "1.23E-7"]
