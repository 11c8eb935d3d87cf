import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.paroscientific_digiquartz import (
    UNITS,
    parse_pressure_pa,
    parse_unit,
)

HPA = 6894.757293168 / 68.94757


@pytest.mark.parametrize(
    ("number", "pascal"),
    [(1, 6894.757293), (2, 100.0), (3, 1e5), (4, 1e3), (5, 1e6), (6, 3386.389), (7, 133.322387), (8, 9806.65)],
)
def test_every_unit_of_the_manual(number, pascal):
    assert parse_unit(1, b"*0001UN=%d" % number).pascal == pytest.approx(pascal, rel=1e-6)


def test_the_user_s_own_unit_is_refused_with_the_remedy():
    with pytest.raises(ProtocolError, match=r"set its unit \(UN\) to one of 1 psi, 2 hPa"):
        parse_unit(1, b"*0001UN=0")


@pytest.mark.parametrize(
    ("reply", "pascal"),
    [(b"*00011013.732", 101373.2), (b"*0001-0.012", -1.2), (b"*0001 1013.732", 101373.2), (b"*0001+1.5", 150.0)],
)
def test_pressures_as_they_are_printed(reply, pascal):
    assert parse_pressure_pa(1, HPA, reply) == pytest.approx(pascal)


@pytest.mark.parametrize(
    "payload", [b"", b"1013", b"1013.", b".5", b"1e3", b"nan", b"inf", b"1013.732 hPa", b"10\xb1.732", b"1013.732\n"]
)
def test_what_is_no_number_is_a_protocol_error_with_the_evidence(payload):
    with pytest.raises(ProtocolError) as caught:
        parse_pressure_pa(1, HPA, b"*0001" + payload)
    assert (caught.value.request, caught.value.reply) == (b"P3", b"*0001" + payload)


@given(st.sampled_from(sorted(UNITS)), st.floats(0.01, 300.0))
def test_any_pressure_survives_the_wire(number, value):
    unit = parse_unit(1, b"*0001UN=" + number.encode())
    pressure_pa = parse_pressure_pa(1, unit.pascal, f"*0001{value:.6f}".encode())
    assert pressure_pa == pytest.approx(value * unit.pascal, abs=unit.pascal * 1e-6)
