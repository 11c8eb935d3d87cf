"""Events: a stream for each registration, which ends when it is taken back or its task is cleared."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from bench.sim.daq.driver.channel import AI, DI
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.notices import (
    ACQUIRED,
    COUNTER_OUTPUT,
    DONE,
    EVERY_N,
    SAMPLE_CLOCK,
    SAMPLE_COMPLETE,
    SIGNAL,
    TRANSFERRED,
    Notices,
)
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum

_TAKEN: Final = {DONE: -200950, SIGNAL: -200949, f"{EVERY_N} {ACQUIRED}": -200966, f"{EVERY_N} {TRANSFERRED}": -200967}


class Streams:
    """calls: the unary ones that take registrations back."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._notices = driver, Notices(driver)
        self.calls: Mapping[str, Callable[[Driver, Message], Fields]] = {
            "UnregisterDoneEvent": lambda _, request: self._end(request, DONE),
            "UnregisterSignalEvent": lambda _, request: self._end(request, SIGNAL),
            "UnregisterEveryNSamplesEvent": lambda _, request: self._end(request, _every(request)),
        }

    def done(self, request: Message) -> AsyncIterator[Fields]:
        task, token = self._begin(request, DONE)
        return _told(self._notices.done(task, token), lambda status: {"status": status})

    def every_n_samples(self, request: Message) -> AsyncIterator[Fields]:
        kind = enum(request, "every_n_samples_event_type")
        self._check_direction(self._driver.task(request.task.name), kind)
        if request.n_samples < 1:
            raise DriverError(-200880, f"Task Name: {request.task.name}")
        task, token = self._begin(request, _every(request))
        notices = self._notices.samples(task, _every(request), token, request.n_samples)
        told = {
            "every_n_samples_event_type": kind,
            "every_n_samples_event_type_raw": kind,
            "n_samples": request.n_samples,
        }
        return _told(notices, lambda _: told)

    def signal(self, request: Message) -> AsyncIterator[Fields]:
        signal = enum(request, "signal_id")
        if signal not in (SAMPLE_CLOCK, SAMPLE_COMPLETE, COUNTER_OUTPUT):
            raise DriverError(-200077, f"Property: Signal\nRequested Value: {signal}")
        task, token = self._begin(request, SIGNAL)
        return _told(self._notices.samples(task, SIGNAL, token, 1), lambda _: {"signal_id": signal})

    def _begin(self, request: Message, kind: str) -> tuple[Task, object]:
        task = self._driver.task(request.task.name)
        return task, self._notices.register(task, kind, taken=_TAKEN[kind])

    def _end(self, request: Message, kind: str) -> Fields:
        self._notices.unregister(self._driver.task(request.task.name), kind)
        return {}

    def _check_direction(self, task: Task, kind: int) -> None:
        if kind == TRANSFERRED and task.kind in (AI, DI):
            raise DriverError(-200980, f"Task Name: {task.name}")
        if kind == ACQUIRED and task.kind not in (AI, DI):
            raise DriverError(-200981, f"Task Name: {task.name}")


STREAMS: Final[Mapping[str, Callable[[Streams, Message], AsyncIterator[Fields]]]] = {
    "RegisterDoneEvent": Streams.done,
    "RegisterEveryNSamplesEvent": Streams.every_n_samples,
    "RegisterSignalEvent": Streams.signal,
}


def _every(request: Message) -> str:
    return f"{EVERY_N} {enum(request, 'every_n_samples_event_type')}"


async def _told(notices: AsyncIterator[int], fields: Callable[[int], Fields]) -> AsyncIterator[Fields]:
    async for status in notices:
        yield fields(status)
