from datetime import date

import numpy as np
import pytest

from bench.commands import (
    CloseValve,
    OpenValve,
    SetFlow,
    SetHeater,
    SetPressure,
    StartControl,
    StartFilament,
    StartPump,
    StopControl,
    StopFilament,
    StopFlow,
    StopHeater,
    StopPump,
    label,
)
from bench.config.interlocks import Interlock
from bench.config.load import find_bench, load_bench
from bench.interlock import Condition, conditions, trips, violations
from bench.records import Quality, RigState, Scan

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
QUANTITIES = {entry.name: entry.quantity for entry in BENCH.channels}
FIT = {
    channel: {"pressure": 101_325.0, "switch": 1.0}.get(QUANTITIES[channel], 1.0)
    for rule in BENCH.interlock
    for channel in (*rule.channels, *([rule.unless] if rule.unless else []))
} | dict.fromkeys((rule.unless for rule in BENCH.interlock if rule.unless), 0.0)
"""Every condition holds: all contacts made, air in the compartments and none elsewhere, hatches shut."""

LEAK, FILL, VENT = OpenValve("orifice_50um_working"), OpenValve("fill_valve"), OpenValve("vent_valve")
ROUGHING, HATCH = OpenValve("roughing_valve"), OpenValve("hatch_us_transfer")
PUMP, CONTROL = StartPump("roughing_pump"), StartControl("pressure_controller")
PRESSURE = SetPressure("pressure_controller", 101_325.0, 50.0)
GATE, FORELINE, TURBO = OpenValve("gate_valve"), OpenValve("foreline_valve"), StartPump("turbo_pump")
CRACK, CHOICE = OpenValve("capillary_75um_intermediate"), OpenValve("select_us")
PURIFICATION, MAKEUP = OpenValve("purification_valve"), SetFlow("makeup_flow", 1e-6)
HEATER, OTHER_HEATER = SetHeater("heater_us", 10.0), SetHeater("heater_working", 10.0)
FILAMENT = StartFilament("residual_gas_analyser")
LEAKS = (LEAK, CRACK, CHOICE)
DOORS = tuple(OpenValve(f"{kind}_us_transfer") for kind in ("hatch", "equalisation"))
FILLING = (CONTROL, FILL, MAKEUP)
GUARDED = (
    *(*LEAKS, FILL, VENT, ROUGHING, HATCH, PUMP, CONTROL, PRESSURE, GATE, FORELINE, TURBO, PURIFICATION, MAKEUP),
    *(HEATER, OTHER_HEATER, FILAMENT, DOORS[1]),
)
NEVER_GUARDED = (
    CloseValve("orifice_50um_working"),
    CloseValve("fill_valve"),
    CloseValve("roughing_valve"),
    CloseValve("hatch_us_transfer"),
    StopPump("roughing_pump"),
    StopControl("pressure_controller"),
    StopPump("turbo_pump"),
    StopHeater("heater_us"),
    StopFlow("makeup_flow"),
    StopFilament("residual_gas_analyser"),
)
# interlock -> value of its quantity that breaks it, what is refused then, whether it ends the run
TABLE = {
    "emergency_stop": (0.0, GUARDED, True),
    "oxygen_deficiency": (0.0, GUARDED, True),
    "relief_valve": (0.0, (CONTROL,), True),
    "burst_disc": (0.0, (CONTROL, PUMP, TURBO), True),
    "chamber_door": (0.0, (PUMP, TURBO, ROUGHING, GATE), False),
    "pump_against_vent": (0.0, (PUMP, TURBO, ROUGHING, GATE), False),
    "vent_against_pump": (0.0, (VENT,), False),
    "foreline_against_roughing": (0.0, (FORELINE,), False),
    "vent_against_gate": (0.0, (VENT,), False),
    "gate_against_air": (0.0, (GATE,), False),
    "gate_against_foreline": (300.0, (GATE,), False),
    "vent_against_turbo": (20.0, (VENT,), False),
    "turbo_backed": (50.0, (TURBO,), False),
    "roughing_against_foreline": (0.0, (ROUGHING,), False),
    "filament_in_vacuum": (0.0, (FILAMENT,), False),
    "wall_heat_us": (0.0, (HEATER,), True),
    "wall_heat_working": (0.0, (OTHER_HEATER,), True),
    "leak_into_vacuum": (0.0, (*LEAKS, PURIFICATION), False),
    "leak_without_supply": (0.0, LEAKS, False),
    "over_pressure_us": (110_000.0, FILLING, True),
    "over_pressure_transfer": (110_000.0, FILLING, True),
    "over_pressure_working": (110_000.0, FILLING, True),
    "over_pressure_intermediate": (110_000.0, FILLING, True),
    "reverse_us": (1000.0, (VENT, FILL, CONTROL, *DOORS), False),
    "reverse_transfer": (1000.0, (VENT, FILL, CONTROL, *DOORS), False),
    "reverse_working": (1000.0, (VENT, FILL, CONTROL), False),
    "reverse_intermediate": (1000.0, (VENT, FILL, CONTROL), False),
    "crush_us": (-5000.0, (), True),
    "crush_transfer": (-5000.0, (), True),
    "crush_working": (-5000.0, (), True),
    "crush_intermediate": (-5000.0, (), True),
    "chamber_transducers_agree": (500.0, (VENT,), False),
    "hatch_us_transfer_balanced": (200.0, (DOORS[0],), False),
    "hatch_transfer_working_balanced": (200.0, (), False),
    "hatch_working_intermediate_balanced": (200.0, (), False),
    "fill_too_fast": (150.0, (FILL, CONTROL), False),
}
RULES = {rule.name: rule for rule in BENCH.interlock}


