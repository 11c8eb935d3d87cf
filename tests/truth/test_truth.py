import math
from datetime import date

import numpy as np
import pytest
from small_bench import small_bench

from bench.commands import CloseValve, OpenValve, label
from bench.config.parts import Override
from bench.records import Event, EventKind, Series, Window
from bench.truth.leak_truth import leak_truth

BENCH = small_bench()
(LEAK,) = BENCH.leak
WINDOW = Window("node_50um", "node", 200.0, 800.0)
OPENED_S, CLOSED_S = 100.0, 850.0
TIME_S = np.arange(0.0, 1000.0)


def series(**columns):
    """The reference conditions of the certificate, unless a column says otherwise: a number or an array."""
    stated = {"node_pressure": 100_000.0, "node_gas_1": 300.0, "node_gas_2": 300.0, "gauge": 3.0, **columns}
    return Series(TIME_S, {name: np.broadcast_to(value, TIME_S.shape) for name, value in stated.items()})


def confirmed(command, time_s):
    return Event(time_s, EventKind.COMMAND_CONFIRMED, {"command": label(command)})


OPEN = confirmed(OpenValve("orifice"), OPENED_S)
CLOSE = confirmed(CloseValve("orifice"), CLOSED_S)


def truth(events=(OPEN, CLOSE), window=WINDOW, bench=BENCH, **columns):
    return leak_truth(bench, LEAK, window, series(**columns), events)


def partly(value, spoilt, count):
    """Value in every scan, spoilt in the first count scans of the window."""
    values = np.full(TIME_S.shape, value)
    values[200 : 200 + count] = spoilt
    return values


def test_at_the_reference_conditions_what_leaked_is_what_the_certificate_states():
    assert truth().rate_kg_s == pytest.approx(4e-7, rel=1e-12)


def test_a_truth_that_can_be_vouched_for_is_not_void():
    assert truth().void is None


def test_a_truth_says_which_leak_it_is_of():
    found = truth()
    assert (found.leak, found.compartment) == ("node_50um", "node")


@pytest.mark.parametrize(
    ("columns", "ratio"),
    [
        ({"node_pressure": 70_000.0}, 0.7),
        ({"node_gas_1": 310.0, "node_gas_2": 310.0}, math.sqrt(300.0 / 310.0)),
        # the gas mean weighs 1/T by volume: mass, not volume, is what is shared out
        ({"node_gas_1": 300.0, "node_gas_2": 330.0}, math.sqrt(300.0 * (0.75 / 300.0 + 0.25 / 330.0))),
    ],
)
def test_what_leaked_follows_the_measured_upstream_conditions(columns, ratio):
    assert truth(**columns).rate_kg_s == pytest.approx(4e-7 * ratio, rel=1e-9)


def test_what_leaked_is_the_mean_over_the_window_and_nothing_outside():
    falling_pa = np.where(TIME_S < 200.0, 1e9, np.where(TIME_S < 500.0, 100_000.0, 90_000.0))
    assert truth(node_pressure=falling_pa).rate_kg_s == pytest.approx(4e-7 * 0.95, rel=1e-9)


def test_a_scan_without_a_reading_has_no_part_in_the_mean():
    assert truth(node_pressure=partly(100_000.0, np.nan, 20)).rate_kg_s == pytest.approx(4e-7, rel=1e-12)


def test_the_uncertainty_combines_certificate_drift_exponent_pressure_and_temperature():
    found = truth(node_pressure=70_000.0)
    exponent = 0.02 * math.log(100.0 / 70.0)
    temperature = 0.5 * math.hypot(0.05, 0.03) / 300.0  # the worst thermometer's accuracy, and its error of place
    assert found.u_kg_s / found.rate_kg_s == pytest.approx(
        math.hypot(3e-9 / 4e-7, 0.006, exponent, 50.0 / 70_000.0, temperature), rel=1e-7
    )


SOURCES = {
    "certificate", "drift", "pressure_exponent", "pressure", "temperature_coefficient", "temperature", "composition",
    "background",
}  # fmt: skip


def test_the_budget_names_its_sources():
    assert set(truth().budget) == SOURCES


