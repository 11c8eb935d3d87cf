from hypothesis import given
from hypothesis import strategies as st

from bench.sim.rack.replay import Replay
from bench.sim.rack.transcript import line, parse

SESSION = parse("< hello\\r\\n\n> a?\\n\n< 1\\n\n> b?\\n\n< 2\\n\n> a?\\n\n< 3\\n\n> set\\n")


def test_it_answers_as_it_was_answered_in_the_order_of_the_session():
    replay = Replay(SESSION)
    assert [replay.receive(q) for q in (b"a?\n", b"b?\n", b"a?\n", b"set\n")] == [b"1\n", b"2\n", b"3\n", b""]


def test_asked_out_of_order_it_answers_the_next_time_it_was_asked_or_the_first():
    replay = Replay(SESSION)
    assert [replay.receive(q) for q in (b"b?\n", b"a?\n", b"b?\n", b"a?\n")] == [b"2\n", b"3\n", b"2\n", b"3\n"]


def test_questions_come_in_pieces_and_together_and_unknown_ones_are_silence():
    replay = Replay(SESSION)
    assert replay.receive(b"a?\nb") == b"1\n"
    assert replay.receive(b"?\n") == b"2\n"
    assert replay.receive(b"what?\n") == b""
    assert replay.receive(b"b?\n") == b"2\n"


def test_a_question_that_begins_like_a_shorter_one_is_answered_as_a_whole():
    replay = Replay(parse("> e?\\n\n< 0\\n\n> e?\\ni?\\n\n< 0\\nrga\\n\n"))
    asked = (b"e?\n", b"e?\ni?\n", b"e?\ni?\n", b"e?\n")
    assert [replay.receive(question) for question in asked] == [b"0\n", b"0\nrga\n", b"0\nrga\n", b"0\n"]


def test_what_was_said_unasked_is_said_unasked():
    assert Replay(SESSION).idle() == b"hello\r\n"


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_any_bytes_survive_being_written_down(sent, reply):
    (exchange,) = parse(f"{line('>', sent)}\n{line('<', reply)}\n").exchanges
    assert (exchange.sent, exchange.reply) == (sent, reply)
