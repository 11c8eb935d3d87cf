"""Properties of a task's timing."""

from typing import Final

from bench.sim.daq.driver.channel import AI, AO, DI, DO, Value
from bench.sim.daq.driver.timing import BURST, CHANGES, CONTINUOUS, FINITE, HANDSHAKE, PIPELINED, SAMPLE_CLOCK
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.clocks import retimed
from bench.sim.daq.face.property import Property, Query, of_task

_ON_DEMAND: Final = 10390
_DIGITAL: Final = (PIPELINED, HANDSHAKE, BURST, CHANGES)
_DEFAULT_RATE_HZ: Final = 1000.0
_DEFAULT_SAMPLES: Final = 1000
_TIMEBASE_HZ: Final = 100e6
_SUBSYSTEM: Final = {AI: "ai", AO: "ao", DI: "di", DO: "do"}


def _rate(query: Query) -> float:
    return query.task.timing.rate_hz if query.task.timing else _DEFAULT_RATE_HZ


def _put_rate(query: Query, value: Value) -> None:
    retimed(query.driver, query.task.name, rate_hz=float(value))
    query.driver.check_rate(query.task)


def _put_mode(query: Query, value: Value) -> None:
    if value not in (FINITE, CONTINUOUS):
        raise DriverError(-200077, f"Property: SampQuant.SampMode\nRequested Value: {value}")
    retimed(query.driver, query.task.name, mode=int(value))


def _samples(query: Query) -> int:
    samples = query.task.timing.samples if query.task.timing else _DEFAULT_SAMPLES
    if samples < 2:
        raise DriverError(-200077, f"Property: SampQuant.SampPerChan\nRequested Value: {samples}")
    return samples


def _put_samples(query: Query, value: Value) -> None:
    retimed(query.driver, query.task.name, samples=int(value))


def _put_kind(query: Query, value: Value) -> None:
    query.task.not_running()
    if value == _ON_DEMAND:
        query.task.timing = None
    elif value in (SAMPLE_CLOCK, *(_DIGITAL if query.task.kind in (DI, DO) else ())):
        retimed(query.driver, query.task.name, kind=int(value))
    else:
        raise DriverError(-200077, f"Property: SampTimingType\nRequested Value: {value}")


def _source(query: Query) -> str:
    """In full, as the driver tells it; of other kinds of timing as it was given."""
    task = query.task
    if query.timing.kind != SAMPLE_CLOCK:
        return query.timing.source
    device = task.devices[0]
    if not query.timing.source:
        return f"/{device}/{_SUBSYSTEM.get(task.kind or AI, 'ai')}/SampleClockTimebase"
    return query.driver.terminal(task, query.timing.source)


def _first_sample(query: Query) -> dict[str, int]:
    """UTC of the first sample of the run."""
    if query.task.clock is None:
        raise DriverError(-200983, f"Property: FirstSampTimestamp.Val\nTask Name: {query.task.name}")
    utc_s = query.driver.utc_s(query.task.clock.due_s(0))
    return {"seconds": int(utc_s // 1.0), "nanos": int(utc_s % 1.0 * 1e9)}


def _put_divisor(query: Query, value: Value) -> None:
    if int(value) < 1:
        raise DriverError(-200077, f"Property: SampClk.TimebaseDiv\nRequested Value: {value}")
    _put_rate(query, _TIMEBASE_HZ / int(value))


TIMING: Final[dict[tuple[str, str], Property]] = {
    ("Timing", "SAMP_TIMING_TYPE"): Property(
        lambda query: query.task.timing.kind if query.task.timing else _ON_DEMAND,
        _put_kind,
        lambda query: _put_kind(query, _ON_DEMAND),
    ),
    ("Timing", "SAMP_CLK_RATE"): Property(_rate, _put_rate, lambda query: _put_rate(query, _DEFAULT_RATE_HZ)),
    ("Timing", "SAMP_CLK_MAX_RATE"): Property(lambda query: query.driver.highest_rate_hz(query.task)),
    ("Timing", "SAMP_QUANT_SAMP_MODE"): Property(
        lambda query: query.timing.mode, _put_mode, lambda query: _put_mode(query, CONTINUOUS)
    ),
    ("Timing", "SAMP_QUANT_SAMP_PER_CHAN"): Property(
        _samples, _put_samples, lambda query: _put_samples(query, _DEFAULT_SAMPLES)
    ),
    ("Timing", "SAMP_CLK_ACTIVE_EDGE"): Property(
        lambda query: query.timing.edge,
        lambda query, value: retimed(query.driver, query.task.name, edge=int(value)),
        lambda query: retimed(query.driver, query.task.name, edge=10280),
    ),
    ("Timing", "SAMP_CLK_SRC"): Property(
        _source,
        lambda query, value: retimed(query.driver, query.task.name, source=str(value)),
        lambda query: retimed(query.driver, query.task.name, source=""),
    ),
    ("Timing", "SAMP_CLK_TIMEBASE_DIV"): Property(
        lambda query: round(_TIMEBASE_HZ / _rate(query)),
        _put_divisor,
        lambda query: _put_divisor(query, round(_TIMEBASE_HZ / _DEFAULT_RATE_HZ)),
    ),
    ("Timing", "FIRST_SAMP_TIMESTAMP_VAL"): Property(_first_sample),
    ("Timing", "ON_DEMAND_SIMULTANEOUS_AO_ENABLE"): of_task(
        "Timing", "ON_DEMAND_SIMULTANEOUS_AO_ENABLE", default=False, applies=lambda task: task.kind == AO
    ),
    **{
        ("Timing", f"CHANGE_DETECT_DI_{edge}_EDGE_PHYSICAL_CHANS"): of_task(
            "Timing", f"CHANGE_DETECT_DI_{edge}_EDGE_PHYSICAL_CHANS", "", lambda task: task.kind == DI
        )
        for edge in ("RISING", "FALLING")
    },
}
