import math

import pytest
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.aimtti_cpx400dp import (
    CPX400DP,
    INPUTS,
    parse_identity,
    parse_reading,
    parse_setting,
)
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status

WIRE = load("aimtti_cpx400dp")
OPEN = WIRE.dialogue("open")
OUTPUT_1 = ("voltage_1", "current_1", "power_1")
SHORT_S = 0.2
REFUSED_SCAN = parse("> V1?\\nV1O?\\nI1O?\\nLSR1?\\nOP1?\\nEER?\\n\n< 100\\r\\n\n").exchanges


def scanned(supply):
    supply.request()
    return supply.collect()


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_heater_is_fed_as_in_the_transcript(chunking):
    names = ("open", "settings", "identity", "scan_off", "set_output", "switch_on", "output_on", "scan")
    with played(WIRE.dialogue(*names, "switch_off", "errors"), chunking=chunking) as player:
        supply = CPX400DP.open(player.address, inputs=INPUTS)
        assert supply.settings() == {"ovp_1_v": "66", "ocp_1_a": "22", "ovp_2_v": "66", "ocp_2_a": "22"}
        assert supply.identity() == Identity("THURLBY THANDAR", "CPX400DP", "279730", "1.00-1.00")
        assert set(scanned(supply).values()) == {Measured(0.0, Status.GOOD)}
        supply.set_output(1, voltage_v=20.0, current_limit_a=3.0)
        supply.switch(1, True)
        assert supply.output_on(1)
        found = scanned(supply)
        supply.switch(1, False)
        assert supply.errors() == []
        supply.close()
    assert [found[name] for name in OUTPUT_1] == [Measured(value, Status.GOOD) for value in (20.0, 2.0, 40.0)]
    assert found["power_2"] == Measured(0.0, Status.GOOD)
    assert tuple(found) == INPUTS


def test_the_other_output_is_switched_as_in_the_transcript():
    with played(OPEN + WIRE.dialogue("output_2")) as player:
        supply = CPX400DP.open(player.address)
        supply.set_output(2, voltage_v=6.0, current_limit_a=2.0)
        supply.switch(2, True)
        assert supply.output_on(2)
        supply.switch(2, False)
        supply.close()


def test_a_trip_is_a_fault_until_the_output_has_been_switched_again():
    names = ("open", "switch_on", "scan_of_output_1", "scan_tripped", "scan_still_tripped", "switch_on_tripped")
    then = ("reset_trips", "switch_on_again", "scan_of_output_1", "switch_off", "scan_still_tripped")
    with played(WIRE.dialogue(*names) + WIRE.dialogue(*then)) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1)
        supply.switch(1, True)
        assert scanned(supply)["power_1"] == Measured(40.0, Status.GOOD)
        for _ in range(2):
            found = scanned(supply)
            assert [found[name].status for name in OUTPUT_1] == [Status.FAULT] * 3
            assert math.isnan(found["voltage_1"].value)
        with pytest.raises(CommandRefused, match=r"output 1 does not switch"):
            supply.switch(1, True)
        supply.reset_trips()
        supply.switch(1, True)
        assert scanned(supply)["voltage_1"] == Measured(20.0, Status.GOOD)
        supply.switch(1, False)
        assert scanned(supply)["voltage_1"] == Measured(0.0, Status.GOOD)
        supply.close()


def test_a_trip_whose_only_report_was_lost_is_told_all_the_same():
    lost = parse("> V1?\\nV1O?\\nI1O?\\nLSR1?\\nOP1?\\nEER?\\n\n< V1 20.000\\r\\n0.000V\\r\\n0.000A\\r\\n").exchanges
    with played(WIRE.dialogue("open", "switch_on") + lost, WIRE.dialogue("open", "scan_still_tripped")) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1, timeout_s=SHORT_S)
        supply.switch(1, True)
        with pytest.raises(ReplyTimeout):
            scanned(supply)
        assert scanned(supply)["voltage_1"].status is Status.FAULT
        supply.close()


def test_a_trip_of_an_output_that_others_switched_on_is_told():
    with played(WIRE.dialogue("open", "scan_tripped", "scan_still_tripped")) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1)
        assert scanned(supply)["voltage_1"].status is Status.FAULT
        assert scanned(supply)["voltage_1"] == Measured(0.0, Status.GOOD)
        supply.close()


def test_a_voltage_out_of_range_is_refused_with_the_instrument_s_reason_and_not_tried_again():
    limit = parse("> I1 3.000\\nI1?\\nEER?\\n\n< I1 3.000\\r\\n0\\r\\n\n").exchanges
    with played(OPEN + limit + WIRE.dialogue("out_of_range", "scan_of_output_1")) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1)
        with pytest.raises(CommandRefused, match=r"100 out of range.*V1 99\.000"):
            supply.set_output(1, 99.0, 3.0)
        assert scanned(supply)["voltage_1"].value == 20.0
        supply.close()


def test_without_its_limit_a_voltage_is_not_set():
    refused = parse("> I1 99.000\\nI1?\\nEER?\\n\n< I1 3.000\\r\\n100\\r\\n\n").exchanges
    with played(OPEN + refused) as player:
        supply = CPX400DP.open(player.address)
        with pytest.raises(CommandRefused, match="100 out of range"):
            supply.set_output(1, 20.0, 99.0)
        supply.close()


