"""Checks before anything moves: identities, settings, certificates, interlocks, plausible sensors."""

from collections.abc import Iterator

from bench.config.certificates import calibrations_of
from bench.errors import CheckFailedError, ConfigError
from bench.records import Quality, RigState
from bench.run import Run

THERMOMETERS_AGREE_K = 2.0
RESTING = frozenset({"chamber_pressure", "vessel_pressure", "inlet_pressure", "leak_rate", "flow", "speed", "power"})
"""Quantities that may be out of range before anything moves: vacuum gauges are at atmospheric pressure then."""
STANDING_BY = frozenset({"leak_rate"})
"""Of instruments that do not measure until they are told to."""


def check_bench(run: Run) -> None:
    """Raise CheckFailedError naming everything that is not as the bench file says; nothing is actuated."""
    run.hold(max(entry.period_s for entry in run.bench.channel))  # the slowest one has been asked by then
    problems = [*_identities(run), *_settings(run), *_certificates(run), *_interlocks(run), *_sensors(run)]
    if problems:
        raise CheckFailedError("pre-flight: " + "; ".join(problems))


def _identities(run: Run) -> Iterator[str]:
    found = run.station.identities()
    for entry in run.bench.instrument:
        serial = found[entry.name]["serial"]
        if entry.serial is not None and serial != entry.serial:
            yield f"{entry.name}: serial {serial}, the bench file expects {entry.serial}"


def _settings(run: Run) -> Iterator[str]:
    for entry in run.bench.instrument:
        found = run.settings[entry.name].latest or {}
        for key, wanted in entry.settings.items():
            if found.get(key) != wanted:
                yield f"{entry.name}: {key} is {found.get(key)}, the bench file expects {wanted}"


def _certificates(run: Run) -> Iterator[str]:
    today = run.clock.utc().date()
    for leak in run.bench.leak:
        if run.bench.override_of(leak.name) is None:
            yield from (f"{leak.name}: {doubt}" for doubt in leak.doubts(today))
        try:
            calibrations_of(leak.certificate)  # as the scoring will: hours later is too late to find one unreadable
        except ConfigError as error:
            yield f"{leak.name}: {error}"


def _interlocks(run: Run) -> Iterator[str]:
    """Those that would end the run stop it on every scan; here the rest of the safety inputs must at least be read."""
    for rule in run.bench.interlock:
        for channel in rule.channels:
            if not _read(run, channel):
                yield f"interlock {rule.name}: {channel} is {run.state.quality(channel).name}"


def _sensors(run: Run) -> Iterator[str]:
    for entry in run.bench.channel:
        if not _read(run, entry.name):
            yield f"{entry.name}: {run.state.quality(entry.name).name}"
    yield from _compartments(run, run.state)


def _read(run: Run, channel: str) -> bool:
    """Usable, or out of range as it may be at rest: an interlock on such a channel still forbids what it guards."""
    if run.state.usable(channel):
        return True
    entry = next(entry for entry in run.bench.channels if entry.name == channel)
    quality = run.state.quality(channel)
    if entry.quantity in STANDING_BY and quality in (Quality.SENSOR_FAULT, Quality.STALE):
        return True
    return entry.quantity in RESTING and quality in (Quality.OVERRANGE, Quality.UNDERRANGE)


def _compartments(run: Run, state: RigState) -> Iterator[str]:
    limits = run.bench.limits
    for compartment in run.bench.compartment:
        gas = {c.name: state.value(c.name) for c in run.bench.channels_of(compartment.name, "gas_temperature")}
        if not max(gas.values()) - min(gas.values()) < THERMOMETERS_AGREE_K:
            yield f"{compartment.name}: gas thermometers differ by more than {THERMOMETERS_AGREE_K:g} K"
        if not limits.temperature_min_k < min(gas.values()) <= max(gas.values()) < limits.temperature_max_k:
            yield f"{compartment.name}: gas temperature outside the bench's limits"
