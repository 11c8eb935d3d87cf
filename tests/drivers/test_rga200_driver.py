import time

import pytest
from transcript import load
from transcript_player import bytewise, closed_address, played, whole

from bench.sim.rack.transcript import Exchange
from drivers import srs_rga200
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity
from drivers.srs_rga200 import RGA200

WIRE = load("srs_rga200")
OPEN, SPECTRUM, SINGLE = WIRE.dialogue("open"), WIRE.dialogue("spectrum"), WIRE.dialogue("pressure_at")
ID = b"SRSRGA200VER0.51SN19045\n\r"
TORR = 101325 / 760
PARTIAL_PA = [pressure * TORR for pressure in (0.0, 0.0, 1.5e-8, 1.1e-10, 3.338e-9, 0.0, 4e-9)]
FIRST, BETWEEN, SECOND = 10, 11, 12  # place of the two blocks in the spectrum's dialogue
BLOCK = SPECTRUM[FIRST].reply
SHORT_S = 0.1


def said(sent, reply=b""):
    return (Exchange(sent, reply, {}, ""),)


def asked(query, *lines):
    return said(query + b"\rID?\r", b"".join(line + b"\n\r" for line in lines) + ID)


def instead(exchanges, place, reply):
    """Up to this place as written, and there another reply."""
    return exchanges[:place] + said(exchanges[place].sent, reply)


def assert_spectrum(spectrum):
    assert spectrum.masses == tuple(range(26, 33))
    assert spectrum.partial_pressures_pa == pytest.approx(PARTIAL_PA)
    assert spectrum.total_pressure_pa == pytest.approx(2.4448e-8 * TORR, rel=1e-4)


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    names = ("open", "identity", "settings", "filament_on", "filament_is_on", "spectrum", "pressure_at")
    off = ("filament_off", "filament_is_off", "filament_refused")
    with played(WIRE.dialogue(*names, *off), chunking=chunking) as player:
        rga = RGA200.open(player.address)
        assert rga.identity() == Identity("Stanford Research Systems", "RGA200", "19045", "0.51")
        assert rga.settings() == {"electron_energy_ev": "70", "ion_energy": "1", "focus_voltage_v": "90"}
        rga.set_filament(True)
        assert rga.filament_on()
        assert_spectrum(rga.spectrum(26, 32))
        assert rga.pressure_at(4) == pytest.approx(2e-9 * TORR)
        rga.set_filament(False)
        assert not rga.filament_on()
        with pytest.raises(CommandRefused, match=r"filament: pressure too high.*FL1\.0"):
            rga.set_filament(True)
        rga.close()


def test_it_has_no_part_in_a_scan():
    with played(OPEN) as player:
        rga = RGA200.open(player.address)
        rga.request()
        assert rga.ready(10.0)
        assert rga.collect() == {}
        rga.close()


def test_refusals_of_an_earlier_session_are_forgotten():
    with played(OPEN[:1] + said(b"ER?\r", b"1\n\r") + said(b"EC?\r", b"64\n\r")) as player:
        RGA200.open(player.address).close()


def slowly(replies):
    """Currents come as they are measured, each sooner than the time-out, all of them later."""
    return [_trickle(reply) if len(reply) == len(BLOCK) else [reply] for reply in replies]


def _trickle(reply):
    for start in range(0, len(reply), 4):
        time.sleep(SHORT_S / 4)
        yield reply[start : start + 4]


def test_a_scan_may_take_longer_than_a_reply():
    with played(OPEN + SPECTRUM, chunking=slowly) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S)
        assert_spectrum(rga.spectrum(26, 32))
        rga.close()


SHIFTED = b"\x00" + BLOCK[:-1]


