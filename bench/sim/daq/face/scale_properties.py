"""Properties of analog inputs that change what is read: units of temperature, and what a microphone gives."""

from dataclasses import replace
from typing import Final

from bench.sim.daq.driver.channel import AI, Channel
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query, of_channel
from bench.sim.daq.face.scales import DEGREES, FROM_CUSTOM_SCALE, gain_of_microphone

_TEMPERATURE: Final = of_channel("AI_TEMP_UNITS", (AI,))
_SENSITIVITY: Final = of_channel("AI_MICROPHONE_SENSITIVITY", (AI,))


def _put_degrees(query: Query, unit: int) -> None:
    """Limits stay what they are in deg C."""
    _TEMPERATURE.get(query)
    if unit not in DEGREES:
        raise DriverError(-200077, f"Property: AI.Temp.Units\nRequested Value: {unit}")
    assert _TEMPERATURE.put is not None
    _TEMPERATURE.put(query, unit)
    for channel in query.channels:
        _rescale(channel, unit, *DEGREES[unit])


def _put_sensitivity(query: Query, mv_per_pa: float) -> None:
    _SENSITIVITY.get(query)
    gain = gain_of_microphone(mv_per_pa)
    assert _SENSITIVITY.put is not None
    _SENSITIVITY.put(query, mv_per_pa)
    for channel in query.channels:
        assert channel.scaling is not None
        channel.scaling = replace(channel.scaling, gain=gain).within((channel.low, channel.high))


def _rescale(channel: Channel, unit: int, gain: float, offset: float) -> None:
    old = channel.scaling
    assert old is not None
    channel.low, channel.high = (gain * old.at_terminal(limit) + offset for limit in (channel.low, channel.high))
    channel.scaling = replace(old, unit=unit, gain=gain, offset=offset)


def units(name: str) -> Property:
    """Custom scales are not simulated."""
    plain = of_channel(name, (AI,))

    def put(query: Query, unit: int) -> None:
        if unit == FROM_CUSTOM_SCALE:
            raise DriverError(-200378, f"Property: {name}")
        assert plain.put is not None
        plain.put(query, unit)

    return Property(plain.get, put, plain.reset)


SCALE: Final[dict[tuple[str, str], Property]] = {
    ("Chan", "AI_TEMP_UNITS"): Property(_TEMPERATURE.get, _put_degrees),
    ("Chan", "AI_MICROPHONE_SENSITIVITY"): Property(_SENSITIVITY.get, _put_sensitivity),
}
