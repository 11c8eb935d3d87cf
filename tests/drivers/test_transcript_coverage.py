import pytest
from transcript_coverage import coverage, without_session
from transcript_sessions import SESSIONS


@pytest.mark.long
@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.name)
def test_every_message_of_the_driver_is_in_the_transcript(session):
    found = coverage(session)
    assert not found.missing
    assert not found.uncalled
    assert found.used


def test_every_driver_of_an_instrument_on_a_wire_has_a_session():
    assert not without_session()
