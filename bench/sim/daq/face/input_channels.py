"""Creation of analog inputs by the table of inputs, and of those that several terminals make together."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Final

from bench.sim.daq.driver.channel import AI, Channel, Kept, Limits, Scaling
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.inputs import FIELDS, INPUTS, Input
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.scales import FROM_CUSTOM_SCALE, as_asked, rtd_coefficients
from bench.sim.daq.rack.device import Device
from bench.sim.daq.rack.names import assigned, owner
from bench.sim.daq.rack.products import MEASUREMENTS

_DEFAULT: Final = -1
_DIFFERENTIAL: Final = 10106
_INTERNAL: Final = 10200
_EXTERNAL: Final = 10167
ROSETTE: Final = Input("ROSETTE_STRAIN_GAGE", "")
POWER: Final = Input("CALCULATED_POWER", "AI_POWER_UNITS")
POWER_LIMITS: Final = {
    f"{what}_{end}_val": f"AI_CALCULATED_POWER_{what.upper()}_{end.upper()}"
    for what in ("voltage", "current")
    for end in ("min", "max")
}
_STRAINS: Final = {
    15971: "principalStrain1",
    15972: "principalStrain2",
    15973: "principalStrainAngle",
    15974: "cartesianStrainX",
    15975: "cartesianStrainY",
    15976: "cartesianShearStrainXY",
    15977: "maxShearStrain",
    15978: "maxShearStrainAngle",
}


def create(entry: Input, driver: Driver, request: Message) -> Fields:
    """A channel for each terminal."""
    terminals = driver.rack.resolve(request.physical_channel, "ai", "internal")
    names = assigned(request.name_to_assign_to_channel, terminals)
    channels = []
    for name, terminal in zip(names, terminals, strict=True):
        device = _able(driver, entry, terminal, request)
        scaling, limits = entry.scale(MEASUREMENTS[entry.measurement], request, device)
        channels.append(Channel(name, AI, (terminal,), *limits, scaling, _kept(entry, request, device)))
    driver.task(request.task.name).add(channels)
    return {}


def create_rosette(driver: Driver, request: Message) -> Fields:
    """A channel for each kind of strain that is asked for, of all gages together."""
    task = driver.task(request.task.name)
    gages = driver.rack.resolve(request.physical_channel, "ai")
    device = _able(driver, ROSETTE, gages[0], request)
    scaling, limits = as_asked(MEASUREMENTS[ROSETTE.measurement], request, device)
    before = {channel.terminals for channel in task.channels if len(channel.terminals) > 1}
    stem = request.name_to_assign_to_channel or f"rosette{len(before)}"
    channels = []
    for kind in request.rosette_meas_types:
        if kind not in _STRAINS:
            raise DriverError(-200077, f"Property: AI.RosetteStrainGage.RosetteMeasType\nRequested Value: {kind}")
        kept = {"AI_ROSETTE_STRAIN_GAGE_ROSETTE_MEAS_TYPE": kind, **_kept(ROSETTE, request, device)}
        channels.append(Channel(f"{stem}_{_STRAINS[kind]}", AI, gages, *limits, scaling, kept))
    task.add(channels)
    return {}


def create_power(driver: Driver, request: Message) -> Fields:
    """Watts: what the terminal of the voltage carries stands for the product."""
    volts = driver.rack.resolve(request.voltage_physical_channel, "ai")
    amperes = driver.rack.resolve(request.current_physical_channel, "ai")
    device = _able(driver, POWER, volts[0], request)
    limits = _products(request)
    highest = max(map(abs, limits))
    scaling = Scaling(MEASUREMENTS[POWER.measurement], enum(request, "units"), -highest, highest)
    kept = _kept(POWER, request, device) | {told: getattr(request, name) for name, told in POWER_LIMITS.items()}
    name = request.name_to_assign_to_channel or request.voltage_physical_channel
    driver.task(request.task.name).add([Channel(name, AI, (*volts, *amperes), *limits, scaling, kept)])
    return {}


def _products(request: Message) -> Limits:
    if not (request.voltage_min_val < request.voltage_max_val and request.current_min_val < request.current_max_val):
        raise DriverError(-200082, f"Task Name: {request.task.name}")
    volts, amperes = (
        (request.voltage_min_val, request.voltage_max_val),
        (request.current_min_val, request.current_max_val),
    )
    watts = [volt * ampere for volt, ampere in product(volts, amperes)]
    return min(watts), max(watts)


def _able(driver: Driver, entry: Input, terminal: str, request: Message) -> Device:
    device = driver.rack.device(owner(terminal))
    if MEASUREMENTS[entry.measurement] not in device.abilities.measures:
        raise DriverError(-200431, f"Physical Channel: {terminal}\nTask Name: {request.task.name}")
    return device


def _kept(entry: Input, request: Message, device: Device) -> dict[str, Kept]:
    """What the request states, as properties."""
    kept: dict[str, Kept] = dict(entry.kept)
    told, names = {**FIELDS, **entry.own}, request.DESCRIPTOR.fields_by_name
    kept |= {told[name]: _stated(request, name) for name in names if name in told}
    if kept.get(entry.units) == FROM_CUSTOM_SCALE or ("custom_scale_name" in names and request.custom_scale_name):
        raise DriverError(-200378, f"Task Name: {request.task.name}")
    _choose(kept, device)
    return kept


def _stated(request: Message, name: str) -> Kept:
    if f"{name}_enum" in request.DESCRIPTOR.oneofs_by_name:
        return enum(request, name)
    value: Kept = getattr(request, name)
    return value if isinstance(value, str | int | float | bool) else tuple(value)


def _choose(kept: dict[str, Kept], device: Device) -> None:
    """What the client leaves to the driver, and what follows from the type of a sensor."""
    if kept.get("AI_TERM_CFG") == _DEFAULT:
        kept["AI_TERM_CFG"] = _DIFFERENTIAL
    if kept.get("AI_CURRENT_SHUNT_LOC") == _DEFAULT:
        kept["AI_CURRENT_SHUNT_LOC"] = _INTERNAL if device.abilities.shunt else _EXTERNAL
    if isinstance(kind := kept.get("AI_RTD_TYPE"), int):
        coefficients = rtd_coefficients(kind)
        kept |= dict(zip(("AI_RTD_A", "AI_RTD_B", "AI_RTD_C"), coefficients, strict=True))


def without_sensor(driver: Driver, request: Message) -> Fields:
    """No sensor at these terminals tells what it is."""
    driver.task(request.task.name)
    terminals = driver.rack.resolve(request.physical_channel, "ai", "internal")
    raise DriverError(-200709, f"Physical Channel: {terminals[0]}\nTask Name: {request.task.name}")


_OF_TEDS: Final = (
    *("VoltageChan", "VoltageChanWithExcit", "CurrentChan", "ResistanceChan", "RTDChan", "ThrmcplChan"),
    *("ThrmstrChanIex", "ThrmstrChanVex", "StrainGageChan", "BridgeChan", "ForceBridgeChan", "PressureBridgeChan"),
    *("TorqueBridgeChan", "AccelChan", "ForceIEPEChan", "MicrophoneChan", "PosLVDTChan", "PosRVDTChan"),
)
CREATED: Final[Mapping[str, Callable[[Driver, Message], Fields]]] = {
    **{call: partial(create, entry) for call, entry in INPUTS.items()},
    "CreateAIRosetteStrainGageChan": create_rosette,
    "CreateAICalculatedPowerChan": create_power,
    **{f"CreateTEDSAI{kind}": without_sensor for kind in _OF_TEDS},
}
