"""A programmable leak: what its flow controller shows, under that controller's certificate, and who can witness it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from truth.test_witness import (
    BENCH,
    EVENTS,
    METER,
    RISE,
    WINDOW,
    confirmed,
    metered_bench,
    recorded,
    said,
    truth,
)

from bench.certificate import Certificate
from bench.commands import CloseValve, OpenValve, SetFlow, StopFlow
from bench.truth.leak_truth import leak_truth
from bench.truth.rate_of_rise import Rise, risen

SHOWN_KG_S, ZERO_KG_S = 4e-7, -1e-9
CERTIFICATE = Certificate(
    serial="FC-1",
    laboratory="somewhere",
    model="programmable",
    value=5.05e-7,
    expanded_uncertainty=5.05e-9,
    reference_reading_kg_s=5e-7,
    zero_kg_s=ZERO_KG_S,
    u_zero_kg_s=1e-9,
    calibrated=date(2026, 1, 1),
    due=date(2027, 1, 1),
)
PASSES_KG_S = 1.01 * (SHOWN_KG_S - ZERO_KG_S)
DAY = date(2026, 6, 1)


def bench(certificate=CERTIFICATE, every_s=1.0):
    """The metered bench, its leak one of the controller into which its valve leads."""
    metered = metered_bench()
    kind = {"kind": "programmable", "nominal_diameter_m": None, "controller": "meter", "flow_kg_s": SHOWN_KG_S}
    (leak,) = metered.leak
    channels = tuple(
        entry.model_copy(update={"period_s": every_s}) if entry.name == "flow" else entry for entry in metered.channel
    )
    update = {"leak": (leak.model_copy(update={**kind, "certificate": certificate}),), "channel": channels}
    return metered.model_copy(update=update)


def test_what_leaked_is_what_was_shown_less_its_zero_by_the_certificate():
    found = truth(bench=bench(), first=PASSES_KG_S, second=PASSES_KG_S)
    assert found.rate_kg_s == pytest.approx(PASSES_KG_S, rel=2e-4)
    assert found.void is None


def test_its_uncertainty_is_that_of_certificate_zero_and_readings():
    found = truth(bench=bench())
    parts = {"certificate": 0.005, "zero": 1.01e-9 / PASSES_KG_S, "shown": 1e-9 / np.sqrt(500.0) / SHOWN_KG_S}
    for source, relative in parts.items():
        assert found.budget[source] == pytest.approx(relative, rel=0.1), source
    assert found.check.valid


def test_a_reading_that_is_held_for_four_scans_counts_once():
    """The same numbers four times each: the mean's standard uncertainty is that of a quarter as many."""
    series = recorded()
    series.columns["flow"][:] = np.repeat(series.columns["flow"][::4], 4)
    held = bench(every_s=4.0)
    found = leak_truth(held, held.leak[0], WINDOW, series, EVENTS, DAY)
    assert found.budget["shown"] == pytest.approx(1e-9 / np.sqrt(125.0) / SHOWN_KG_S, rel=0.2)


def test_its_controller_is_no_witness_of_its_own_certificate():
    (witness,) = said(truth(bench=bench()), METER)
    assert witness.says == "flow meter in line: not informative (it is what the certificate is of)"


def test_the_chamber_is_its_witness_and_can_contradict_it():
    agreeing = truth(bench=bench(), first=PASSES_KG_S, second=PASSES_KG_S)
    assert all(witness.informative for witness in said(agreeing, RISE))
    assert "chamber's rate of rise: DISAGREES" in truth(bench=bench(), first=4.4e-7, second=4.4e-7).void


def test_a_chamber_that_is_not_empty_does_not_matter_to_what_a_controller_shows():
    series = recorded()
    series.columns["gauge"][:] = 90_000.0
    assert leak_truth(bench(), bench().leak[0], WINDOW, series, EVENTS, DAY).void is None


def test_another_compartment_that_feeds_the_same_controller_makes_its_truth_void():
    selected = bench()
    (other,) = [valve for valve in selected.valve if valve.name == "orifice"]
    other = other.model_copy(update={"name": "select_annex", "connects": ("annex", "line")})
    both = selected.model_copy(update={"valve": (*selected.valve, other)})
    events = (*EVENTS, confirmed(OpenValve("select_annex"), 300.0), confirmed(CloseValve("select_annex"), 310.0))
    assert "select_annex was open too" in truth(bench=both, events=events).void


def test_a_flow_controller_that_still_runs_into_the_chamber_spoils_the_rise_of_an_orifice():
    meter = metered_bench().flow_controller
    orifice = BENCH.model_copy(update={"flow_controller": meter})
    rise, running = Rise("node_50um", 110.0, 190.0), confirmed(SetFlow("meter", 1e-7), 50.0)
    (leak,) = orifice.leak
    assert risen(orifice, leak, rise, recorded(), (*EVENTS, running)) == "meter was open too"
    stopped = (*EVENTS, confirmed(SetFlow("meter", 1e-7), 5.0), confirmed(StopFlow("meter"), 20.0))
    assert risen(orifice, leak, rise, recorded(), stopped).value == pytest.approx(4e-7, rel=0.01)


def test_drift_since_the_calibration_of_the_controller_counts():
    drifting = CERTIFICATE.model_copy(update={"drift_per_year": 0.02})
    found = leak_truth(bench(drifting), bench(drifting).leak[0], WINDOW, recorded(), EVENTS, date(2027, 1, 1))
    assert found.rate_kg_s == pytest.approx(PASSES_KG_S * 1.02, rel=3e-4)


def test_what_was_recorded_with_the_controller_shut_says_nothing_of_the_flow():
    window = replace(WINDOW, begin_s=20.0, end_s=60.0)
    found = leak_truth(bench(), bench().leak[0], window, recorded(), EVENTS, DAY)
    assert "not confirmed open" in found.void
