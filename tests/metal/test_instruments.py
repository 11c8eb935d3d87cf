"""What every instrument of a bench must do, whatever it is. Passive: it is asked, never set."""

import math
import time

import numpy as np
import pytest

from bench.roles import Microphones, Patient, SampleClock

SCANS, PERIOD_S = 3, 0.3


def scan(instrument, timeout_s):
    """One reading of all inputs; a slow instrument is waited for."""
    instrument.request()
    end_s = time.monotonic() + timeout_s
    while isinstance(instrument, Patient) and not instrument.ready(0.05) and time.monotonic() < end_s:
        pass
    return instrument.collect()


def test_it_is_who_the_bench_file_says(instrument, entry):
    identity = instrument.identity()
    assert identity.manufacturer
    assert identity.model
    assert entry.serial in {None, identity.serial}


def test_its_settings_are_those_of_the_bench_file_and_stay_so(instrument, entry):
    first = dict(instrument.settings())
    assert first.items() >= entry.settings.items()
    instrument.reconnect()
    assert dict(instrument.settings()) == first


def test_its_readings_are_numbers_or_flagged(instrument, entry, bench):
    inputs = {c.input for c in bench.channels if c.instrument == entry.name}
    if isinstance(instrument, SampleClock):
        instrument.start()
    for _ in range(SCANS):
        time.sleep(PERIOD_S)
        found = scan(instrument, entry.timeout_s)
        assert found.keys() <= inputs
        for measured in found.values():
            assert math.isfinite(measured.value) or measured.status.name == "FAULT"
    assert found.keys() == inputs


def test_it_answers_after_a_scan_that_nobody_collected(instrument, entry):
    if isinstance(instrument, SampleClock):
        instrument.start()
    instrument.request()
    assert instrument.identity() == instrument.identity()
    assert scan(instrument, entry.timeout_s) is not None


def test_it_can_be_closed_twice_and_opened_again(instrument):
    before = instrument.identity()
    instrument.close()
    instrument.close()
    instrument.reconnect()
    assert instrument.identity() == before


def test_its_microphones_deliver_a_burst_while_it_is_read(instrument, entry, bench, microphones):
    assert isinstance(instrument, Microphones)
    instrument.start()
    instrument.start_burst()
    end_s = time.monotonic() + bench.acoustics.burst_s + entry.timeout_s
    while not instrument.burst_ready() and time.monotonic() < end_s:
        time.sleep(PERIOD_S)
        instrument.collect()
    pressures_pa = instrument.fetch_burst()
    samples = round(bench.acoustics.burst_s * bench.acoustics.rate_hz)
    assert pressures_pa.shape == (len(microphones), samples)
    assert instrument.burst_rate_hz == pytest.approx(bench.acoustics.rate_hz, rel=0.05)
    assert np.isfinite(pressures_pa).all()
    assert (pressures_pa.std(axis=1) > 0.0).all()  # a dead one delivers no noise