def state(values, bad=(), time_s=0.0):
    """bad: channel -> quality, where it is not GOOD."""
    names = list(values)
    quality = np.array([dict(bad).get(name, Quality.GOOD) for name in names], dtype=np.uint8)
    scan = Scan(time_s, np.array([values[name] for name in names], dtype=float), np.zeros(len(names)), quality)
    return RigState({name: place for place, name in enumerate(names)}, scan)


def standing(values, bad=(), before=None):
    return conditions(BENCH.interlock, before or {}, state(values, bad))


def alone(name, value, bad=()):
    """How this one stands when its quantity has the value, and nobody else asks."""
    rule, before = RULES[name], {}
    if rule.over_s is not None:
        before = {name: Condition(holds=True, seen=((-rule.over_s, FIT[rule.channel] - value * rule.over_s),))}
        value = FIT[rule.channel]
    shown = {**FIT, rule.channel: value + (FIT[rule.minus] if rule.minus else 0.0)}
    return conditions([rule], before, state(shown, bad))


def refused_alone(name, command, now):
    return violations(command, [RULES[name]], now)


def refused(command, now):
    return violations(command, BENCH.interlock, now)


def test_the_table_has_every_shipped_interlock():
    assert set(TABLE) == set(RULES)


@pytest.mark.parametrize("command", GUARDED + NEVER_GUARDED, ids=label)
def test_a_rig_that_is_fit_allows_every_command(command):
    assert refused(command, standing(FIT)) == ()


def test_a_rig_that_is_fit_does_not_trip():
    assert trips(BENCH.interlock, standing(FIT)) == ()


@pytest.mark.parametrize("command", GUARDED + NEVER_GUARDED, ids=label)
@pytest.mark.parametrize("name", TABLE)
def test_a_broken_interlock_refuses_its_commands_and_no_others(name, command):
    value, commands, _ = TABLE[name]
    assert bool(refused_alone(name, command, alone(name, value))) == (command in commands)


@pytest.mark.parametrize("name", TABLE)
def test_a_broken_interlock_ends_the_run_if_it_is_one_that_does(name):
    value, _, ends = TABLE[name]
    found = trips([RULES[name]], alone(name, value))
    assert [text.partition(":")[0] for text in found] == [name] * ends


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.SENSOR_FAULT, Quality.OVERRANGE, Quality.UNDERRANGE])
@pytest.mark.parametrize("name", TABLE)
def test_a_reading_that_cannot_be_used_refuses_what_its_value_would_allow(name, quality):
    _, commands, ends = TABLE[name]
    for channel in RULES[name].channels:
        now = standing(FIT, {channel: quality})
        assert all(refused_alone(name, command, now) for command in commands)
        assert bool(trips([RULES[name]], now)) == (ends and quality is not Quality.STALE)