def test_the_budget_in_full_states_what_leaked_and_its_expanded_uncertainty():
    found = truth(node_pressure=70_000.0)
    assert found.statement.value == pytest.approx(found.rate_kg_s, rel=1e-9)
    assert found.statement.expanded == pytest.approx(2.0 * found.u_kg_s, rel=1e-6)


def test_monte_carlo_agrees_with_the_budget():
    found = truth(node_pressure=70_000.0).check
    assert (found.valid, found.digits) == (True, 2)


def test_a_leak_drifts_since_its_calibration():
    year = date(2027, 1, 1)
    drifting = BENCH.leak[0].certificate.model_copy(update={"drift_per_year": -0.03, "u_drift_per_year": 0.01})
    leak = LEAK.model_copy(update={"certificate": drifting})
    found = leak_truth(BENCH, leak, WINDOW, series(), (OPEN, CLOSE), year)
    assert found.rate_kg_s == pytest.approx(4e-7 * (1.0 - 0.03 * 365.0 / 365.25), rel=1e-5)
    assert found.budget["drift"] == pytest.approx(math.hypot(0.006, 0.01) / 0.97, rel=1e-3)


def test_moist_gas_leaks_less():
    """Half a per cent less molar mass at 50 % and 22 C, of which an orifice feels the root (science 3.4)."""
    hygrometer = next(c for c in BENCH.channel if c.name == "gauge").model_copy(
        update={"name": "damp", "quantity": "relative_humidity", "compartment": "node", "accuracy": 0.02}
    )
    moist = BENCH.model_copy(update={"channel": (*BENCH.channel, hygrometer)})
    cold = {"node_gas_1": 295.15, "node_gas_2": 295.15, "node_pressure": 101_325.0}
    wet, dry = (truth(bench=moist, damp=humidity, **cold) for humidity in (0.5, 0.0))
    assert wet.rate_kg_s / dry.rate_kg_s == pytest.approx(1.0 - 0.5 * 0.0049, abs=3e-5)
    assert wet.budget["composition"] == pytest.approx(0.02 * 0.5 * 0.0098, rel=0.05)


def test_a_seat_that_may_leak_is_in_the_budget_of_its_leak():
    valves = tuple(v.model_copy(update={"seat_leakage_m2": 1e-11}) for v in BENCH.valve if v.name == "orifice")
    others = tuple(v for v in BENCH.valve if v.name != "orifice")
    found = truth(bench=BENCH.model_copy(update={"valve": (*valves, *others)}))
    assert found.budget["background"] * 4e-7 == pytest.approx(239.17e-11 * 100.0 / 101.325 / math.sqrt(3.0), rel=1e-5)


def test_what_is_found_with_an_overridden_certificate_is_tainted():
    override = Override(leak="node_50um", problem="overdue", reason="no other")
    assert truth(bench=BENCH.model_copy(update={"overrides": (override,)})).tainted == str(override)
    assert truth().tainted is None


def test_onset_is_the_confirmed_opening_and_the_valves_travel():
    assert truth().onset_s == OPENED_S + 0.5


def test_the_end_is_the_confirmed_closing():
    assert truth().end_s == CLOSED_S


def test_of_several_exposures_the_one_of_the_window_counts():
    earlier = (confirmed(OpenValve("orifice"), 10.0), confirmed(CloseValve("orifice"), 50.0))
    later = (confirmed(OpenValve("orifice"), 900.0), confirmed(CloseValve("orifice"), 950.0))
    found = truth((*earlier, OPEN, CLOSE, *later))
    assert (found.onset_s, found.end_s, found.void) == (100.5, 850.0, None)


def test_an_opening_that_was_only_refused_is_none():
    refused = Event(OPENED_S, EventKind.COMMAND_REFUSED, {"command": label(OpenValve("orifice"))})
    assert truth((refused, CLOSE)).void is not None


