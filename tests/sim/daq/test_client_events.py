"""What the official client's tests expect of events, of the life of a task and of error texts."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from daq_bed import refused
from daq_testers import REAL, TESTER
from nidaqmx import DaqResourceWarning, Task
from nidaqmx.constants import AcquisitionType, EveryNSamplesEventType, Signal

ENOUGH_S = 10.0
ACQUIRED = EveryNSamplesEventType.ACQUIRED_INTO_BUFFER.value
TRANSFERRED = EveryNSamplesEventType.TRANSFERRED_FROM_BUFFER.value


class Heard:
    """Callbacks that remember what they were called with."""

    def __init__(self):
        self.events = []
        self.arrived = threading.Condition()

    def _add(self, event):
        with self.arrived:
            self.events.append(event)
            self.arrived.notify_all()
        return 0

    def done(self, _task, status, _data):
        return self._add((status,))

    def every(self, _task, kind, count, _data):
        return self._add((kind, count))

    def signal(self, _task, signal, _data):
        return self._add((signal,))

    def wait(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.events) >= count, ENOUGH_S)


@pytest.fixture
def ai(make_task):
    task = make_task()
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0")
    return task


@pytest.fixture
def ao(make_task):
    task = make_task()
    task.ao_channels.add_ao_voltage_chan(f"{TESTER}/ao0")
    return task


def timed(task, samples=1000, rate_hz=10000.0):
    task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.FINITE, samps_per_chan=samples)
    return task


def test_finite_task_is_done_once_with_status_0(ai):
    heard = Heard()
    ai.register_done_event(heard.done)
    timed(ai).start()
    heard.wait(1)
    time.sleep(0.1)
    assert heard.events == [(0,)]


def test_every_n_is_told_ten_times_though_nothing_is_read(ai):
    heard = Heard()
    ai.register_every_n_samples_acquired_into_buffer_event(100, heard.every)
    timed(ai).start()
    heard.wait(10)
    time.sleep(0.1)
    assert heard.events == [(ACQUIRED, 100)] * 10


def test_events_come_again_at_each_start(ai):
    done, every = (Heard(), Heard())
    ai.register_done_event(done.done)
    ai.register_every_n_samples_acquired_into_buffer_event(100, every.every)
    timed(ai)
    for run in range(1, 4):
        ai.start()
        done.wait(run)
        every.wait(10 * run)
        ai.stop()
    assert (len(done.events), len(every.events)) == (3, 30)


def test_interval_can_change_between_runs(ai):
    done = Heard()
    timed(ai).register_done_event(done.done)
    counts = []
    for run, interval in enumerate((100, 200, 250), start=1):
        every = Heard()
        ai.register_every_n_samples_acquired_into_buffer_event(interval, every.every)
        ai.start()
        done.wait(run)
        every.wait(1000 // interval)
        ai.stop()
        ai.register_every_n_samples_acquired_into_buffer_event(100, None)
        counts.append(len(every.events))
    assert counts == [10, 5, 4]


def test_nothing_is_told_after_unregistering(ai):
    done, every = (Heard(), Heard())
    ai.register_done_event(done.done)
    ai.register_done_event(None)
    ai.register_every_n_samples_acquired_into_buffer_event(100, every.every)
    ai.register_every_n_samples_acquired_into_buffer_event(100, None)
    timed(ai).start()
    ai.wait_until_done()
    time.sleep(0.1)
    assert done.events == every.events == []


def test_events_can_be_registered_and_unregistered_without_timing(ai, ao):
    heard = Heard()
    for _ in range(10):
        ai.register_done_event(heard.done)
        ai.register_done_event(None)
        ai.register_every_n_samples_acquired_into_buffer_event(100, heard.every)
        ai.register_every_n_samples_acquired_into_buffer_event(100, None)
        ai.register_signal_event(Signal.SAMPLE_COMPLETE, heard.signal)
        ai.register_signal_event(Signal.SAMPLE_COMPLETE, None)
        ao.register_every_n_samples_transferred_from_buffer_event(100, heard.every)
        ao.register_every_n_samples_transferred_from_buffer_event(100, None)
    assert heard.events == []


def test_second_registration_is_refused_each_with_its_code(ai, ao):
    heard = Heard()
    registrations = [
        (-200950, ai, lambda: ai.register_done_event(heard.done)),
        (-200966, ai, lambda: ai.register_every_n_samples_acquired_into_buffer_event(100, heard.every)),
        (-200967, ao, lambda: ao.register_every_n_samples_transferred_from_buffer_event(100, heard.every)),
        (-200949, ai, lambda: ai.register_signal_event(Signal.SAMPLE_COMPLETE, heard.signal)),
    ]
    for code, task, register in registrations:
        register()
        timed(task)
        with refused(code):
            register()


def test_event_of_the_other_direction_is_refused(ai, ao):
    heard = Heard()
    timed(ai)
    timed(ao)
    with refused(-200980):
        ai.register_every_n_samples_transferred_from_buffer_event(100, heard.every)
    with refused(-200981):
        ao.register_every_n_samples_acquired_into_buffer_event(100, heard.every)


def test_callback_that_fails_does_not_end_the_events(ai):
    heard = Heard()

    def failing(task, kind, count, data):
        heard.every(task, kind, count, data)
        raise RuntimeError("not the server's business")

    ai.register_every_n_samples_acquired_into_buffer_event(100, failing)
    timed(ai).start()
    heard.wait(10)
    ai.stop()
    assert len(heard.events) == 10


def test_samples_can_be_read_from_the_callback(ai):
    read = []
    complete = threading.Event()

    def callback(_task, _kind, count, _data):
        read.append(len(ai.read(count, timeout=2.0)))
        if sum(read) >= 200:
            complete.set()
        return 0

    timed(ai, 200, 5000).register_every_n_samples_acquired_into_buffer_event(100, callback)
    ai.start()
    ai.wait_until_done(timeout=2)
    assert complete.wait(ENOUGH_S)
    ai.stop()
    assert read == [100, 100]
    timed(ai, 200, 5000).register_every_n_samples_acquired_into_buffer_event(100, None)
    ai.start()
    ai.wait_until_done(timeout=2)
    ai.stop()
    assert read == [100, 100]


def test_closing_a_task_with_events_is_quiet(options):
    heard = Heard()
    task = Task(grpc_options=options())
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0")
    task.register_done_event(heard.done)
    task.register_every_n_samples_acquired_into_buffer_event(100, heard.every)
    task.close()
    assert heard.events == []


def test_closed_task_is_an_invalid_task(options):
    task = Task(grpc_options=options())
    task.close()
    with refused(-200088):  # the client sends a session without a name
        task.stop()
    with pytest.warns(DaqResourceWarning, match="already closed"):
        task.close()


def test_four_devices_are_read_at_once(options):
    """A fortieth of what the official test reads: 6 blocks of 1000 samples at 10 kHz, each within its 2 seconds."""

    def run(number):
        with Task(grpc_options=options()) as task:
            task.ai_channels.add_ai_voltage_chan(f"nidaqmxMultithreadingTester{number}/ai0", max_val=10, min_val=-10)
            timed(task, 6000).start()
            return [len(task.read(1000, timeout=2)) for _ in range(6)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(1, 5))) == [[1000] * 6] * 4


def test_samples_given_out_are_told_every_n(ao):
    heard = Heard()
    ao.register_every_n_samples_transferred_from_buffer_event(100, heard.every)
    timed(ao).write([0.0] * 1000, auto_start=True)
    heard.wait(10)
    assert heard.events == [(TRANSFERRED, 100)] * 10


def test_each_sample_is_told_as_a_signal(make_task):
    heard, task = Heard(), make_task()
    task.ai_channels.add_ai_voltage_chan(f"{REAL}/ai0")
    timed(task, 10, 100.0).register_signal_event(Signal.SAMPLE_COMPLETE, heard.signal)
    task.start()
    heard.wait(10)
    assert heard.events == [(Signal.SAMPLE_COMPLETE.value,)] * 10
