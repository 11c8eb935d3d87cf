"""Tasks that were saved under a name: their channels, timing and properties, not what they were doing."""

from dataclasses import dataclass, field, replace

from bench.sim.daq.driver.channel import Channel, Value
from bench.sim.daq.driver.task import Task
from bench.sim.daq.driver.timing import Timing
from bench.sim.daq.errors import DriverError


@dataclass(frozen=True, slots=True)
class SavedTask:
    channels: tuple[Channel, ...]
    timing: Timing | None
    kept: dict[tuple[str, str], Value]


@dataclass(slots=True)
class SavedTasks:
    by_name: dict[str, SavedTask] = field(default_factory=dict)

    def save(self, task: Task, name: str, *, overwrite: bool) -> None:
        if name in self.by_name and not overwrite:
            raise DriverError(-200484, f"Task Name: {name}")
        self.by_name[name] = SavedTask(_copies(task.channels), task.timing, dict(task.kept))

    def fill(self, task: Task, name: str) -> None:
        """A new task becomes what was saved."""
        saved = self.find(name)
        task.channels[:] = _copies(saved.channels)
        task.timing = saved.timing
        task.kept.update(saved.kept)

    def find(self, name: str) -> SavedTask:
        if name not in self.by_name:
            raise DriverError(-200485, f"Task Name: {name}")
        return self.by_name[name]

    def delete(self, name: str) -> None:
        self.find(name)
        del self.by_name[name]


def _copies(channels: list[Channel] | tuple[Channel, ...]) -> tuple[Channel, ...]:
    return tuple(replace(channel, kept=dict(channel.kept)) for channel in channels)
