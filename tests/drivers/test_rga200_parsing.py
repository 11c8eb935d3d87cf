import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.srs_rga200_currents import DRIFT, agreed, noise_a, parse_currents, stated_noise_a
from drivers.srs_rga200_replies import (
    parse_identity,
    parse_sensitivity,
    troubles,
)

STATED_A = stated_noise_a(0.126)
PEAKS_A = np.array([0.0] * 20 + [1e-11, 2e-13, 4e-12] + [0.0] * 20)


def test_currents_are_signed_little_endian_in_units_of_1e_16_a():
    block = b"\x01\x00\x00\x00\xff\xff\xff\xff\x0a\x0d\x00\x00"
    assert parse_currents(b"HS1", block, 3) == pytest.approx([1e-16, -1e-16, 3.338e-13])


@given(st.binary(max_size=40), st.integers(1, 9))
def test_a_block_is_finite_currents_within_the_range_or_a_protocol_error(block, count):
    try:
        currents = parse_currents(b"HS1", block, count)
    except ProtocolError:
        return
    assert currents.shape == (count,)
    assert len(block) == 4 * count
    assert np.all(np.abs(currents) <= 1e-7)


def test_noise_is_told_and_the_mean_has_less_of_it():
    rng = np.random.default_rng(1)
    first, second = (PEAKS_A + rng.normal(0.0, 2 * STATED_A, PEAKS_A.size) for _ in range(2))
    mean, sigma_a = agreed(b"HS1", first, second, STATED_A)
    assert mean == pytest.approx(PEAKS_A, abs=6 * STATED_A)
    assert sigma_a == pytest.approx(2 * STATED_A / np.sqrt(2), rel=0.3)


def test_noise_is_as_seen_and_as_stated_where_too_little_is_seen():
    assert noise_a(np.full(3, 1e-9), STATED_A) == STATED_A
    assert noise_a(np.zeros(43), STATED_A) == 1e-16
    assert noise_a(np.full(43, 1e-15), STATED_A) == pytest.approx(1e-15 / 0.6745 / np.sqrt(2))


def test_scans_noisier_than_an_electrometer_are_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(ProtocolError, match="disagree"):
        agreed(b"HS1", *rng.normal(0.0, 100 * STATED_A, (2, 43)), STATED_A)


@given(st.integers(0, 42), st.integers(14, 31))
def test_a_bit_that_matters_is_found_in_either_scan(place, bit):
    """What stays hidden is less than the scatter of two honest scans and 5 % of the highest peak."""
    counts = np.rint(PEAKS_A / 1e-16).astype("<i4")
    struck = counts.copy()
    struck[place] ^= np.int32(np.uint32(1 << bit).astype(np.int32))
    change_a = abs(int(struck[place]) - int(counts[place])) * 1e-16
    if change_a <= 8 * np.sqrt(2) * STATED_A + DRIFT * 1e-11:
        return
    for pair in ((counts, struck), (struck, counts)):
        with pytest.raises(ProtocolError):
            agreed(b"HS1", *(parse_currents(b"HS1", scan.tobytes(), 43) for scan in pair), STATED_A)


@given(st.integers(1, 3))
def test_a_shifted_scan_is_found(shift):
    block = np.rint(PEAKS_A / 1e-16).astype("<i4").tobytes()
    with pytest.raises(ProtocolError):
        agreed(
            b"HS1",
            parse_currents(b"HS1", block, 43),
            parse_currents(b"HS1", block[shift:] + b"\x00" * shift, 43),
            STATED_A,
        )


def test_currents_far_below_zero_are_no_partial_pressures():
    with pytest.raises(ProtocolError, match="below zero"):
        agreed(b"HS1", -PEAKS_A, -PEAKS_A, STATED_A)


@pytest.mark.parametrize(
    ("reply", "model"), [(b"SRSRGA100VER0.24SN10325", "RGA100"), (b"SRSRGA300VER0.51SN19045", "RGA300")]
)
def test_the_family_is_accepted(reply, model):
    assert parse_identity(reply).model == model


def test_no_sensitivity_is_no_measurement():
    with pytest.raises(ProtocolError):
        parse_sensitivity(b"SP?", b"0.0000")


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({b"ER?": 0}, ""),
        (
            {b"ER?": 1, b"EC?": 71},
            "communication: bad command, bad parameter, command too long, conflict of parameters",
        ),
        ({b"ER?": 2, b"EF?": 128}, "filament: no filament"),
        ({b"ER?": 24, b"EM?": 2, b"EQ?": 0}, "electron multiplier: bit 1; mass filter: no reason given"),
        ({b"ER?": 132}, "STATUS bit 2; STATUS bit 7"),
    ],
)
def test_error_bytes_are_told_in_words(answers, told):
    assert troubles(answers.__getitem__) == told