@pytest.mark.parametrize(
    ("place", "reply", "told"),
    [
        (FIRST, BLOCK + b"\x00", "nobody asked for"),
        (FIRST, BLOCK * 2, "nobody asked for"),
        (FIRST, b"0\n\r" + BLOCK, "beyond its range"),
        (FIRST, BLOCK[:3] + b"\xba" + BLOCK[4:], "beyond its range"),
        (FIRST, BLOCK[:8] + b"\x00\x80\xff\xff" + BLOCK[12:], "disagree"),
        (BETWEEN, b"0\n\r" + ID[:5] + b"\xd3" + ID[6:], "unexpected reply"),
        (BETWEEN, ID + ID, "unexpected reply"),
        (BETWEEN, b"0\n\r0\n\r", "unexpected reply"),
        (SECOND, SHIFTED, "disagree"),
        (SECOND, BLOCK[4:] + BLOCK[:4], "disagree"),
        (SECOND, BLOCK[:9] + b"\xba" + BLOCK[10:], "disagree"),
    ],
)
def test_a_garbled_or_shifted_block_becomes_no_spectrum(place, reply, told):
    rest = SPECTRUM[place + 1 :] if told == "disagree" else ()
    with played(OPEN + instead(SPECTRUM, place, reply) + rest, OPEN + SPECTRUM) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(ProtocolError, match=told):
            rga.spectrum(26, 32)
        assert_spectrum(rga.spectrum(26, 32))
        assert rga.handshakes == 2
        rga.close()


def hasty(monkeypatch):
    """No time for a mass, so that time-outs do not take a test's time."""
    monkeypatch.setattr(srs_rga200, "SCAN_S_PER_AMU", (0.001,) * 8)


@pytest.mark.parametrize("missing", [1, 4, len(BLOCK)])
def test_a_block_that_ends_early_is_a_time_out_and_its_rest_is_not_taken(missing, monkeypatch):
    hasty(monkeypatch)
    cut = instead(SPECTRUM, FIRST, BLOCK[:-missing])
    late = BLOCK[-missing:]
    with played(OPEN + cut, said(b"ER?\r", b"0\n\r"), OPEN + SPECTRUM, late=late) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout, match="HS1"):
            rga.spectrum(26, 32)
        assert_spectrum(rga.spectrum(26, 32))
        rga.close()


def test_a_scan_that_never_comes_takes_no_longer_than_the_scan_and_a_margin(monkeypatch):
    hasty(monkeypatch)
    with played(OPEN + instead(SPECTRUM, FIRST, b""), said(b"ER?\r")) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S)
        begin_s = time.monotonic()
        with pytest.raises(ReplyTimeout):
            rga.spectrum(26, 32)
        assert time.monotonic() - begin_s < 10 * SHORT_S


def test_a_scan_refused_in_silence_tells_why(monkeypatch):
    hasty(monkeypatch)
    reason = said(b"ER?\r", b"1\n\r") + said(b"EC?\r", b"64\n\r")
    with played(OPEN + instead(SPECTRUM, FIRST, b""), reason) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(CommandRefused, match=r"communication: conflict of parameters.*HS1"):
            rga.spectrum(26, 32)


@pytest.mark.parametrize("query", [b"MO?", b"HV?", b"SP?", b"NF4\rNF?"])
def test_a_question_refused_in_silence_is_noticed_by_the_identity_that_follows(query):
    place = next(i for i, exchange in enumerate(SPECTRUM) if exchange.sent.startswith(query))
    reason = asked(b"ER?", b"1") + asked(b"EC?", b"3")
    with played(OPEN + instead(SPECTRUM, place, ID) + reason + SPECTRUM) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(CommandRefused, match="communication: bad command, bad parameter"):
            rga.spectrum(26, 32)
        assert_spectrum(rga.spectrum(26, 32))
        assert rga.handshakes == 1
        rga.close()


def test_all_that_status_points_to_is_asked_for():
    told = "communication: .*filament: .*multiplier: .*filter: .*electrometer: .*24 V supply: no reason given"
    lost, alone = OPEN + said(b"EE?\rID?\r"), said(b"ER?\r", b"123\n\r") + WIRE.dialogue("error_bytes_alone")
    refused = OPEN + asked(b"EE?") + asked(b"ER?", b"123") + WIRE.dialogue("error_bytes")
    with played(lost, alone, refused) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S)
        for _ in ("in silence", "by the identity that follows"):
            with pytest.raises(CommandRefused, match=told):
                rga.settings()
        rga.close()


def test_silence_without_an_error_is_out_of_step():
    with played(OPEN + instead(SPECTRUM, 2, ID) + asked(b"ER?", b"0")) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(ProtocolError, match="MO"):
            rga.spectrum(26, 32)


def test_a_refused_question_about_errors_is_out_of_step():
    with played(OPEN + instead(SPECTRUM, 0, b"2\n\r" + ID) + asked(b"ER?", b"2") + asked(b"EF?")) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(ProtocolError, match="EF"):
            rga.spectrum(26, 32)


