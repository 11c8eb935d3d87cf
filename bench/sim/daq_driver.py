"""The simulated NI-DAQmx driver: tasks by name, who holds which resource, starting and stopping. No gRPC."""

from itertools import count
from math import inf
from typing import Final

from bench.clock import SimulatorClock
from bench.sim.daq_errors import DriverError, SessionExistsError, SessionMissingError
from bench.sim.daq_model import Chassis, Process
from bench.sim.daq_task import AI, DO, Task
from bench.sim.daq_timing import SampleClock

INITIALIZE_NEW: Final = 1
ATTACH: Final = 2


class Driver:
    """All state of the service. Called from one event loop only: there is no lock."""

    def __init__(self, chassis: Chassis, process: Process, clock: SimulatorClock) -> None:
        self.chassis = chassis
        self.process = process
        self.clock = clock
        self._tasks: dict[str, Task] = {}
        self._holders: dict[str, Task] = {}
        self._unnamed = (f"_unnamedTask<{index:X}>" for index in count())

    def create(self, name: str, behaviour: int) -> tuple[Task, bool]:
        """The task and whether it is new: AUTO attaches to a name that exists."""
        known = self._tasks.get(name)
        if known and behaviour == INITIALIZE_NEW:
            raise SessionExistsError(f"Cannot initialize {name!r}: a session of that name exists")
        if known:
            return known, False
        if behaviour == ATTACH:
            raise SessionMissingError(f"Cannot attach to {name!r}: there is no such session")
        task = Task(name or next(self._unnamed))
        self._tasks[task.name] = task
        return task, True

    def task(self, name: str) -> Task:
        try:
            return self._tasks[name]
        except KeyError:
            raise DriverError(-200088, f"Task Name: {name}") from None

    def clear(self, task: Task) -> None:
        self.unreserve(task)
        del self._tasks[task.name]

    def reserve(self, task: Task) -> None:
        if task.aborted:
            raise DriverError(-88709, f"Task Name: {task.name}")
        if not task.channels:
            raise DriverError(-200478, f"Task Name: {task.name}")
        for resource in task.resources:
            if self._holders.get(resource, task) is not task:
                code = -50103 if task.kind == AI else -200587
                raise DriverError(code, f"Resource: {resource}\nTask Name: {task.name}")
        self._holders.update(dict.fromkeys(task.resources, task))

    def commit(self, task: Task) -> None:
        self.reserve(task)
        task.committed = True

    def start(self, task: Task) -> None:
        if task.running:
            raise DriverError(-200479, f"Task Name: {task.name}")
        self.reserve(task)
        task.running = True
        task.read_position = 0
        task.clock = SampleClock(self.clock.now(), task.timing) if task.timing else None

    def stop(self, task: Task) -> None:
        task.running = False
        task.clock = None
        task.read_position = 0
        if not task.committed:
            self._release(task)

    def unreserve(self, task: Task) -> None:
        task.committed = False
        self.stop(task)

    def wait_until_done(self, task: Task, timeout_s: float) -> None:
        """Moves the clock to the end of a finite task. A task without an end never is done."""
        deadline_s = self.clock.now() + timeout_s if timeout_s >= 0 else inf
        due_s = inf
        if task.clock and task.clock.timing.total is not None:
            due_s = task.clock.due_s(task.clock.timing.total - 1)
        if not task.done(self.clock.now()) and min(due_s, deadline_s) < inf:
            self.clock.advance_to(max(min(due_s, deadline_s), self.clock.now()))
        if not task.done(self.clock.now()):
            raise DriverError(-200560, f"Task Name: {task.name}")

    def reset(self, device_name: str) -> None:
        """Abort what uses the module (or any module of the chassis) and drop its outputs."""
        self.chassis.device(device_name)
        whole = device_name.lower() == self.chassis.name.lower()
        hit = {name for name in self.chassis.devices if whole or name.lower() == device_name.lower()}
        for task in self._tasks.values():
            if hit.intersection(task.devices):
                self.unreserve(task)
                task.aborted = True
        for line in (line for name in sorted(hit) for line in self.chassis.devices[name].do_lines):
            self.process.write_line(line, False)

    def _release(self, task: Task) -> None:
        self._holders = {resource: holder for resource, holder in self._holders.items() if holder is not task}

    def check_outputs(self, task: Task) -> None:
        if task.kind != DO:
            raise DriverError(-200459, f"Task Name: {task.name}")
