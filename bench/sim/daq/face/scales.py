"""From what is at an analog terminal to what the client asked for, by the kind of measurement."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from bench.sim.daq.driver.channel import Scaling, Value
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Message, enum
from bench.sim.daq.rack.device import Device

Limits = tuple[float, float]
Scale = Callable[[Message, Device], tuple[Scaling, Limits, dict[str, Value]]]
"""The request and the device -> scaling, limits in the client's unit, properties."""

VOLTAGE: Final = 10322
CURRENT: Final = 10134
THERMOCOUPLE: Final = 10303
RTD: Final = 10301
SOUND_PRESSURE: Final = 10354
_VOLTS, _AMPS, _PASCALS = 10348, 10342, 10081
_DEFAULT: Final = -1
_DIFFERENTIAL: Final = 10106
_EXTERNAL: Final = 10167
_DEGREES: Final = {10143: (1.0, 0.0), 10144: (1.8, 32.0), 10325: (1.0, 273.15), 10145: (1.8, 491.67)}
"""Unit -> gain and offset from deg C: deg C, deg F, K, deg R."""
_REFERENCE_PA: Final = 20e-6
# Callendar-Van Dusen A of the RTD types of NI-DAQmx help, "RTD types"
_RTD_A: Final = {
    12481: 3.81e-3,
    10071: 3.9083e-3,
    12482: 3.9692e-3,
    10069: 3.9739e-3,
    10053: 3.9787e-3,
    12483: 3.9888e-3,
}


def voltage(request: Message, device: Device) -> tuple[Scaling, Limits, dict[str, Value]]:
    limits = _limits(request)
    low, high = converter_range(device.abilities.ai_ranges, limits)
    kept: dict[str, Value] = {"AI_VOLTAGE_UNITS": enum(request, "units"), "AI_TERM_CFG": _wiring(request)}
    return Scaling(VOLTAGE, _VOLTS, low, high), limits, kept


def current(request: Message, device: Device) -> tuple[Scaling, Limits, dict[str, Value]]:
    """Through a shunt on a device that measures volts; without one the device's ranges are amperes."""
    limits, ohms = _limits(request), request.ext_shunt_resistor_val
    ranges = device.abilities.ai_ranges
    if VOLTAGE in device.abilities.measures and ohms > 0.0:
        ranges = tuple((low / ohms, high / ohms) for low, high in ranges)
    low, high = converter_range(ranges, limits)
    kept: dict[str, Value] = {"AI_CURRENT_UNITS": enum(request, "units"), "AI_TERM_CFG": _wiring(request)}
    location = enum(request, "shunt_resistor_loc")
    kept |= {
        "AI_CURRENT_SHUNT_LOC": _EXTERNAL if location == _DEFAULT else location,
        "AI_CURRENT_SHUNT_RESISTANCE": ohms,
    }
    return Scaling(CURRENT, _AMPS, low, high), limits, kept


def thermocouple(request: Message, _: Device) -> tuple[Scaling, Limits, dict[str, Value]]:
    kept: dict[str, Value] = {
        "AI_TEMP_UNITS": enum(request, "units"),
        "AI_THRMCPL_TYPE": enum(request, "thermocouple_type"),
        "AI_THRMCPL_CJC_SRC": enum(request, "cjc_source"),
        "AI_THRMCPL_CJC_VAL": request.cjc_val,
    }
    return _temperature(THERMOCOUPLE, request), _limits(request), kept


def resistance_thermometer(request: Message, _: Device) -> tuple[Scaling, Limits, dict[str, Value]]:
    kind = enum(request, "rtd_type")
    kept: dict[str, Value] = {
        "AI_TEMP_UNITS": enum(request, "units"),
        "AI_RTD_TYPE": kind,
        "AI_RESISTANCE_CFG": enum(request, "resistance_config"),
        "AI_EXCIT_SRC": enum(request, "current_excit_source"),
        "AI_EXCIT_VAL": request.current_excit_val,
        "AI_RTD_R0": request.r0,
        "AI_RTD_A": _RTD_A.get(kind, 3.81e-3),
    }
    return _temperature(RTD, request), _limits(request), kept


def microphone(request: Message, device: Device) -> tuple[Scaling, Limits, dict[str, Value]]:
    """mic_sensitivity in mV/Pa. The loudest level, in dB re 20 uPa, is an RMS: a sine of it has sqrt(2) more."""
    if request.mic_sensitivity <= 0.0:
        raise DriverError(-200077, f"Property: AI.Microphone.Sensitivity\nRequested Value: {request.mic_sensitivity}")
    gain = 1000.0 / request.mic_sensitivity
    loudest_pa = math.sqrt(2.0) * _REFERENCE_PA * 10.0 ** (request.max_snd_press_level / 20.0)
    low, high = converter_range(device.abilities.ai_ranges, (-loudest_pa / gain, loudest_pa / gain))
    kept: dict[str, Value] = {
        "AI_SOUND_PRESSURE_UNITS": enum(request, "units"),
        "AI_MICROPHONE_SENSITIVITY": request.mic_sensitivity,
        "AI_SOUND_PRESSURE_MAX_SOUND_PRESSURE_LVL": request.max_snd_press_level,
        "AI_EXCIT_SRC": enum(request, "current_excit_source"),
        "AI_EXCIT_VAL": request.current_excit_val,
        "AI_TERM_CFG": _wiring(request),
    }
    return Scaling(SOUND_PRESSURE, _PASCALS, low, high, gain), (-loudest_pa, loudest_pa), kept


def converter_range(ranges: Sequence[Limits], wanted: Limits) -> Limits:
    """The smallest that holds both limits."""
    for low, high in sorted(ranges, key=lambda limits: limits[1] - limits[0]):
        if low <= wanted[0] and wanted[1] <= high:
            return low, high
    raise DriverError(-200077, f"Property: AI.Min, AI.Max\nRequested: {wanted[0]}, {wanted[1]}")


def _limits(request: Message) -> Limits:
    if not request.min_val < request.max_val:
        raise DriverError(-200082, f"Requested: {request.min_val}, {request.max_val}")
    return request.min_val, request.max_val


def _temperature(measurement: int, request: Message) -> Scaling:
    unit = enum(request, "units")
    if unit not in _DEGREES:
        raise DriverError(-200077, f"Property: AI.Temp.Units\nRequested Value: {unit}")
    return Scaling(measurement, unit, -273.15, 3000.0, *_DEGREES[unit])


def _wiring(request: Message) -> int:
    wiring = enum(request, "terminal_config")
    return _DIFFERENTIAL if wiring == _DEFAULT else wiring
