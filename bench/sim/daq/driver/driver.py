"""The simulated NI-DAQmx driver: tasks by name, who holds which resource, starting and stopping. No gRPC."""

import math
import time
from collections.abc import Iterable
from itertools import count
from typing import Final

from bench.sim.daq.driver import clocks
from bench.sim.daq.driver.channel import AO, CO, DO
from bench.sim.daq.driver.fault_plan import FaultPlan
from bench.sim.daq.driver.faults import Ailing, Faults
from bench.sim.daq.driver.generation import Generation
from bench.sim.daq.driver.memory import Memory
from bench.sim.daq.driver.process import Pace, Process
from bench.sim.daq.driver.saved import SavedTasks
from bench.sim.daq.driver.task import Task
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.driver.watchdog import Watchdog, Watchdogs
from bench.sim.daq.errors import DriverError, SessionExistsError, SessionMissingError
from bench.sim.daq.rack.device import Rack

INITIALIZE_NEW: Final = 1
ATTACH: Final = 2
ALLOW_REGENERATION: Final = 10097
WAIT_INFINITELY: Final = -1.0
_EXPORTED: Final = ("START_TRIG_OUTPUT_TERM", "SAMP_CLK_OUTPUT_TERM")


class Driver:
    """All state of the service. Called from one event loop only: there is no lock."""

    def __init__(self, rack: Rack, process: Process, pace: Pace, outputs: Outputs | None = None) -> None:
        self.rack, self.pace = rack, pace
        self.faults = Faults()
        self.fault_plan = FaultPlan(self.faults)
        self.process = Ailing(process, self.faults)
        self.outputs = outputs or Outputs()
        self.memory = Memory()
        self.saved = SavedTasks()
        self._tasks: dict[str, Task] = {}
        self._holders: dict[str, Task] = {}
        self.watchdogs = Watchdogs(self.process, self.outputs)
        self._utc_s = time.time() - pace.now()
        self._unnamed = (f"_unnamedTask<{index:X}>" for index in count())

    def now(self) -> float:
        """First of all, what fell due since somebody last looked happens at its own time."""
        now_s = self.pace.now()
        self.fault_plan.follow(now_s)
        for watchdog, due_s in self.watchdogs.follow(now_s):
            self._hold_counters(watchdog, due_s)
        return now_s

    def _hold_counters(self, watchdog: Watchdog, due_s: float) -> None:
        """Those that it locks when it expires give no more pulses."""
        for task in self.tasks:
            if task.kind == CO and task.running and watchdog.locks(task.terminals):
                self._generate(clocks.hold(task, self.tasks, due_s), due_s)

    def utc_s(self, time_s: float) -> float:
        """Seconds since 1970 at a time of this driver's clock."""
        return self._utc_s + time_s

    # -- tasks ---------------------------------------------------------------------------------------------------
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

    def create_watchdog(self, device_name: str, name: str, timeout_s: float, behaviour: int) -> tuple[Task, bool]:
        device = self.rack.device(device_name)
        if not device.abilities.watchdog:
            raise DriverError(-200662, f"Device: {device_name}")
        watchdog = Watchdog(device)
        watchdog.wait(timeout_s)
        task, is_new = self.create(name, behaviour)
        if is_new:
            task.watchdog = watchdog
        return task, is_new

    def task(self, name: str) -> Task:
        try:
            return self._tasks[name]
        except KeyError:
            raise DriverError(-200088, f"Task Name: {name}") from None

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self._tasks.values())

    def clear(self, task: Task) -> None:
        self.unreserve(task)
        task.notices.clear()
        del self._tasks[task.name]
        self.pace.nudge()

    def clear_all(self) -> None:
        """As the server does when it is reset: nobody has a task any more."""
        for task in self.tasks:
            self.clear(task)

    def deadline_s(self, timeout_s: float) -> float:
        """Of whoever waits from now on, -1: for ever."""
        if not (timeout_s >= 0.0 or timeout_s == WAIT_INFINITELY):
            raise DriverError(-200453, f"Requested Value: {timeout_s}")
        return math.inf if timeout_s < 0.0 else self.now() + timeout_s

    async def wait(self, time_s: float) -> None:
        """Until then; before it if something changes that whoever waits may want to know of. It has happened then."""
        await self.pace.until(min(time_s, self.fault_plan.change_s))
        self.now()

    def check_present(self, task: Task) -> None:
        for device in task.devices:
            self.faults.check_present(device)

    # -- what no two may hold ------------------------------------------------------------------------------------
    def reserve(self, task: Task) -> None:
        if task.aborted is not None:
            raise DriverError(task.aborted, f"Task Name: {task.name}")
        if not task.channels and not task.watchdog:
            raise DriverError(-200478, f"Task Name: {task.name}")
        self.check_present(task)
        for resource in task.resources:
            self.faults.check_free(resource)
            if self._holders.get(resource, task) is not task:
                code = -200587 if task.kind == DO else -50103
                raise DriverError(code, f"Resource: {resource}\nTask Name: {task.name}")
        self._holders.update(dict.fromkeys(task.resources, task))
        task.reserved = True

    def verify(self, task: Task) -> None:
        """What can be seen without touching the hardware."""
        if not task.channels and not task.watchdog:
            raise DriverError(-200478, f"Task Name: {task.name}")
        if task.timing and task.timing.source:
            self.terminal(task, task.timing.source)
        for name in (str(task.kept.get(("ExportedSignal", signal), "")) for signal in _EXPORTED):
            if name:
                self.terminal(task, name, unknown=-89121)

    def commit(self, task: Task) -> None:
        self.reserve(task)
        task.committed = True

    def unreserve(self, task: Task) -> None:
        task.committed = False
        self.stop(task)

    def _release(self, task: Task) -> None:
        task.reserved = False
        self._holders = {resource: holder for resource, holder in self._holders.items() if holder is not task}

    def terminal(self, task: Task, name: str, unknown: int = -89120) -> str:
        """In full, as the driver tells it: /Dev1/PFI0. A name that leads nowhere is an error."""
        device = self.rack.device(task.devices[0])
        host = self.rack.device(device.chassis) if device.chassis else device
        full = name if name.startswith("/") else f"/{host.name}/{name}"
        known = {terminal.lower(): terminal for owner in self.rack.devices.values() for terminal in owner.terminals}
        if full.lower() not in known:
            raise DriverError(unknown, f"Terminal: {name}\nTask Name: {task.name}")
        return known[full.lower()]

    def check_rate(self, task: Task) -> None:
        clocks.check_rate(self.rack, task)

    def highest_rate_hz(self, task: Task) -> float:
        return clocks.highest_rate_hz(self.rack, task)

    def kick(self, watchdog: Watchdog) -> None:
        self.watchdogs.kick(watchdog, self.now())
        self.pace.nudge()

    def clear_expiration(self, watchdog: Watchdog) -> None:
        self.watchdogs.clear(watchdog, self.now())
        self.pace.nudge()

    # -- starting and stopping -----------------------------------------------------------------------------------
    def start(self, task: Task) -> None:
        task.not_running(-200479)
        now_s = self.now()
        self._check_startable(task)
        clock = clocks.clock_of(task, self.tasks, now_s)
        task.running, task.overrun, task.read_position = True, False, 0
        task.starts += 1
        task.clock = clock
        self._generate([task], now_s)
        if task.watchdog:
            self.watchdogs.start(task.watchdog, now_s)
        if task.kind == CO:
            self._generate(clocks.release(task, self.tasks, now_s), now_s)
        self.pace.nudge()

    def _check_startable(self, task: Task) -> None:
        task.check_simulated()
        self.reserve(task)
        if task.kind in (AO, DO) and task.timing and not (task.generation and task.generation.written):
            raise DriverError(-200462, f"Task Name: {task.name}")
        if task.kind == CO or (task.kind in (AO, DO) and task.timing):  # on demand nothing is given out yet
            self.watchdogs.check(task.terminals)

    def stop(self, task: Task) -> None:
        now_s = self.now()
        if task.generation and task.running and task.clock:
            for terminal, value in task.generation.end(self.outputs, now_s).items():
                self.process.drive(terminal, value)
        if task.watchdog and task.running:
            self.watchdogs.stop(task.watchdog)
        if task.kind == CO and task.running:
            self._generate(clocks.hold(task, self.tasks, now_s), now_s)
        task.running, task.lent, task.clock, task.read_position = False, False, None, 0
        if not task.committed:
            task.generation = None
            self._release(task)
        self.pace.nudge()

    def _generate(self, tasks: Iterable[Task], now_s: float) -> None:
        """From now on their terminals follow their buffers by their clocks."""
        for task in tasks:
            if task.generation and task.clock:
                task.generation.begin(self.outputs, task.clock, now_s)

    async def wait_until_done(self, task: Task, timeout_s: float) -> None:
        """To the end of a finite task. A task without an end never is done."""
        deadline_s = self.deadline_s(timeout_s)
        self.check_present(task)
        while not task.done(self.now()):
            if self.now() >= deadline_s:
                raise DriverError(-200560, f"Task Name: {task.name}")
            await self.wait(min(self._end_s(task), deadline_s))
            self.check_present(task)
        if task.aborted is not None:
            raise DriverError(task.aborted, f"Task Name: {task.name}")

    def _end_s(self, task: Task) -> float:
        if task.clock is None or task.clock.timing.total is None:
            return math.inf
        return task.clock.due_s(task.clock.timing.total - 1)

    # -- outputs -------------------------------------------------------------------------------------------------
    def drive(self, terminal: str, value: float) -> None:
        """Now, without a sample clock."""
        self.outputs.of(terminal).hold(self.pace.now(), value)
        self.process.drive(terminal, value)

    def generation(self, task: Task) -> Generation:
        regenerates = task.kept.get(("Write", "REGEN_MODE"), ALLOW_REGENERATION) == ALLOW_REGENERATION
        if task.generation is None:
            on_board = self.rack.device(task.devices[0]).abilities.on_board_samples
            task.generation = Generation(task.terminals, task.output_buffer, regenerates, on_board)
        task.generation.regenerates = regenerates
        return task.generation

    # -- reset ---------------------------------------------------------------------------------------------------
    def reset(self, device_name: str) -> None:
        """Abort what uses the device (of a chassis, any of its modules) and drop its outputs."""
        device = self.rack.device(device_name)
        self.faults.check_present(device.name)
        hit = {beside.name for beside in self.rack.beside(device)}
        for task in self.tasks:
            if hit.intersection(task.devices):
                self.unreserve(task)
                task.aborted = -88709
        self.watchdogs.reset(hit)
        for name in sorted(hit):
            for terminal in (*self.rack.devices[name].do_lines, *self.rack.devices[name].ao):
                self.drive(terminal, self.memory.level(terminal))
