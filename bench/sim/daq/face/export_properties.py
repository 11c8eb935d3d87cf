"""Signals that a task gives to terminals: told as they were set, and checked when the task is verified."""

from typing import Final

from bench.sim.daq.driver.task import Task
from bench.sim.daq.face.property import Property, of_task

_PULSE: Final = 10265


def _was_set(kind: str, name: str) -> Property:
    """Only of a task whose timing has stated it."""
    return of_task(kind, name, 0, lambda task: _stated(task, kind, name))


def _stated(task: Task, kind: str, name: str) -> bool:
    return (kind, name) in task.kept


EXPORTS: Final[dict[tuple[str, str], Property]] = {
    ("ExportedSignal", "SAMP_CLK_OUTPUT_BEHAVIOR"): of_task("ExportedSignal", "SAMP_CLK_OUTPUT_BEHAVIOR", _PULSE),
    ("ExportedSignal", "SAMP_CLK_OUTPUT_TERM"): of_task("ExportedSignal", "SAMP_CLK_OUTPUT_TERM", ""),
    ("ExportedSignal", "START_TRIG_OUTPUT_TERM"): of_task("ExportedSignal", "START_TRIG_OUTPUT_TERM", ""),
    ("ExportedSignal", "SAMP_CLK_PULSE_POLARITY"): _was_set("ExportedSignal", "SAMP_CLK_PULSE_POLARITY"),
    ("ExportedSignal", "RDY_FOR_XFER_EVENT_LVL_ACTIVE_LVL"): _was_set(
        "ExportedSignal", "RDY_FOR_XFER_EVENT_LVL_ACTIVE_LVL"
    ),
    ("Trig", "DIG_LVL_PAUSE_TRIG_WHEN"): _was_set("Trig", "DIG_LVL_PAUSE_TRIG_WHEN"),
}