LATE = Interlock(name="pressure", channel="pressure", below=100.0, hysteresis=10.0, trips=True, latch=True)


def course(*readings, time_s=0.0):
    """Whether the rule holds, and whether it has tripped, at each of these scans a second apart: values, or STALE."""
    before, found = {}, []
    for reading in readings:
        value, quality = (50.0, reading) if isinstance(reading, Quality) else (reading, Quality.GOOD)
        before = conditions([LATE], before, state({"pressure": value}, {"pressure": quality}, time_s=time_s))
        found.append((before["pressure"].holds, bool(trips([LATE], before))))
        time_s += 1.0
    return found


def test_a_reading_that_is_late_forbids_at_once_and_trips_when_its_patience_is_over():
    stale = [Quality.STALE] * 5
    assert course(50.0, *stale) == [(True, False), *[(False, False)] * 3, *[(False, True)] * 2]


def test_a_reading_that_comes_in_time_neither_latches_nor_meets_a_hysteresis():
    assert course(95.0, Quality.STALE, Quality.STALE, 95.0) == [(True, False), *[(False, False)] * 2, (True, False)]


def test_a_reading_that_is_late_after_a_trip_trips_on():
    assert course(150.0, Quality.STALE, 150.0)[1:] == [(False, True), (False, True)]


@pytest.mark.parametrize("name", TABLE)
def test_a_value_held_by_a_slow_instrument_can_be_used(name):
    assert trips(BENCH.interlock, standing(FIT, {RULES[name].channel: Quality.HELD})) == ()


@pytest.mark.parametrize("name", TABLE)
def test_not_a_number_never_holds(name):
    for channel in RULES[name].channels:
        assert not standing({**FIT, channel: float("nan")})[name].holds


def test_closing_and_switching_off_is_allowed_whatever_is_broken():
    all_broken = {name: alone(name, value)[name] for name, (value, _, _) in TABLE.items()}
    all_stale = standing(FIT, dict.fromkeys(FIT, Quality.STALE))
    for command in NEVER_GUARDED:
        assert refused(command, all_broken) == refused(command, all_stale) == ()


@pytest.mark.parametrize(
    ("pressure_pa", "held_before", "holds"),
    [
        (109_999.0, True, True),
        (110_000.0, True, False),
        (109_999.0, False, False),  # still within the hysteresis
        (109_500.0, False, False),
        (109_499.0, False, True),
    ],
)
def test_an_over_pressure_is_over_only_beyond_the_hysteresis(pressure_pa, held_before, holds):
    now = standing({**FIT, "us_pressure": pressure_pa}, before={"over_pressure_us": Condition(holds=held_before)})
    assert now["over_pressure_us"].holds is holds


@pytest.mark.parametrize(
    ("value", "held_before", "holds"),
    [(2.0, True, False), (2.1, True, True), (2.1, False, False), (3.0, False, False), (3.1, False, True)],
)
def test_hysteresis_of_a_lower_limit_is_above_it(value, held_before, holds):
    rule = Interlock(name="flow", channel="cooling", above=2.0, hysteresis=1.0)
    now = conditions([rule], {"flow": Condition(holds=held_before)}, state({"cooling": value}))
    assert now["flow"].holds is holds


def test_a_refusal_says_which_interlock_why_and_what_to_do():
    (text,) = refused(VENT, standing({**FIT, "roughing_valve_closed": 0.0}))
    assert text == "vent_against_pump: roughing_valve_closed = 0, must be above 0.5 (close roughing_valve)"


def test_a_refusal_on_stale_data_says_so():
    (text,) = refused(VENT, standing(FIT, {"roughing_valve_closed": Quality.STALE}))
    assert text == "vent_against_pump: roughing_valve_closed is STALE (close roughing_valve)"


def test_every_reason_against_a_command_is_given():
    now = standing({**FIT, "fill_valve_closed": 0.0, "chamber_below_2kpa": 0.0})
    assert [text.partition(":")[0] for text in refused(LEAK, now)] == ["leak_into_vacuum", "leak_without_supply"]
