"""Properties of virtual channels."""

from typing import Final

from bench.sim.daq.driver.channel import AI, AO, CO, DI, DO, Scaling, Value
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query, of_channel
from bench.sim.daq.face.scales import converter_range

_ANALOG: Final = (AI, AO)
_KEPT: Final[dict[str, tuple[tuple[int, ...], Value | None]]] = {
    "DESCR": ((AI, AO, DI, DO, CO), ""),
    "AI_TERM_CFG": ((AI,), None),
    "AI_VOLTAGE_UNITS": ((AI,), None),
    "AI_CURRENT_UNITS": ((AI,), None),
    "AI_CURRENT_SHUNT_LOC": ((AI,), None),
    "AI_CURRENT_SHUNT_RESISTANCE": ((AI,), None),
    "AI_TEMP_UNITS": ((AI,), None),
    "AI_THRMCPL_TYPE": ((AI,), None),
    "AI_THRMCPL_CJC_SRC": ((AI,), None),
    "AI_THRMCPL_CJC_VAL": ((AI,), None),
    "AI_RTD_TYPE": ((AI,), None),
    "AI_RTD_A": ((AI,), None),
    "AI_RTD_R0": ((AI,), None),
    "AI_RESISTANCE_CFG": ((AI,), None),
    "AI_EXCIT_SRC": ((AI,), None),
    "AI_EXCIT_VAL": ((AI,), None),
    "AI_SOUND_PRESSURE_UNITS": ((AI,), None),
    "AI_SOUND_PRESSURE_MAX_SOUND_PRESSURE_LVL": ((AI,), None),
    "AI_MICROPHONE_SENSITIVITY": ((AI,), None),
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
}
"""Kinds of channel, and the value before it is set (None: it is stated when the channel is created)."""


def _scaling(query: Query, *kinds: int) -> Scaling:
    channel = query.channel
    if channel.kind not in kinds or channel.scaling is None:
        raise query.unsupported(-200452)
    return channel.scaling


def _limit(query: Query, *, upper: bool, kind: int) -> float:
    """What the converter can take, in the channel's unit: not less than the client asked for."""
    scaling = _scaling(query, kind)
    if f"no {query.name}" in query.channel.kept:
        raise DriverError(-200695 if upper else -200694, f"Property: {query.name}")
    return scaling.gain * (scaling.high if upper else scaling.low) + scaling.offset


def _put_limit(query: Query, value: Value, *, upper: bool) -> None:
    """The converter's range follows."""
    query.task.not_running()
    for channel in query.channels:
        assert channel.scaling is not None
        old = channel.scaling
        low, high = (channel.low, float(value)) if upper else (float(value), channel.high)
        device = query.driver.rack.device(channel.device)
        ranges = device.abilities.ai_ranges if channel.kind == AI else device.abilities.ao_ranges
        found = converter_range(ranges, (old.at_terminal(low), old.at_terminal(high)))
        channel.low, channel.high = low, high
        channel.scaling = Scaling(old.measurement, old.unit, *found, old.gain, old.offset)
        channel.kept.pop(f"no {query.name}", None)


def _forget_limit(query: Query) -> None:
    for channel in query.channels:
        channel.kept[f"no {query.name}"] = True


def _range(upper: bool, kind: int) -> Property:  # noqa: FBT001 one of two ends
    def get(query: Query) -> float:
        scaling = _scaling(query, kind)
        return scaling.high if upper else scaling.low

    def put(query: Query, value: Value) -> None:
        query.task.not_running()
        for channel in query.channels:
            assert channel.scaling is not None
            old, end = channel.scaling, float(value)
            low, high = (min(old.low, -end), end) if upper else (end, max(old.high, -end))
            channel.scaling = Scaling(old.measurement, old.unit, low, high, old.gain, old.offset)

    return Property(get, put)


def _limits(upper: bool, kind: int) -> Property:  # noqa: FBT001 one of two ends
    return Property(
        lambda query: _limit(query, upper=upper, kind=kind),
        lambda query, value: _put_limit(query, value, upper=upper),
        _forget_limit,
    )


def _lines(kind: int) -> Property:
    def get(query: Query) -> int:
        if query.channel.kind != kind:
            raise query.unsupported(-200452)
        return len(query.channel.terminals)

    return Property(get)


def _bits(query: Query) -> float:
    return float(query.driver.rack.device(query.channel.device).abilities.ai_bits)


CHANNEL: Final[dict[tuple[str, str], Property]] = {
    ("Chan", "CHAN_TYPE"): Property(lambda query: query.channel.kind),
    ("Chan", "PHYSICAL_CHAN_NAME"): Property(lambda query: ", ".join(query.channel.terminals)),
    ("Chan", "AI_MEAS_TYPE"): Property(lambda query: _scaling(query, AI).measurement),
    ("Chan", "AO_OUTPUT_TYPE"): Property(lambda query: _scaling(query, AO).measurement),
    ("Chan", "AI_MIN"): _limits(upper=False, kind=AI),
    ("Chan", "AI_MAX"): _limits(upper=True, kind=AI),
    ("Chan", "AO_MIN"): Property(lambda query: (_scaling(query, AO), query.channel.low)[1]),
    ("Chan", "AO_MAX"): Property(lambda query: (_scaling(query, AO), query.channel.high)[1]),
    ("Chan", "AI_RNG_LOW"): _range(upper=False, kind=AI),
    ("Chan", "AI_RNG_HIGH"): _range(upper=True, kind=AI),
    ("Chan", "AO_DAC_RNG_LOW"): _range(upper=False, kind=AO),
    ("Chan", "AO_DAC_RNG_HIGH"): _range(upper=True, kind=AO),
    ("Chan", "AI_RESOLUTION"): Property(_bits),
    ("Chan", "AO_RESOLUTION"): Property(_bits),
    ("Chan", "AI_RAW_SAMP_SIZE"): Property(lambda query: (_scaling(query, AI), 16)[1]),
    ("Chan", "DI_NUM_LINES"): _lines(DI),
    ("Chan", "DO_NUM_LINES"): _lines(DO),
    **{("Chan", name): of_channel(name, *about) for name, about in _KEPT.items()},
}