def test_a_limit_that_reads_back_otherwise_is_refused():
    place = next(i for i, exchange in enumerate(SPECTRUM) if exchange.sent.startswith(b"MF32"))
    reason = asked(b"ER?", b"1") + asked(b"EC?", b"2")
    with played(OPEN + instead(SPECTRUM, place, b"50\n\r" + ID) + reason) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(CommandRefused, match=r"bad parameter.*MF32"):
            rga.spectrum(26, 32)
        rga.close()


@pytest.mark.parametrize("place", [1, len(SPECTRUM) - 1])
def test_a_unit_switched_off_and_on_before_or_during_the_scans_has_no_spectrum(place):
    with played(OPEN + instead(SPECTRUM, place, b"0.00\n\r" + ID)) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(CommandRefused, match="filament is off"):
            rga.spectrum(26, 32)
        rga.close()


@pytest.mark.parametrize("place", [0, BETWEEN, len(SPECTRUM) - 2])
def test_an_error_in_status_is_told_instead_of_a_spectrum(place):
    reason = asked(b"ER?", b"98") + asked(b"EF?", b"64") + asked(b"ED?", b"4") + asked(b"EP?", b"0")
    with played(OPEN + instead(SPECTRUM, place, b"98\n\r" + ID) + reason) as player:
        rga = RGA200.open(player.address)
        told = "filament: emission not reached; electrometer: bit 2; 24 V supply: no reason given"
        with pytest.raises(CommandRefused, match=told):
            rga.spectrum(26, 32)
        rga.close()


def test_a_unit_without_a_multiplier_is_not_asked_for_its_voltage():
    without = instead(SINGLE, 2, b"0\n\r" + ID) + SINGLE[4:]
    with played(OPEN + without) as player:
        rga = RGA200.open(player.address)
        assert rga.pressure_at(4) == pytest.approx(2e-9 * TORR)
        rga.close()


def test_a_multiplier_in_use_is_refused():
    with played(OPEN + instead(SINGLE, 3, b"1400\n\r" + ID)) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(CommandRefused, match="1400 V"):
            rga.pressure_at(4)
        rga.close()


def test_two_readings_of_one_mass_must_agree():
    other = SINGLE[:8] + said(b"MR4\r", b"\xd0\x27\x00\x00") + SINGLE[9:]
    with played(OPEN + other) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(ProtocolError, match="disagree"):
            rga.pressure_at(4)


def test_a_filament_command_is_sent_once():
    with played(
        OPEN + said(b"FL1.0\rID?\r"), said(b"ER?\r", b"0\n\r"), OPEN + WIRE.dialogue("filament_is_off")
    ) as player:
        rga = RGA200.open(player.address, timeout_s=SHORT_S, filament_s=0.0)
        with pytest.raises(ReplyTimeout, match="FL1"):
            rga.set_filament(True)
        assert not rga.filament_on()
        rga.close()


def test_half_an_emission_is_neither_on_nor_off():
    with played(OPEN + asked(b"FL?", b"0.50")) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(CommandRefused, match=r"0\.5 mA"):
            rga.filament_on()
        rga.close()


@pytest.mark.parametrize("masses", [(0, 50), (1, 201), (30, 20)])
def test_masses_that_it_has_not_are_refused_before_anything_is_sent(masses):
    with played(OPEN) as player:
        rga = RGA200.open(player.address)
        with pytest.raises(ValueError, match="1 to 200 amu"):
            rga.spectrum(*masses)
        rga.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"rga200 at {address}: handshake failed, check its power.*refused"):
        RGA200.open(address)


def test_another_instrument_at_the_address_is_refused():
    with played(said(b"\rID?\r", b"?\n\r")) as player, pytest.raises(ProtocolError, match="handshake failed"):
        RGA200.open(player.address)


@pytest.mark.parametrize("options", [{"inputs": ["28"]}, {"noise_floor": 8}])
def test_inputs_and_noise_floors_that_it_has_not_are_refused_before_anything_is_sent(options):
    with pytest.raises(ValueError, match=r"no inputs|0 to 7"):
        RGA200.open("TCPIP::127.0.0.1::1::SOCKET", **options)