def test_another_value_than_was_set_is_a_refusal():
    other = parse("> I2 3.000\\nI2?\\nEER?\\n\n< I2 2.990\\r\\n0\\r\\n\n").exchanges
    with played(OPEN + other) as player:
        supply = CPX400DP.open(player.address)
        with pytest.raises(CommandRefused, match=r"something else.*I2 3\.000.*I2 2\.990"):
            supply.set_output(2, 20.0, 3.0)
        supply.close()


def test_silence_with_an_error_is_a_refusal_and_leaves_the_link_in_step():
    with played(OPEN + REFUSED_SCAN + WIRE.dialogue("scan_of_output_1")) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1)
        with pytest.raises(CommandRefused, match="100 out of range"):
            scanned(supply)
        assert scanned(supply)["current_1"].value == 2.0
        assert supply.handshakes == 1
        supply.close()


def test_errors_are_told_with_their_numbers():
    errors = parse("> EER?\\nQER?\\n\n< 103\\r\\n3\\r\\n\n").exchanges
    with played(OPEN + errors) as player:
        supply = CPX400DP.open(player.address)
        assert supply.errors() == [(103, "no such output"), (3, "query error")]
        supply.close()


def test_the_answer_of_the_other_output_is_noticed():
    wrong = parse("> V1?\\nOP1?\\nEER?\\n\n< V2 20.000\\r\\n1\\r\\n0\\r\\n\n").exchanges
    with played(OPEN + wrong, WIRE.dialogue("open", "output_on")) as player:
        supply = CPX400DP.open(player.address)
        with pytest.raises(ProtocolError, match="V2"):
            supply.output_on(1)
        assert supply.output_on(1)
        supply.close()


def test_without_inputs_a_scan_still_finds_out_whether_it_is_there():
    with played(OPEN + parse("> EER?\\n\n< 0\\r\\n\n").exchanges) as player:
        supply = CPX400DP.open(player.address)
        assert scanned(supply) == {}
        supply.close()


def test_after_a_time_out_the_next_scan_shakes_hands_and_the_late_reply_is_not_taken():
    lost = parse("> V1?\\nV1O?\\nI1O?\\nLSR1?\\nOP1?\\nEER?\\n").exchanges
    late = b"V1 20.000\r\n19.000V\r\n1.900A\r\n0\r\n1\r\n0\r\n"
    with played(OPEN + lost, WIRE.dialogue("open", "scan_of_output_1"), late=late) as player:
        supply = CPX400DP.open(player.address, inputs=OUTPUT_1, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout):
            scanned(supply)
        assert scanned(supply)["voltage_1"].value == 20.0
        assert supply.handshakes == 2
        supply.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"cpx400dp at {address}: handshake failed, check its power.*refused"):
        CPX400DP.open(address)


def test_another_instrument_at_the_address_is_refused():
    other = parse("> *IDN?\\n\n< Agilent Technologies,34972A,MY49018071,1.16\\r\\n\n").exchanges
    with played(other) as player, pytest.raises(ProtocolError, match=r"handshake failed.*Agilent"):
        CPX400DP.open(player.address)


def test_an_unknown_input_is_refused_before_anything_is_sent():
    with pytest.raises(ValueError, match="voltage_3"):
        CPX400DP.open("TCPIP::127.0.0.1::1::SOCKET", inputs=["voltage_3"])


def test_an_output_that_there_is_not_is_refused_before_anything_is_sent():
    with played(OPEN) as player:
        supply = CPX400DP.open(player.address)
        for act in (
            lambda: supply.switch(3, True),
            lambda: supply.set_output(0, 1.0, 1.0),
            lambda: supply.output_on(3),
        ):
            with pytest.raises(ValueError, match="outputs are 1 and 2"):
                act()
        supply.close()


@pytest.mark.parametrize(
    ("request_", "reply", "value"),
    [
        (b"V1?", b"V1 24.000", 24.0),
        (b"I1?", b"I1 2.000", 2.0),
        (b"OVP1?", b"VP1 63.00", 63.0),
        (b"OCP1?", b"CP1 5.000", 5.0),
    ],
)
def test_settings_of_the_manual(request_, reply, value):
    assert parse_setting(request_, reply) == value


def test_readings_of_the_manual():
    assert parse_reading(b"V1O?", "V", b"20.000V") == 20.0
    assert parse_reading(b"I1O?", "A", b"2.000A") == 2.0


@pytest.mark.parametrize(
    "reply",
    [b"", b"20.000", b"20.000A", b"20.000 V", b"V1 20.000", b"99.000V", b"2\xb0.000V", b"20,000V", b"nanV", b"1e9V"],
)
def test_what_is_no_voltage_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_reading(b"V1O?", "V", reply)
    assert (caught.value.request, caught.value.reply) == (b"V1O?", reply)


@pytest.mark.parametrize("reply", [b"", b"24.000", b"V2 24.000", b"I1 2.000", b"VP1 63.00", b"V1  24.000", b"V1 x"])
def test_the_setting_of_something_else_is_a_protocol_error(reply):
    with pytest.raises(ProtocolError):
        parse_setting(b"V1?", reply)


def test_blanks_around_the_commas_of_an_identity_say_nothing():
    assert parse_identity(b"THURLBY THANDAR, CPX400DP, 279730, 1.00 - 1.00").serial == "279730"
