import signal
import threading

import pytest

from bench.stop import SIGNALS, StopRequest


@pytest.fixture(autouse=True)
def handlers():
    """Those of the test session, whatever a test leaves behind."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield before
    for number, handler in before.items():
        signal.signal(number, handler)


def test_nothing_is_asked_before_a_signal():
    with StopRequest() as stop:
        assert stop.asked is None


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_is_noted_by_name_and_interrupts_nothing(number):
    with StopRequest() as stop:
        signal.raise_signal(number)
        assert stop.asked == number.name


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_the_second_signal_interrupts_on_the_spot(first, second):
    with StopRequest() as stop:
        signal.raise_signal(first)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(second)
        assert stop.asked == first.name


def test_behind_the_shield_no_number_of_signals_interrupts():
    with StopRequest() as stop:
        stop.shield()
        for _ in range(5):
            signal.raise_signal(signal.SIGINT)
        assert stop.asked == "SIGINT"


@pytest.mark.parametrize("number", SIGNALS)
def test_the_handlers_from_before_are_back_afterwards(handlers, number):
    with StopRequest():
        assert signal.getsignal(number) != handlers[number]
    assert signal.getsignal(number) == handlers[number]


def test_the_handlers_from_before_are_back_after_an_interrupt(handlers):
    def interrupted():
        with StopRequest():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {number: signal.getsignal(number) for number in SIGNALS} == handlers


def test_outside_the_main_thread_no_handler_is_touched(handlers):
    seen = []

    def elsewhere():
        with StopRequest():
            seen.append({number: signal.getsignal(number) for number in SIGNALS})

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [handlers]
