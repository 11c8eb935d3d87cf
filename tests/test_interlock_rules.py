"""What an interlock can be of: a difference, a rate, a disagreement of sensors. A worse reading never allows more."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.commands import SetPressure, StartControl
from bench.config.interlocks import Interlock
from bench.config.load import find_bench, load_bench
from bench.interlock import conditions, violations
from bench.records import Quality, RigState, Scan
from bench.trip_test import commands_of

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
COMMANDS = (*commands_of(BENCH), SetPressure("pressure_controller", 101_325.0, 50.0))


def state(time_s=0.0, quality=(), **values):
    codes = np.array([dict(quality).get(name, Quality.GOOD) for name in values], dtype=np.uint8)
    scan = Scan(time_s, np.array([*values.values()], dtype=float), np.zeros(len(values)), codes)
    return RigState({name: place for place, name in enumerate(values)}, scan)


def after(rule, *states):
    """How it stands after these scans."""
    now = {}
    for one in states:
        now = conditions([rule], now, one)
    return now[rule.name]


def reverse(**more):
    return Interlock(name="reverse", channel="inside", minus="outside", above=1000.0, guards=("*",), **more)


@pytest.mark.parametrize(("inside", "outside", "holds"), [(98e3, 5.0, True), (98e3, 97e3, False), (98e3, 101e3, False)])
def test_a_difference_has_a_sign(inside, outside, holds):
    assert after(reverse(), state(inside=inside, outside=outside)).holds is holds


@pytest.mark.parametrize("gap_pa", [-300.0, -200.0, 200.0, 300.0])
def test_two_sensors_of_one_thing_disagree_either_way(gap_pa):
    rule = Interlock(name="agree", channel="one", minus="other", magnitude=True, below=200.0)
    found = after(rule, state(one=5e4 + gap_pa, other=5e4))
    assert not found.holds
    assert found.reason == f"|one - other| = {abs(gap_pa):g}, must be below 200"


RISE = Interlock(name="rise", channel="p", over_s=10.0, below=5.0)


def test_a_rate_is_that_from_the_lowest_reading_of_its_window():
    """50 Pa within 10 s, in whatever shape; 49 Pa, and 50 Pa in more than 10 s, are less."""
    assert not after(RISE, state(0.0, p=100.0), state(1.0, p=80.0), state(2.0, p=130.0)).holds
    assert after(RISE, state(0.0, p=100.0), state(1.0, p=149.0)).holds
    assert after(RISE, state(0.0, p=100.0), state(5.0, p=125.0), state(10.5, p=150.0)).holds


def test_a_rate_outlives_a_lost_reading():
    """What happened meanwhile is judged when it is read again."""
    dead = state(1.0, {"p": Quality.STALE}, p=0.0)
    assert not after(RISE, state(0.0, p=100.0), dead).holds
    assert not after(RISE, state(0.0, p=100.0), dead, state(2.0, p=150.0)).holds


def test_a_fall_is_judged_from_the_highest_reading():
    rule = Interlock(name="fall", channel="p", over_s=10.0, above=-5.0)
    assert not after(rule, state(0.0, p=100.0), state(1.0, p=120.0), state(2.0, p=70.0)).holds


def test_a_set_point_is_judged_by_what_it_asks_for():
    """At rest the chamber is full of air: what presses the mock-up above it is allowed, what does not is refused."""
    rule = reverse(setpoint=True)
    standing = {"reverse": after(rule, state(inside=98e3, outside=101e3))}
    assert violations(SetPressure("c", 102_001.0, 50.0), [rule], standing) == ()
    (text,) = violations(SetPressure("c", 102_000.0, 50.0), [rule], standing)
    assert text == "reverse: asks for 102000, must be above 102000"
    assert violations(StartControl("c"), [rule], standing)
    assert violations(SetPressure("c", float("nan"), 50.0), [rule], standing)


def test_a_set_point_is_refused_when_what_it_is_compared_with_is_not_read():
    rule = reverse(setpoint=True)
    standing = {"reverse": after(rule, state(0.0, {"outside": Quality.STALE}, inside=98e3, outside=5.0))}
    assert violations(SetPressure("c", 110_000.0, 50.0), [rule], standing) == ("reverse: outside is STALE",)


def test_a_switch_that_says_so_keeps_a_rule_from_being_judged_and_only_while_it_is_read():
    rule = Interlock(name="balanced", channel="a", minus="b", magnitude=True, below=200.0, unless="open", guards=("*",))
    assert after(rule, state(a=1e5, b=0.0, open=1.0)).holds
    assert not after(rule, state(a=1e5, b=0.0, open=0.0)).holds
    assert not after(rule, state(0.0, {"open": Quality.STALE}, a=1e5, b=0.0, open=1.0)).holds


# -- worse is never more --------------------------------------------------------------------------------------------
def channels_of(rule):
    return dict.fromkeys((*rule.channels, *([rule.unless] if rule.unless else [])), 0.0)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    rule=st.sampled_from(BENCH.interlock),
    history=st.lists(st.floats(-2e5, 2e5), max_size=3),
    value=st.floats(-2e5, 2e5),
    worse_by=st.floats(0.0, 2e5),
    other=st.floats(0.0, 2e5),
)
def test_a_worse_reading_never_allows_more(rule, history, value, worse_by, other):
    """Of the channel, whatever came before; of what it is compared with, too."""
    way = 1.0 if rule.above is None else -1.0
    if rule.magnitude:
        way = 1.0 if value >= 0.0 else -1.0

    def allowed(value, other):
        shown = channels_of(rule) | ({rule.minus: other} if rule.minus else {})
        scans = [state(float(i), **shown | {rule.channel: v + other}) for i, v in enumerate([*history, value])]
        standing = {rule.name: after(rule, *scans)}
        return {command for command in COMMANDS if not violations(command, [rule], standing)}

    if rule.minus is None:
        other = 0.0
    assert allowed(value + way * worse_by, other) <= allowed(value, other)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    rule=st.sampled_from([rule for rule in BENCH.interlock if rule.name.startswith("reverse")]),
    inside=st.floats(0.0, 1.2e5),
    outside=st.floats(0.0, 1.2e5),
    more=st.floats(0.0, 1e5),
    target=st.floats(0.0, 1.2e5),
)
def test_more_gas_in_the_chamber_never_allows_more(rule, inside, outside, more, target):
    def allowed(outside):
        standing = {rule.name: after(rule, state(**{rule.channel: inside, rule.minus: outside}))}
        asked = (*COMMANDS, SetPressure("pressure_controller", target, 50.0))
        return {command for command in asked if not violations(command, [rule], standing)}

    assert allowed(outside + more) <= allowed(outside)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    rule=st.sampled_from(BENCH.interlock),
    value=st.floats(-2e5, 2e5),
    quality=st.sampled_from([Quality.STALE, Quality.SENSOR_FAULT, Quality.OVERRANGE, Quality.UNDERRANGE]),
    place=st.integers(0, 1),
)
def test_a_reading_that_cannot_be_used_allows_nothing_that_its_value_would_not(rule, value, quality, place):
    channel = rule.channels[min(place, len(rule.channels) - 1)]

    def allowed(bad):
        standing = {rule.name: after(rule, state(0.0, bad, **channels_of(rule) | {rule.channel: value}))}
        return {command for command in COMMANDS if not violations(command, [rule], standing)}

    assert allowed({channel: quality}) <= allowed({})
