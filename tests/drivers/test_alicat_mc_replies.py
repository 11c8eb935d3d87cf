import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.alicat_mc import (
    KG_MOL,
    kg_s_per_unit,
    parse_frame,
    parse_identity,
    worst,
)
from drivers.errors import ProtocolError

FRAME = b"A +014.62 +021.90 +000.93 +000.94 +000.00     N2"


@pytest.mark.parametrize(
    ("words", "flow", "pressure", "temperature"),
    [
        ("", "GOOD", "GOOD", "GOOD"),
        ("HLD LCK", "GOOD", "GOOD", "GOOD"),
        ("EXH", "GOOD", "GOOD", "GOOD"),
        ("MOV", "OVERRANGE", "GOOD", "GOOD"),
        ("VOV", "OVERRANGE", "GOOD", "GOOD"),
        ("OVR", "OVERRANGE", "GOOD", "GOOD"),
        ("TMF", "OVERRANGE", "GOOD", "GOOD"),
        ("POV MOV", "FAULT", "OVERRANGE", "GOOD"),
        ("TOV", "FAULT", "GOOD", "OVERRANGE"),
        ("OPL", "GOOD", "OVERRANGE", "GOOD"),
        ("GTA", "FAULT", "GOOD", "GOOD"),
        ("HLD ADC", "FAULT", "FAULT", "FAULT"),
        ("COM", "FAULT", "FAULT", "FAULT"),
    ],
)
def test_every_status_word_of_the_manual(words, flow, pressure, temperature):
    found = parse_frame("A", FRAME + b" " + words.encode()).words
    assert [worst(name, found).name for name in ("flow", "pressure", "temperature")] == [flow, pressure, temperature]


@pytest.mark.parametrize(
    ("gas", "kg_m3"),
    [("Air", 1.1840), ("Ar", 1.6329), ("CH4", 0.6557), ("He", 0.1636), ("H2", 0.0824), ("N2", 1.1450), ("O2", 1.3079)],
)
def test_gases_weigh_what_an_ideal_gas_weighs_at_standard_conditions(gas, kg_m3):
    assert kg_s_per_unit("SLPM", gas) * 60e3 == pytest.approx(kg_m3, rel=1e-3)


def test_nine_gases_are_known():
    assert sorted(KG_MOL) == ["Air", "Ar", "CH4", "CO", "CO2", "H2", "He", "N2", "O2"]


@given(st.lists(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=30), max_size=10))
def test_a_table_of_something_else_is_a_protocol_error(info):
    with pytest.raises(ProtocolError):
        parse_identity(info, "10v20.0")
