"""Properties of tasks, and of how they are read, written and buffered."""

from typing import Final

from bench.sim.daq.driver.channel import AO, CO, DO, Value
from bench.sim.daq.driver.reading import FIRST_SAMPLE, MOST_RECENT, channels_to_read, default_count
from bench.sim.daq.driver.task import CURRENT_POSITION, Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query, of_task

_CURRENT: Final = 10134
_DO_NOT_OVERWRITE: Final = 10159
_ALLOW_REGENERATION: Final = 10097
_CURRENT_WRITE_POSITION: Final = 10430


def _writes(task: Task) -> bool:
    return task.kind in (AO, DO, CO)


def _channel_names(query: Query) -> str:
    return ", ".join(channel.name for channel in query.task.channels)


def _names_to_read(query: Query) -> str:
    return ", ".join(channel.name for channel in channels_to_read(query.task))


def _put_names_to_read(query: Query, value: Value) -> None:
    query.task.find(str(value))
    query.task.kept["Read", "CHANNELS_TO_READ"] = value


def _put_relative_to(query: Query, value: Value) -> None:
    if value not in (CURRENT_POSITION, FIRST_SAMPLE, MOST_RECENT):
        raise DriverError(-200077, f"Property: RelativeTo\nRequested Value: {value}")
    query.task.relative_to = int(value)


def _put_offset(query: Query, value: Value) -> None:
    query.task.offset = int(value)


def _input_buffer(query: Query) -> int:
    if not query.task.is_input:
        raise query.unsupported(-200452)
    return query.task.input_buffer_size


def _put_input_buffer(query: Query, value: Value) -> None:
    _input_buffer(query)
    query.task.not_running()
    query.task.input_buffer = int(value)


def _reset_input_buffer(query: Query) -> None:
    query.task.input_buffer = None


def _output_buffer(query: Query) -> int:
    if not _writes(query.task):
        raise query.unsupported(-200452)
    generation = query.task.generation
    return query.task.output_buffer or (generation.capacity if generation else None) or 0


def _put_output_buffer(query: Query, value: Value) -> None:
    _output_buffer(query)
    query.task.not_running()
    query.task.output_buffer = int(value)


def _reset_output_buffer(query: Query) -> None:
    query.task.output_buffer = None


def _written(query: Query) -> int:
    return query.task.generation.written if query.task.generation else query.task.taken


def _generated(query: Query) -> int:
    return query.task.acquired(query.driver.now())


def _space(query: Query) -> int:
    """Samples per channel that could be written without waiting."""
    generation = query.task.generation
    capacity = _output_buffer(query)
    return capacity - (_written(query) - _generated(query)) if generation else capacity


def _drives_current(task: Task) -> bool:
    return any(
        channel.kind == AO and channel.scaling and channel.scaling.measurement == _CURRENT for channel in task.channels
    )


def _open_loops_exist(query: Query) -> bool:
    """Simulated loops are closed."""
    if not _drives_current(query.task):
        raise query.unsupported(-200452)
    query.task.kept["Write", "OPEN_CURRENT_LOOP_CHANS_EXIST"] = False
    return False


def _open_loops(query: Query) -> str:
    if not _drives_current(query.task):
        raise query.unsupported(-200452)
    if ("Write", "OPEN_CURRENT_LOOP_CHANS_EXIST") not in query.task.kept:
        raise DriverError(-201194, f"Property: Write.OpenCurrentLoopChans\nTask Name: {query.task.name}")
    return ""


TASK: Final[dict[tuple[str, str], Property]] = {
    ("Task", "NAME"): Property(lambda query: query.task.name),
    ("Task", "CHANNELS"): Property(_channel_names),
    ("Task", "NUM_CHANS"): Property(lambda query: len(query.task.channels)),
    ("Task", "DEVICES"): Property(lambda query: ", ".join(query.task.devices)),
    ("Task", "NUM_DEVICES"): Property(lambda query: len(query.task.devices)),
    ("Task", "COMPLETE"): Property(lambda query: query.task.done(query.driver.now())),
    ("Read", "CHANNELS_TO_READ"): Property(
        _names_to_read, _put_names_to_read, lambda query: _put_names_to_read(query, "")
    ),
    ("Read", "NUM_CHANS"): Property(lambda query: len(channels_to_read(query.task))),
    ("Read", "DIGITAL_LINES_BYTES_PER_CHAN"): Property(lambda query: query.task.lines_per_channel),
    ("Read", "AVAIL_SAMP_PER_CHAN"): Property(lambda query: query.task.available(query.driver.now())),
    ("Read", "TOTAL_SAMP_PER_CHAN_ACQUIRED"): Property(lambda query: query.task.acquired(query.driver.now())),
    ("Read", "CURR_READ_POS"): Property(lambda query: query.task.read_position),
    ("Read", "RELATIVE_TO"): Property(
        lambda query: query.task.relative_to, _put_relative_to, lambda query: _put_relative_to(query, CURRENT_POSITION)
    ),
    ("Read", "OFFSET"): Property(lambda query: query.task.offset, _put_offset, lambda query: _put_offset(query, 0)),
    ("Read", "OVERWRITE"): of_task("Read", "OVERWRITE", _DO_NOT_OVERWRITE),
    ("Read", "AUTO_START"): of_task("Read", "AUTO_START", default=True),
    ("Read", "READ_ALL_AVAIL_SAMP"): of_task("Read", "READ_ALL_AVAIL_SAMP", default=False),
    ("Read", "SLEEP_TIME"): of_task("Read", "SLEEP_TIME", 0.001),
    ("Read", "0x31e8"): Property(lambda query: default_count(query.driver, query.task)),  # private, yet asked for
    ("Write", "NUM_CHANS"): Property(lambda query: len(query.task.channels)),
    ("Write", "DIGITAL_LINES_BYTES_PER_CHAN"): Property(lambda query: query.task.lines_per_channel),
    ("Write", "CURR_WRITE_POS"): Property(_written),
    ("Write", "TOTAL_SAMP_PER_CHAN_GENERATED"): Property(_generated),
    ("Write", "SPACE_AVAIL"): Property(_space),
    ("Write", "REGEN_MODE"): of_task("Write", "REGEN_MODE", _ALLOW_REGENERATION, _writes),
    ("Write", "RELATIVE_TO"): of_task("Write", "RELATIVE_TO", _CURRENT_WRITE_POSITION, _writes),
    ("Write", "OFFSET"): of_task("Write", "OFFSET", 0, _writes),
    ("Write", "OPEN_CURRENT_LOOP_CHANS_EXIST"): Property(_open_loops_exist),
    ("Write", "OPEN_CURRENT_LOOP_CHANS"): Property(_open_loops),
    ("Write", "SLEEP_TIME"): of_task("Write", "SLEEP_TIME", 0.001, _writes),
    ("Buffer", "INPUT_BUF_SIZE"): Property(_input_buffer, _put_input_buffer, _reset_input_buffer),
    ("Buffer", "OUTPUT_BUF_SIZE"): Property(_output_buffer, _put_output_buffer, _reset_output_buffer),
}
