"""What the chamber and a flow meter in line say of a leak of 4e-7 kg/s, and what becomes of a truth they contradict."""

import math
from datetime import date

import numpy as np
import pytest
from small_bench import small_bench

from bench.commands import CloseValve, OpenValve, label
from bench.config.parts import FlowController
from bench.records import Event, EventKind, Series, Window
from bench.testimony import Witness, recalled
from bench.truth.rate_of_rise import Rise, risen
from bench.truth.witness import METER, RISE, vouched_truth

SMALL = small_bench()
CHANNELS = {channel.name: channel for channel in SMALL.channel}
WALL = CHANNELS["node_gas_1"].model_copy(update={"name": "wall", "quantity": "wall_temperature"})
GAUGE = CHANNELS["gauge"].model_copy(update={"accuracy": 0.003})
METERED = CHANNELS["supply_pressure"].model_copy(
    update={"name": "flow", "quantity": "flow", "instrument": "meter", "accuracy": 2e-9, "unit": "kg/s"}
)
OTHERS = tuple(channel for channel in SMALL.channel if channel.name != "gauge")
BENCH = SMALL.model_copy(update={"channel": (*OTHERS, GAUGE, WALL, METERED)})
(LEAK,) = BENCH.leak
DAY = date(2026, 6, 1)
TIME_S = np.arange(0.0, 1000.0)
WINDOW = Window("node_50um", "node", 200.0, 700.0, ((0.0, 30.0),))
EMPTY, FIRST, SECOND = (30.0, 90.0), (110.0, 190.0), (710.0, 790.0)
PA_S_PER_KG_S = 287.055 * 300.0 / 1.0
OUTGASSING_PA_S = 1e-4


def rise_event(leak, span):
    return Event(span[1], EventKind.RATE_OF_RISE, {"leak": leak, "begin_s": span[0], "end_s": span[1]})


def confirmed(command, time_s):
    return Event(time_s, EventKind.COMMAND_CONFIRMED, {"command": label(command)})


EVENTS = (
    rise_event(None, EMPTY),
    confirmed(OpenValve("orifice"), 100.0),
    rise_event("node_50um", FIRST),
    rise_event("node_50um", SECOND),
    confirmed(CloseValve("orifice"), 850.0),
)


def recorded(first=4e-7, second=4e-7, meter=4e-7, noise_pa=0.0005):
    """Flow into the chamber in either interval, and what the meter shows, kg/s."""
    gauge = np.full(TIME_S.size, 3.0)
    for (begin_s, end_s), kg_s in ((EMPTY, 0.0), (FIRST, first), (SECOND, second)):
        inside = (begin_s <= TIME_S) & (end_s > TIME_S)
        gauge[inside] += (OUTGASSING_PA_S + PA_S_PER_KG_S * kg_s) * (TIME_S[inside] - begin_s)
    gauge += np.random.default_rng(1).normal(0.0, noise_pa, TIME_S.size)
    flow = np.where(TIME_S >= 100.0, meter, 0.0) + np.random.default_rng(2).normal(0.0, 1e-9, TIME_S.size)
    steady = {"node_pressure": 100_000.0, "node_gas_1": 300.0, "node_gas_2": 300.0, "wall": 300.0}
    columns = {name: np.full(TIME_S.size, value) for name, value in steady.items()}
    return Series(TIME_S, {**columns, "gauge": gauge, "flow": flow})


def truth(bench=BENCH, events=EVENTS, **flows):
    return vouched_truth(bench, bench.leak[0], WINDOW, recorded(**flows), events, DAY)


def said(found, name):
    return [witness for witness in found.witnesses if witness.name == name]


def test_the_chamber_s_rate_of_rise_less_its_outgassing_is_the_leak():
    for witness in said(truth(), RISE):
        assert witness.rate_kg_s == pytest.approx(4e-7, rel=0.005)
        assert witness.informative


def test_its_uncertainty_is_that_of_volume_temperature_and_gauge():
    volume, temperature = 0.01, 2.0 / math.sqrt(3.0) / 300.0
    gauge = math.sqrt(2.0) * 0.003 / 79.0 / (PA_S_PER_KG_S * 4e-7)
    (witness, _) = said(truth(), RISE)
    assert witness.u_kg_s / witness.rate_kg_s == pytest.approx(math.hypot(volume, temperature, gauge), rel=0.05)


def test_a_truth_with_which_its_witnesses_agree_stands():
    assert truth().void is None


@pytest.mark.parametrize("flows", [{"first": 4.4e-7, "second": 4.4e-7}, {"first": 3.7e-7, "second": 3.7e-7}])
def test_a_truth_that_the_chamber_contradicts_is_void(flows):
    assert "chamber's rate of rise: DISAGREES" in truth(**flows).void


