"""Properties of virtual channels."""

import math
from dataclasses import replace
from typing import Final

from bench.sim.daq.driver.channel import AI, AO, CO, DI, DO, Kept, Scaling, Value
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.input_channels import POWER, POWER_LIMITS
from bench.sim.daq.face.inputs import FIELDS, INPUTS
from bench.sim.daq.face.property import Property, Query, of_channel
from bench.sim.daq.face.scale_properties import SCALE, units
from bench.sim.daq.rack.products import MEASUREMENTS

_BITS: Final = 10109
_INPUT_PROPERTIES: Final = (
    *FIELDS.values(),
    *POWER_LIMITS.values(),
    *(name for entry in (*INPUTS.values(), POWER) for name in entry.own.values()),
    *("AI_RTD_A", "AI_RTD_B", "AI_RTD_C", "AI_ROSETTE_STRAIN_GAGE_ROSETTE_MEAS_TYPE"),
)
_KEPT: Final[dict[str, tuple[tuple[int, ...], Kept | None]]] = {
    **dict.fromkeys(_INPUT_PROPERTIES, ((AI,), None)),
    "CHAN_DESCR": ((AI, AO, DI, DO, CO), ""),
    "AI_LOSSY_LSB_REMOVAL_COMPRESSED_SAMP_SIZE": ((AI,), 16),
    "AO_RESOLUTION_UNITS": ((AO,), _BITS),
    "AO_VOLTAGE_UNITS": ((AO,), 10348),
    "AO_CURRENT_UNITS": ((AO,), 10342),
    "DI_TRISTATE": ((DI,), True),
    "DO_TRISTATE": ((DO,), False),
    "CO_OUTPUT_TYPE": ((CO,), None),
    "CO_PULSE_IDLE_STATE": ((CO,), None),
    "CO_PULSE_FREQ_INITIAL_DELAY": ((CO,), None),
    "CO_PULSE_FREQ": ((CO,), None),
    "CO_PULSE_DUTY_CYC": ((CO,), None),
    "CO_PULSE_TIME_INITIAL_DELAY": ((CO,), None),
    "CO_PULSE_LOW_TIME": ((CO,), None),
    "CO_PULSE_HIGH_TIME": ((CO,), None),
    "CO_CTR_TIMEBASE_SRC": ((CO,), None),
    "CO_PULSE_TICKS_INITIAL_DELAY": ((CO,), None),
    "CO_PULSE_LOW_TICKS": ((CO,), None),
    "CO_PULSE_HIGH_TICKS": ((CO,), None),
}
"""Kinds of channel, and the value before it is set (None: it is stated when the channel is created)."""


def _scaling(query: Query, *kinds: int) -> Scaling:
    channel = query.channel
    if channel.kind not in kinds or channel.scaling is None:
        raise query.unsupported(-200452)
    return channel.scaling


def _limit(query: Query, *, upper: bool, kind: int) -> float:
    """What the converter can take, in the channel's unit: not less than the client asked for."""
    scaling, channel = _scaling(query, kind), query.channel
    if f"no {query.name}" in channel.kept:
        raise DriverError(-200695 if upper else -200694, f"Property: {query.name}")
    return scaling.told((channel.low, channel.high))[upper]


def _put_limit(query: Query, value: Value, *, upper: bool, kind: int) -> None:
    """The converter's range follows."""
    _scaling(query, kind)
    query.task.not_running()
    for channel in query.channels:
        assert channel.scaling is not None
        if channel.scaling.measurement == MEASUREMENTS[POWER.measurement]:
            raise DriverError(-209894, f"Channel Name: {channel.name}")
        limits = (channel.low, float(value)) if upper else (float(value), channel.high)
        if not -math.inf < limits[0] <= limits[1] < math.inf:
            raise DriverError(-200082, f"Requested: {limits[0]}, {limits[1]}")
        channel.scaling = channel.scaling.within(limits)
        channel.low, channel.high = limits
        channel.kept.pop(f"no {query.name}", None)


def _forget_limit(query: Query) -> None:
    for channel in query.channels:
        channel.kept[f"no {query.name}"] = True


def _range(upper: bool, kind: int) -> Property:  # noqa: FBT001 one of two ends
    def get(query: Query) -> float:
        scaling = _scaling(query, kind)
        return scaling.high if upper else scaling.low

    def put(query: Query, value: Value) -> None:
        _scaling(query, kind)
        query.task.not_running()
        for channel in query.channels:
            assert channel.scaling is not None
            old, end = channel.scaling, float(value)
            low, high = (min(old.low, -end), end) if upper else (end, max(old.high, -end))
            if not -math.inf < low < high < math.inf:
                raise query.unsupported(-200077)
            channel.scaling = replace(old, low=low, high=high)

    return Property(get, put)


def _limits(upper: bool, kind: int) -> Property:  # noqa: FBT001 one of two ends
    return Property(
        lambda query: _limit(query, upper=upper, kind=kind),
        lambda query, value: _put_limit(query, value, upper=upper, kind=kind),
        _forget_limit,
    )


def _lines(kind: int) -> Property:
    def get(query: Query) -> int:
        if query.channel.kind != kind:
            raise query.unsupported(-200452)
        return len(query.channel.terminals)

    return Property(get)


def _bits(kind: int) -> Property:
    def get(query: Query) -> float:
        _scaling(query, kind)
        abilities = query.driver.rack.device(query.channel.device).abilities
        return float(abilities.ai_bits if kind == AI else abilities.ao_bits)

    return Property(get)


CHANNEL: Final[dict[tuple[str, str], Property]] = {
    ("Chan", "CHAN_TYPE"): Property(lambda query: query.channel.kind),
    ("Chan", "PHYSICAL_CHAN_NAME"): Property(lambda query: ", ".join(query.channel.terminals)),
    ("Chan", "AI_MEAS_TYPE"): Property(lambda query: _scaling(query, AI).measurement),
    ("Chan", "AO_OUTPUT_TYPE"): Property(lambda query: _scaling(query, AO).measurement),
    ("Chan", "AI_CUSTOM_SCALE_NAME"): Property(lambda query: (_scaling(query, AI), "")[1]),
    ("Chan", "AI_MIN"): _limits(upper=False, kind=AI),
    ("Chan", "AI_MAX"): _limits(upper=True, kind=AI),
    ("Chan", "AO_MIN"): Property(lambda query: (_scaling(query, AO), query.channel.low)[1]),
    ("Chan", "AO_MAX"): Property(lambda query: (_scaling(query, AO), query.channel.high)[1]),
    ("Chan", "AI_RNG_LOW"): _range(upper=False, kind=AI),
    ("Chan", "AI_RNG_HIGH"): _range(upper=True, kind=AI),
    ("Chan", "AO_DAC_RNG_LOW"): _range(upper=False, kind=AO),
    ("Chan", "AO_DAC_RNG_HIGH"): _range(upper=True, kind=AO),
    ("Chan", "AI_RESOLUTION"): _bits(AI),
    ("Chan", "AO_RESOLUTION"): _bits(AO),
    ("Chan", "AI_RAW_SAMP_SIZE"): Property(lambda query: (_scaling(query, AI), 16)[1]),
    ("Chan", "DI_NUM_LINES"): _lines(DI),
    ("Chan", "DO_NUM_LINES"): _lines(DO),
    **{("Chan", name): of_channel(name, *about) for name, about in _KEPT.items()},
    **{("Chan", entry.units): units(entry.units) for entry in (*INPUTS.values(), POWER)},
    **SCALE,
}
