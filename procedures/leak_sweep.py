"""Open known leaks one after another and judge leak-detection methods against them.

Pre-flight, pump the chamber down, pressurise the mock-up, close the hatches, wait until it is stable, hold with every
leak closed, open each chosen leak in turn, hold with every leak closed again, make safe, score, give the verdict.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeFloat, PositiveFloat

from bench import commands
from bench.config.model import Bench
from bench.detection.made import Made, make
from bench.errors import CheckFailedError, ConfigError
from bench.history import KEPT_SCANS
from bench.records import Floats, RigState, Series, Window
from bench.run import Run
from procedures.hatches import open_hatch
from procedures.judge import judge_run
from procedures.parameters import pairs
from procedures.phase import phase
from procedures.preflight import check_bench
from procedures.rise import let_rise

HOUR_S = 3600.0
SHIPPED_DIAMETERS_M = (50e-6, 100e-6)


def _split(value: object) -> object:
    """Let the command line say -e leaks=a,b."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Plan(BaseModel):
    """What a sweep does. Every field can be set on the command line: -e exposure_s=3600."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    method: str = Field(
        "compensated_mass", description="the method under test, or path.py:Class; the shipped ones are scored beside it"
    )
    parameters: Annotated[dict[str, object], BeforeValidator(pairs)] = Field(
        {}, description="of the method under test: key=value,key=value"
    )
    watch: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        (), description="monitors that watch from the end of the first background on, names or path.py:Class"
    )
    leaks: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        (), description="leaks to open, in this order; default: all of 50 and 100 um"
    )
    pressure_pa: PositiveFloat = Field(101_325.0, description="pressure of the mock-up")
    fill_rate_pa_s: PositiveFloat = Field(50.0, description="slew rate of the pressure controller")
    chamber_pa: PositiveFloat = Field(5.0, description="pump the chamber down below this")
    pump_limit_s: PositiveFloat = Field(HOUR_S, description="give up pumping after this")
    temperature_rate_k_h: PositiveFloat = Field(0.1, description="stable: gas temperature moves slower than this")
    curvature_pa_h: PositiveFloat = Field(15.0, description="stable: pressure rate changes less than this per window")
    stable_window_s: float = Field(1200.0, gt=0.0, le=KEPT_SCANS, description="stable over this long")
    stable_limit_s: PositiveFloat = Field(6 * HOUR_S, description="give up waiting for stability after this")
    background_s: PositiveFloat = Field(2400.0, description="hold with every leak closed, before and after")
    exposure_s: PositiveFloat = Field(1800.0, description="hold with one leak open")
    lead_s: PositiveFloat = Field(60.0, description="left out after each change of valves, for the gas to settle")
    max_relative_u: PositiveFloat = Field(0.2, description="largest standard uncertainty of a rate, as part of it")
    rise_s: NonNegativeFloat = Field(
        0.0, description="valve the pumps off for so long before and after each window; 0: no second witness"
    )


def complete(plan: Plan, bench: Bench) -> Plan:
    """Fill in the default leaks; refuse a plan that this bench cannot follow."""
    under_test(plan)
    monitors(plan, bench)
    known = [leak.name for leak in bench.leak]
    chosen = plan.leaks or tuple(leak.name for leak in bench.leak if leak.nominal_diameter_m in SHIPPED_DIAMETERS_M)
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        raise ConfigError(f"leaks: {', '.join(unknown) or 'none chosen'}: {bench.file} has {', '.join(known)}")
    twice = [name for name, count in Counter(chosen).items() if count > 1]
    if twice:
        raise ConfigError(f"leaks: {', '.join(twice)}: named more than once")
    for key in ("exposure_s", "background_s"):
        hold_s = getattr(plan, key)
        if hold_s <= 2.0 * plan.lead_s:
            raise ConfigError(f"{key}: {hold_s:g} s leaves nothing after lead_s = {plan.lead_s:g} s")
    return plan.model_copy(update={"leaks": chosen})


def under_test(plan: Plan) -> Made:
    made = _made("method", plan.method, plan.parameters)
    if made.method is None:
        raise ConfigError(f"method: {plan.method}: it cannot be asked about a window; say -e watch={plan.method}")
    return made


def monitors(plan: Plan, bench: Bench) -> tuple[Made, ...]:
    """Hatches are shut: one that watches a single volume watches each compartment."""
    found: list[Made] = []
    for word in plan.watch:
        made = _made("watch", word, {})
        if made.monitor is None:
            raise ConfigError(f"watch: {word}: it can only be asked about a window; say -e method={word}")
        found += made.watching(entry.name for entry in bench.compartment)
    return tuple(found)


def _made(key: str, word: str, parameters: Mapping[str, object]) -> Made:
    try:
        return make(word, parameters)
    except ConfigError as error:
        raise ConfigError(f"{key}: {error}") from error


def expected_phases(plan: Plan) -> Mapping[str, float]:
    """How long each phase should take, in bench seconds: for the time left that people see."""
    rise_s = plan.rise_s + 10.0 if plan.rise_s else 0.0
    return {
        "preflight": 2.0,
        "pump_down": 800.0,
        "pressurise": 200.0,
        "close_hatches": 12.0,
        "stabilise": plan.stable_window_s + 300.0,
        "background_before": plan.background_s + rise_s,
        **{f"leak_{name}": plan.exposure_s + 3.0 + 2.0 * rise_s for name in plan.leaks},
        "background_after": plan.background_s + rise_s,
        "safe_state": 2.0,
        "score": 0.0,
    }


def procedure(run: Run, plan: Plan) -> None:
    """The whole sweep; what goes wrong is raised, and the run ends safely."""
    preflight(run, plan)
    pump_down(run, plan)
    pressurise(run, plan)
    close_hatches(run, plan)
    stabilise(run, plan)
    before = background_before(run, plan)
    run.watch(monitors(plan, run.bench), before)
    holds = [(name, run.perform(f"leak_{name}", partial(expose, run, plan, name))) for name in plan.leaks]
    after = background_after(run, plan)
    windows = [_window(run, name, begin_s, end_s, (before, after)) for name, (begin_s, end_s) in holds]
    safe_state(run, plan)
    score(run, plan, windows)


@phase
def preflight(run: Run, plan: Plan) -> None:
    check_bench(run)
    if plan.pressure_pa >= run.bench.limits.pressure_max_pa:
        raise CheckFailedError(f"pressure_pa = {plan.pressure_pa:g} exceeds the bench's limit")


@phase
def pump_down(run: Run, plan: Plan) -> None:
    """With roughing pumps alone: a leak's flow is more than a turbo pump should swallow for hours."""
    for pump in (pump for pump in run.bench.pump if pump.roughs):
        run.execute(commands.StartPump(pump.name))
        run.execute(commands.OpenValve(pump.valve))
    gauges = run.bench.chamber_pressures

    def low(state: RigState) -> bool:
        seen = [state.value(gauge) for gauge in gauges if state.usable(gauge)]
        return bool(seen) and max(seen) < plan.chamber_pa

    run.wait_for(low, plan.pump_limit_s, f"chamber below {plan.chamber_pa:g} Pa")


