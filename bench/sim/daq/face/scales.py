"""From what is at an analog terminal to what the client asked for, by the kind of measurement."""

import math
from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.channel import Limits, Scaling
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Message, enum
from bench.sim.daq.rack.device import Device
from bench.sim.daq.rack.products import MEASUREMENTS

Scale = Callable[[int, Message, Device], tuple[Scaling, Limits]]
"""Measurement, request and device -> scaling, and limits in the client's unit."""

DEGREES: Final = {10143: (1.0, 0.0), 10144: (1.8, 32.0), 10325: (1.0, 273.15), 10145: (1.8, 491.67)}
"""Unit -> gain and offset from deg C: deg C, deg F, K, deg R."""
_COLDEST_C, _HOTTEST_C = -273.15, 3000.0
FROM_CUSTOM_SCALE: Final = 10065
_REFERENCE_PA: Final = 20e-6
_PASCALS: Final = 10081
# Callendar-Van Dusen coefficients of the RTD types of NI-DAQmx help, "RTD types": A (1/K), B (1/K2), C (1/K4)
_RTD: Final = {
    12481: (3.81e-3, -6.02e-7, -6.0e-12),
    10071: (3.9083e-3, -5.775e-7, -4.183e-12),
    12482: (3.9692e-3, -5.8495e-7, -4.233e-12),
    10069: (3.9739e-3, -5.870e-7, -4.4e-12),
    10053: (3.9787e-3, -5.8686e-7, -4.167e-12),
    12483: (3.9888e-3, -5.915e-7, -3.85e-12),
}
_LOWEST_MV_PER_PA: Final = 1e-9
"""Far below any microphone; with less, pascals would be beyond the numbers."""
_PT_3750: Final = 12481
_HEADROOM: Final = 0.99  # of a range that the driver uses for an RTD: 99.2 mV are not measured in 100 mV


def volts(measurement: int, request: Message, device: Device) -> tuple[Scaling, Limits]:
    limits, ranges = _limits(request), device.abilities.ai_ranges
    return Scaling(measurement, enum(request, "units"), *ranges[0], ranges=ranges).within(limits), limits


def amperes(measurement: int, request: Message, device: Device) -> tuple[Scaling, Limits]:
    """Through a shunt on a device that measures volts; without one the device's ranges are amperes."""
    limits, ohms = _limits(request), request.ext_shunt_resistor_val
    ranges = device.abilities.ai_ranges
    if MEASUREMENTS["VOLTAGE"] in device.abilities.measures and ohms > 0.0:
        ranges = tuple((low / ohms, high / ohms) for low, high in ranges)
    return Scaling(measurement, enum(request, "units"), *ranges[0], ranges=ranges).within(limits), limits


def as_asked(measurement: int, request: Message, _: Device) -> tuple[Scaling, Limits]:
    """The sensor is such that the converter just holds the limits."""
    limits = _limits(request)
    highest = max(map(abs, limits))
    units = "units_enum" in request.DESCRIPTOR.oneofs_by_name
    return Scaling(measurement, enum(request, "units") if units else 0, -highest, highest), limits


def temperature(measurement: int, request: Message, _: Device) -> tuple[Scaling, Limits]:
    return Scaling(measurement, enum(request, "units"), _COLDEST_C, _HOTTEST_C, *_degrees(request)), _limits(request)


def built_in_temperature(measurement: int, request: Message, _: Device) -> tuple[Scaling, Limits]:
    """0 to 100 deg C: the request has no limits."""
    gain, offset = _degrees(request)
    return Scaling(measurement, enum(request, "units"), 0.0, 100.0, gain, offset), (offset, 100.0 * gain + offset)


def resistance_thermometer(measurement: int, request: Message, device: Device) -> tuple[Scaling, Limits]:
    """On a device that measures volts the limits are those of the range for the voltage across the sensor."""
    limits, (gain, offset), unit = _limits(request), _degrees(request), enum(request, "units")
    excitation_a = request.current_excit_val
    if MEASUREMENTS["VOLTAGE"] not in device.abilities.measures or excitation_a <= 0.0:
        return Scaling(measurement, unit, _COLDEST_C, _HOTTEST_C, gain, offset), limits
    ends_v, hottest_c = sorted(high for _, high in device.abilities.ai_ranges), (limits[1] - offset) / gain
    ranges = tuple((_celsius(0.0, request), _celsius(end_v / excitation_a, request)) for end_v in ends_v)
    for end_v, full in zip(ends_v, ranges, strict=True):
        if hottest_c <= _celsius(_HEADROOM * end_v / excitation_a, request):
            return Scaling(measurement, unit, *full, gain, offset, ranges), limits
    raise DriverError(-200077, f"Property: AI.Max\nRequested: {limits[1]}")


def microphone(measurement: int, request: Message, device: Device) -> tuple[Scaling, Limits]:
    """mic_sensitivity in mV/Pa. The loudest level, in dB re 20 uPa, is an RMS: a sine of it has sqrt(2) more."""
    gain, ranges = gain_of_microphone(request.mic_sensitivity), device.abilities.ai_ranges
    loudest_pa = math.sqrt(2.0) * _REFERENCE_PA * 10.0 ** (request.max_snd_press_level / 20.0)
    limits = -loudest_pa, loudest_pa
    return Scaling(measurement, _PASCALS, *ranges[0], gain, ranges=ranges).within(limits), limits


def gain_of_microphone(mv_per_pa: float) -> float:
    """Pascals per volt."""
    if not _LOWEST_MV_PER_PA <= mv_per_pa < math.inf:
        raise DriverError(-200077, f"Property: AI.Microphone.Sensitivity\nRequested Value: {mv_per_pa}")
    return 1000.0 / mv_per_pa


def _limits(request: Message) -> Limits:
    if not -math.inf < request.min_val < request.max_val < math.inf:
        raise DriverError(-200082, f"Requested: {request.min_val}, {request.max_val}")
    return request.min_val, request.max_val


def _degrees(request: Message) -> tuple[float, float]:
    unit = enum(request, "units")
    if unit not in DEGREES:
        raise DriverError(-200077, f"Property: AI.Temp.Units\nRequested Value: {unit}")
    return DEGREES[unit]


def rtd_coefficients(kind: int) -> tuple[float, float, float]:
    """A custom RTD begins with those of the commonest type."""
    return _RTD.get(kind, _RTD[_PT_3750])


def _celsius(ohms: float, request: Message) -> float:
    """Callendar-Van Dusen, solved by halving."""
    a, b, c = rtd_coefficients(enum(request, "rtd_type"))
    low_c, high_c = _COLDEST_C, _HOTTEST_C
    for _ in range(60):
        middle_c = 0.5 * (low_c + high_c)
        ratio = 1.0 + a * middle_c + b * middle_c**2 + (c * (middle_c - 100.0) * middle_c**3 if middle_c < 0.0 else 0.0)
        low_c, high_c = (middle_c, high_c) if ratio * request.r0 < ohms else (low_c, middle_c)
    return low_c
