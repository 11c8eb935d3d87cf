"""Timers in the hardware that take digital lines to a safe level when nobody has kicked them for too long.

NI-DAQmx Help, "Watchdog Timers": an expired one refuses writing to its lines until it is cleared. A timer belongs to a
chassis, or to a device that stands alone, and so does its task.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nidaqmx import GrpcSessionOptions
from nidaqmx.constants import Level
from nidaqmx.errors import DaqError, Error
from nidaqmx.system import Device
from nidaqmx.system.watchdog import WatchdogTask
from nidaqmx.types import DOExpirationState

EXPIRED = -200644
"""What a kick that comes too late is answered."""
Make = Callable[[str, float], WatchdogTask]
"""A task for the timer of a device, with its time-out in seconds."""


@dataclass(frozen=True, slots=True)
class Fall:
    """levels: what each line falls to when nobody has collected for timeout_s. every: collections from kick to kick."""

    timeout_s: float
    levels: Mapping[str, bool]
    every: int


class Watchdogs:
    """The timers of these lines, running from now on. expired: they have fallen."""

    def __init__(self, make: Make, fall: Fall, options: GrpcSessionOptions | None) -> None:
        self.expired = False
        self._every, self._count = fall.every, 0
        self._tasks: list[WatchdogTask] = []
        for name, lines in _by_owner(fall.levels, options).items():
            task = make(name, fall.timeout_s)
            self._tasks.append(task)
            high = {line: Level.HIGH if fall.levels[line] else Level.LOW for line in lines}
            task.cfg_watchdog_do_expir_states([DOExpirationState(line, level) for line, level in high.items()])
            task.start()

    def collected(self) -> None:
        """Somebody has: kick them when it is time to."""
        self._count += 1
        if self._count % self._every == 0 and not self.expired:
            self.expired = sum(map(_kicked, self._tasks)) < len(self._tasks)

    def clear(self) -> None:
        """Lines keep the level that they fell to, and can be written again."""
        for task in self._tasks:
            if task.expired:
                task.clear_expiration()


def _kicked(task: WatchdogTask) -> bool:
    try:
        task.reset_timer()
    except DaqError as error:
        if error.error_code != EXPIRED:
            raise
        return False
    return True


def _by_owner(lines: Mapping[str, bool], options: GrpcSessionOptions | None) -> Mapping[str, Sequence[str]]:
    """Lines of each chassis, or of each device that stands alone."""
    found: dict[str, list[str]] = {}
    owners: dict[str, str] = {}
    for line in lines:
        name = line.partition("/")[0]
        if name not in owners:
            owners[name] = owner(name, options)
        found.setdefault(owners[name], []).append(line)
    return found


def owner(device: str, options: GrpcSessionOptions | None) -> str:
    """Whose timer it is, and what is reset together: its chassis, or itself."""
    try:
        return str(Device(device, grpc_options=options).compact_daq_chassis_device.name) or device
    except Error:
        return device  # it has no chassis of that kind