@phase
def pressurise(run: Run, plan: Plan) -> None:
    """All hatches open, one controller fills the whole mock-up; then it is shut off, or it would hide the leak."""
    supply = run.bench.supply
    for hatch in run.bench.hatch:
        open_hatch(run, hatch)
    source_pa = run.station.controller(supply.controller).source_pressure_pa()
    if source_pa <= plan.pressure_pa:
        raise CheckFailedError(f"{supply.controller}: source {source_pa:.0f} Pa is not above {plan.pressure_pa:.0f} Pa")
    run.execute(commands.OpenValve(supply.valve))
    run.execute(commands.SetPressure(supply.controller, plan.pressure_pa, plan.fill_rate_pa_s))
    run.execute(commands.StartControl(supply.controller))
    controller = run.station.controller(supply.controller)
    run.wait_for(lambda _: controller.in_limits(), HOUR_S, f"{plan.pressure_pa:g} Pa in the mock-up")
    run.execute(commands.CloseValve(supply.valve))
    run.execute(commands.StopControl(supply.controller))


@phase
def close_hatches(run: Run, plan: Plan) -> None:
    del plan
    for hatch in run.bench.hatch:
        run.execute(commands.CloseValve(hatch.name))


@phase
def stabilise(run: Run, plan: Plan) -> None:
    """Hold until every closed compartment is steady over the window; a rig that never settles answers nothing."""
    run.hold(plan.stable_window_s)
    checked_s = run.clock.now()

    def steady(_: RigState) -> bool:
        nonlocal checked_s
        if run.clock.now() < checked_s:
            return False
        checked_s += 60.0
        return not list(unsteady(run.bench, run.series(plan.stable_window_s), plan))

    run.wait_for(steady, plan.stable_limit_s - plan.stable_window_s, "stable compartments")