def test_outgassing_that_died_away_between_its_two_measurements_is_known_to_half_of_that():
    """3 mPa/s before, 1 mPa/s after: 2 in between, and anywhere from 1 to 3 (rectangular)."""
    late = (800.0, 845.0)
    series, span = recorded(), slice(int(late[0]), int(late[1]))
    series.columns["gauge"][30:90] += 2.9e-3 * (TIME_S[30:90] - 30.0)
    series.columns["gauge"][span] += 1e-3 * (TIME_S[span] - late[0])
    shut = (*EVENTS[:-1], confirmed(CloseValve("orifice"), 795.0), rise_event(None, late))
    bench = _finely_gauged()
    found = risen(bench, bench.leak[0], Rise("node_50um", *FIRST), series, shut)
    (line,) = (line for line in found.lines if line.source == "outgassing")
    assert line.value == pytest.approx(2e-3, rel=0.02)
    assert line.u == pytest.approx(1e-3 / math.sqrt(3.0), rel=0.05)


def test_a_leak_that_changed_between_two_rises_makes_its_truth_void():
    """Half a per cent either way is within the certificate's u; that the one is 3 % of the other is not."""
    found = truth(first=3.94e-7, second=4.06e-7, noise_pa=1e-5, bench=_finely_gauged())
    assert "before and after differs: En +" in found.void
    assert "DISAGREES" not in found.void


def _finely_gauged():
    return BENCH.model_copy(update={"channel": (*OTHERS, GAUGE.model_copy(update={"accuracy": 1e-4}), WALL, METERED)})


def test_a_witness_whose_u_is_above_3_percent_is_not_informative_and_voids_nothing():
    coarse = BENCH.model_copy(update={"channel": (*OTHERS, GAUGE.model_copy(update={"accuracy": 0.25}), WALL, METERED)})
    found = truth(bench=coarse, first=5e-7, second=5e-7)
    assert found.void is None
    assert all("not informative (u is " in witness.says for witness in said(found, RISE))


SILENT = {
    "never valved off": (EVENTS[1:2] + EVENTS[4:], "the pumps were not valved off"),
    "no outgassing": (EVENTS[1:], "outgassing was not measured"),
    "a pump that was still open": ((confirmed(OpenValve("roughing"), 5.0), *EVENTS), "roughing was open too"),
}


@pytest.mark.parametrize(("events", "why"), SILENT.values(), ids=SILENT)
def test_a_chamber_that_cannot_tell_says_why(events, why):
    (witness, *_) = said(truth(events=events), RISE)
    assert witness.says == f"chamber's rate of rise: not informative ({why})"


def test_what_opens_when_the_interval_ends_was_not_open_in_it():
    reopened = (confirmed(OpenValve("roughing"), EMPTY[1]), confirmed(CloseValve("roughing"), FIRST[0] - 5.0))
    assert all(witness.informative for witness in said(truth(events=(*EVENTS, *reopened)), RISE))


def test_a_gauge_out_of_its_range_says_nothing():
    series = recorded()
    series.columns["gauge"][:] = np.nan
    rise = Rise("node_50um", *FIRST)
    assert risen(BENCH, LEAK, rise, series, EVENTS) == "no gauge was within its range"


def test_a_gauge_that_stands_still_is_not_the_one_that_knows_best():
    """It would have the least uncertainty of all."""
    stuck = GAUGE.model_copy(update={"name": "stuck", "input": "stuck", "accuracy": 1e-5})
    both = BENCH.model_copy(update={"channel": (*BENCH.channel, stuck)})
    series = recorded()
    series.columns["stuck"] = np.full(TIME_S.size, 5.0)
    found = risen(both, LEAK, Rise("node_50um", *FIRST), series, EVENTS)
    assert found.value == pytest.approx(4e-7, rel=0.005)


def test_an_orifice_has_no_flow_meter_in_line():
    (witness,) = said(truth(), METER)
    assert witness.says == "flow meter in line: not informative (there is none)"


def metered_bench():
    """The leak's valve leads into a flow controller's line, not straight into the chamber."""
    valves = tuple(
        valve.model_copy(update={"connects": ("node", "line")}) if valve.name == "orifice" else valve
        for valve in BENCH.valve
    )
    meter = FlowController(
        name="meter", instrument="meter", connects=("line", "chamber"), full_scale_kg_s=1e-6, bore_m=1e-4
    )
    return BENCH.model_copy(update={"valve": valves, "flow_controller": (meter,)})


def test_a_flow_meter_in_line_is_a_witness():
    (witness,) = said(truth(bench=metered_bench()), METER)
    assert witness.rate_kg_s == pytest.approx(4e-7, rel=0.002)
    assert witness.u_kg_s == pytest.approx(2e-9, rel=0.05)  # its accuracy; the mean of its noise is far below
    assert witness.informative


def test_a_truth_that_the_flow_meter_contradicts_is_void():
    assert "flow meter in line: DISAGREES" in truth(bench=metered_bench(), meter=4.3e-7).void


def test_a_witness_is_recalled_from_json_with_what_it_did_not_know():
    mute = Witness(METER, math.nan, math.nan, math.nan, math.nan, "there is none")
    written = {"name": METER, "silent": "there is none"}
    unknown = dict.fromkeys(("rate_kg_s", "u_kg_s", "certified_kg_s", "certified_u_kg_s"))
    assert recalled({**written, **unknown}).says == mute.says