BYPASS, HATCH = OpenValve("bypass"), OpenValve("hatch")
VOID = {
    "never opened": ((CLOSE,), {}, "not confirmed open when the window began"),
    "opened in the window": (
        (confirmed(OpenValve("orifice"), 201.0), CLOSE),
        {},
        "not confirmed open when the window began",
    ),
    "still travelling when the window began": (
        (confirmed(OpenValve("orifice"), 199.6), CLOSE),
        {},
        "not confirmed open when the window began",
    ),
    "closed in the window": (
        (OPEN, confirmed(CloseValve("orifice"), 799.0)),
        {},
        "not confirmed open until the window's end",
    ),
    "closed and opened again in the window": (
        (OPEN, confirmed(CloseValve("orifice"), 300.0), confirmed(OpenValve("orifice"), 310.0), CLOSE),
        {},
        "not confirmed open when the window began",
    ),
    "never closed": ((OPEN,), {}, "not confirmed open until the window's end"),
    "pressure lost for too long": (
        (OPEN, CLOSE),
        {"node_pressure": partly(100_000.0, np.nan, 60)},
        "10% of the scans have no usable upstream reading",
    ),
    "a thermometer lost for too long": (
        (OPEN, CLOSE),
        {"node_gas_2": partly(300.0, np.nan, 60)},
        "10% of the scans have no usable upstream reading",
    ),
    "no upstream reading at all": ((OPEN, CLOSE), {"node_pressure": np.nan}, "no usable upstream reading"),
    "not choked": ((OPEN, CLOSE), {"gauge": 50_001.0}, "the flow was not choked"),
    "not choked for a moment": ((OPEN, CLOSE), {"gauge": partly(3.0, 60_000.0, 1)}, "the flow was not choked"),
    "no chamber pressure": ((OPEN, CLOSE), {"gauge": np.nan}, "the chamber pressure was not measured"),
    "no chamber pressure for too long": (
        (OPEN, CLOSE),
        {"gauge": partly(3.0, np.nan, 60)},
        "the chamber pressure was not measured",
    ),
    "another valve open throughout": ((confirmed(BYPASS, 50.0), OPEN, CLOSE), {}, "bypass was open too"),
    "another valve open for a moment": (
        (OPEN, confirmed(BYPASS, 400.0), confirmed(CloseValve("bypass"), 401.0), CLOSE),
        {},
        "bypass was open too",
    ),
    "another valve closed only after the window began": (
        (confirmed(BYPASS, 50.0), OPEN, confirmed(CloseValve("bypass"), 201.0), CLOSE),
        {},
        "bypass was open too",
    ),
    "a hatch open": ((confirmed(HATCH, 50.0), OPEN, CLOSE), {}, "hatch was open too"),
}


@pytest.mark.parametrize(("events", "columns", "reason"), VOID.values(), ids=VOID)
def test_a_truth_that_cannot_be_vouched_for_is_void_and_says_why(events, columns, reason):
    assert reason in str(truth(events, **columns).void)


@pytest.mark.parametrize(
    ("events", "columns"),
    [
        ((confirmed(BYPASS, 50.0), confirmed(CloseValve("bypass"), 199.0), OPEN, CLOSE), {}),
        ((OPEN, CLOSE, confirmed(BYPASS, 900.0)), {}),
        ((confirmed(OpenValve("roughing"), 50.0), OPEN, CLOSE), {}),  # does not touch the compartment
        ((confirmed(HATCH, 50.0), confirmed(CloseValve("hatch"), 90.0), OPEN, CLOSE), {}),
        ((OPEN, CLOSE), {"node_pressure": partly(100_000.0, np.nan, 30)}),
        ((OPEN, CLOSE), {"gauge": partly(3.0, np.nan, 30)}),
        ((OPEN, CLOSE), {"gauge": 49_999.0}),
        ((OPEN, confirmed(CloseValve("orifice"), WINDOW.end_s)), {}),
        ((confirmed(OpenValve("orifice"), 199.5), CLOSE), {}),
    ],
)
def test_what_does_not_touch_the_leak_in_the_window_does_not_make_it_void(events, columns):
    assert truth(events, **columns).void is None


def test_every_reason_is_given():
    found = truth((OPEN,), gauge=np.nan)
    assert found.void == "the chamber pressure was not measured; the leak was not confirmed open until the window's end"


def test_a_window_without_a_scan_has_no_truth():
    found = truth(window=Window("node_50um", "node", 5000.0, 6000.0))
    assert math.isnan(found.rate_kg_s)
    assert found.void == "no usable upstream reading"


def test_a_bench_without_a_chamber_gauge_cannot_vouch_for_a_choked_flow():
    blind = BENCH.model_copy(update={"channel": tuple(c for c in BENCH.channel if c.name != "gauge")})
    assert truth(bench=blind).void == "the chamber pressure was not measured"