def unsteady(bench: Bench, series: Series, plan: Plan) -> Iterator[str]:
    """Compartments that still move in a series of stable_window_s, with the figure that says so."""
    for compartment in bench.compartment:
        (pressure,) = bench.channels_of(compartment.name, "pressure")
        gas = [series.columns[c.name] for c in bench.channels_of(compartment.name, "gas_temperature")]
        rate_k_h = _slope(series.time_s, np.mean(gas, axis=0)) * HOUR_S
        half = series.time_s.size // 2
        first, second = (
            _slope(series.time_s[part], series.columns[pressure.name][part]) * HOUR_S
            for part in (slice(0, half), slice(half, None))
        )
        if not abs(rate_k_h) < plan.temperature_rate_k_h:
            yield f"{compartment.name}: {rate_k_h:.3f} K/h"
        if not abs(second - first) < plan.curvature_pa_h:
            yield f"{compartment.name}: pressure rate changes by {second - first:.1f} Pa/h"


@phase
def background_before(run: Run, plan: Plan) -> tuple[float, float]:
    return _closed(run, plan)


@phase
def background_after(run: Run, plan: Plan) -> tuple[float, float]:
    return _closed(run, plan)


def expose(run: Run, plan: Plan, name: str) -> tuple[float, float]:
    """Open the leak, hold, close it; the interval in which it leaked steadily."""
    leak = run.bench.named_leak(name)
    if leak.controller is not None and leak.flow_kg_s is not None:
        run.execute(commands.SetFlow(leak.controller, leak.flow_kg_s))
    run.execute(commands.OpenValve(leak.valve))
    let_rise(run, name, plan.rise_s)
    interval = _undisturbed(run, plan.exposure_s, plan.lead_s)
    let_rise(run, name, plan.rise_s)
    run.execute(commands.CloseValve(leak.valve))
    if leak.controller is not None:
        run.execute(commands.StopFlow(leak.controller))
    return interval


@phase
def safe_state(run: Run, plan: Plan) -> None:
    del plan
    run.make_safe()


@phase
def score(run: Run, plan: Plan, windows: list[Window]) -> None:
    judge_run(run, windows, method=under_test(plan), max_relative_u=plan.max_relative_u)


def _closed(run: Run, plan: Plan) -> tuple[float, float]:
    """Every leak closed: what the chamber's pressure does then is outgassing."""
    interval = _undisturbed(run, plan.background_s, plan.lead_s)
    let_rise(run, None, plan.rise_s)
    return interval


def _undisturbed(run: Run, duration_s: float, lead_s: float) -> tuple[float, float]:
    """Hold; once the gas has settled, all microphones are recorded, where there are any."""
    begin_s, end_s = run.clock.now() + lead_s, run.clock.now() + duration_s
    run.hold(lead_s)
    run.burst()
    run.hold(end_s - run.clock.now())
    return begin_s, run.clock.now()


def _window(run: Run, name: str, begin_s: float, end_s: float, background: tuple[tuple[float, float], ...]) -> Window:
    window = Window(name, run.bench.named_leak(name).compartment, begin_s, end_s, background)
    run.window(window)
    return window


def _slope(time_s: Floats, values: Floats) -> float:
    """Least-squares slope per second over the usable samples; NaN where there are too few."""
    usable = np.isfinite(values)
    if usable.sum() < 10:
        return float("nan")
    return float(np.polynomial.polynomial.polyfit(time_s[usable] - time_s[0], values[usable], 1)[1])
