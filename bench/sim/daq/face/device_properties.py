"""Properties of the system, of devices and of physical channels."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.face.property import Found, Property, Query
from bench.sim.daq.rack.device import Device, Terminals
from bench.sim.daq.rack.names import port_of, ports

_VERSION: Final = (25, 3, 0)  # of the driver that this is a reading of


def _device(read: Callable[[Device], Found]) -> Property:
    return Property(lambda query: read(query.device))


def _names(read: Callable[[Device], tuple[str, ...]]) -> Property:
    return _device(lambda device: ", ".join(read(device)))


def _rate(read: Callable[[Device], float | None]) -> Property:
    """Not of a device that has no such converter."""

    def get(query: Query) -> float:
        rate_hz = read(query.device)
        if rate_hz is None:
            raise query.unsupported()
        return rate_hz

    return Property(get)


def _ranges(read: Callable[[Device], tuple[tuple[float, float], ...]]) -> Property:
    return _device(lambda device: [limit for limits in read(device) for limit in limits])


def _modules(query: Query) -> str:
    return ", ".join(module.name for module in query.driver.rack.modules(query.device))


def _physical(query: Query, *kinds: Terminals) -> tuple[Device, str]:
    """The device and the full name of the terminal or port that is asked about."""
    name = query.request.physical_channel
    found = query.driver.rack.resolve(name, *kinds)
    return query.driver.rack.device(name.removeprefix("/").partition("/")[0]), found[0]


def _ai(read: Callable[[Device], Found]) -> Property:
    return Property(lambda query: read(_physical(query, "ai")[0]))


def _port_width(kind: Terminals) -> Property:
    def get(query: Query) -> int:
        device, line = _physical(query, kind)
        width = sum(port_of(other) == port_of(line) for other in getattr(device, kind))
        if "/line" in query.request.physical_channel:
            raise query.unsupported()
        return width

    return Property(get)


DEVICE: Final[dict[tuple[str, str], Property]] = {
    ("SystemInfo", "NIDAQ_MAJOR_VERSION"): Property(lambda _: _VERSION[0]),
    ("SystemInfo", "NIDAQ_MINOR_VERSION"): Property(lambda _: _VERSION[1]),
    ("SystemInfo", "NIDAQ_UPDATE_VERSION"): Property(lambda _: _VERSION[2]),
    ("SystemInfo", "DEV_NAMES"): Property(lambda query: ", ".join(query.driver.rack.devices)),
    ("SystemInfo", "TASKS"): Property(lambda query: ", ".join(query.driver.saved.by_name)),
    ("SystemInfo", "SCALES"): Property(lambda _: ""),
    ("SystemInfo", "GLOBAL_CHANS"): Property(lambda _: ""),
    ("Device", "PRODUCT_TYPE"): _device(lambda device: device.product),
    ("Device", "PRODUCT_CATEGORY"): _device(lambda device: device.abilities.category),
    ("Device", "PRODUCT_NUM"): _device(lambda device: device.abilities.number),
    ("Device", "SERIAL_NUM"): _device(lambda device: device.serial),
    ("Device", "IS_SIMULATED"): _device(lambda device: device.simulated),
    ("Device", "BUS_TYPE"): _device(lambda device: device.abilities.bus),
    ("Device", "AI_PHYSICAL_CHANS"): _names(lambda device: device.ai),
    ("Device", "AO_PHYSICAL_CHANS"): _names(lambda device: device.ao),
    ("Device", "DI_LINES"): _names(lambda device: device.di_lines),
    ("Device", "DO_LINES"): _names(lambda device: device.do_lines),
    ("Device", "DI_PORTS"): _names(lambda device: ports(device.di_lines)),
    ("Device", "DO_PORTS"): _names(lambda device: ports(device.do_lines)),
    ("Device", "CI_PHYSICAL_CHANS"): _names(lambda device: device.counters),
    ("Device", "CO_PHYSICAL_CHANS"): _names(lambda device: device.counters),
    ("Device", "TERMINALS"): _names(lambda device: device.terminals),
    ("Device", "CHASSIS_MODULE_DEV_NAMES"): Property(_modules),
    ("Device", "COMPACT_DAQ_CHASSIS_DEV_NAME"): _device(lambda device: device.chassis or ""),
    ("Device", "COMPACT_DAQ_SLOT_NUM"): _device(lambda device: device.slot),
    ("Device", "AI_SIMULTANEOUS_SAMPLING_SUPPORTED"): _device(lambda device: device.abilities.simultaneous),
    ("Device", "AI_SUPPORTED_MEAS_TYPES"): _device(lambda d: list(d.abilities.measures) if d.ai or d.internal else []),
    ("Device", "AO_SUPPORTED_OUTPUT_TYPES"): _device(lambda d: list(d.abilities.generates) if d.ao else []),
    ("Device", "AI_MAX_SINGLE_CHAN_RATE"): _rate(lambda device: device.abilities.ai_rate_hz),
    ("Device", "AI_MAX_MULTI_CHAN_RATE"): _rate(lambda d: d.abilities.ai_multi_rate_hz or d.abilities.ai_rate_hz),
    ("Device", "AI_MIN_RATE"): _rate(lambda d: d.abilities.slowest_hz if d.abilities.ai_rate_hz else None),
    ("Device", "AO_MAX_RATE"): _rate(lambda device: device.abilities.ao_rate_hz),
    ("Device", "DI_MAX_RATE"): _rate(lambda device: device.abilities.di_rate_hz),
    ("Device", "DO_MAX_RATE"): _rate(lambda device: device.abilities.do_rate_hz),
    ("Device", "AI_VOLTAGE_RNGS"): _ranges(lambda device: device.abilities.ai_ranges if device.ai else ()),
    ("Device", "AO_VOLTAGE_RNGS"): _ranges(lambda device: device.abilities.ao_ranges if device.ao else ()),
    ("Device", "AI_BRIDGE_RNGS"): _ranges(lambda device: device.abilities.bridge_ranges),
    ("Device", "ANLG_TRIG_SUPPORTED"): _device(lambda device: device.abilities.analog_trigger),
    ("Device", "AI_TRIG_USAGE"): _device(lambda device: device.abilities.ai_triggers),
    ("Device", "ACCESSORY_PRODUCT_NUMS"): _device(lambda device: list(device.abilities.accessories)),
    ("Device", "TEDS_HWTEDS_SUPPORTED"): _device(lambda _: False),
    ("PhysicalChan", "PHYSICAL_CHAN_AI_SUPPORTED_MEAS_TYPES"): _ai(lambda device: list(device.abilities.measures)),
    ("PhysicalChan", "PHYSICAL_CHAN_AI_TERM_CFGS"): _ai(lambda device: device.abilities.wirings),
    ("PhysicalChan", "PHYSICAL_CHAN_AO_SUPPORTED_OUTPUT_TYPES"): Property(
        lambda query: list(_physical(query, "ao")[0].abilities.generates)
    ),
    ("PhysicalChan", "PHYSICAL_CHAN_DI_PORT_WIDTH"): _port_width("di_lines"),
    ("PhysicalChan", "PHYSICAL_CHAN_DO_PORT_WIDTH"): _port_width("do_lines"),
    ("PhysicalChan", "PHYSICAL_CHAN_DI_CHANGE_DETECT_SUPPORTED"): Property(
        lambda query: _physical(query, "di_lines")[0].abilities.change_detection
    ),
    ("PhysicalChan", "PHYSICAL_CHAN_DI_SAMP_CLK_SUPPORTED"): Property(
        lambda query: _physical(query, "di_lines")[0].abilities.di_rate_hz is not None
    ),
    ("PhysicalChan", "PHYSICAL_CHAN_DO_SAMP_CLK_SUPPORTED"): Property(
        lambda query: _physical(query, "do_lines")[0].abilities.do_rate_hz is not None
    ),
}
