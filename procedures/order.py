"""From the command line's words to a checked order; anything wrong is one ConfigError, before anything is touched."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bench.config.load import find_bench, load_bench
from bench.errors import ConfigError
from bench.sim.scenario import load_scenario
from bench.station import check_drivers
from procedures.catalogue import find_procedure
from procedures.ordered import Order, Procedure
from procedures.room import check_results
from procedures.served import served_rig

DEFAULT_BENCH, DEFAULT_SCENARIO = "zvezda", "quiet"
NO_OVERRIDES: Mapping[str, str] = {}


def make_order(  # noqa: PLR0913 - what the command line says
    name: str,
    bench: str | None,
    simulate: str | None,
    extra: Sequence[str],
    *,
    seed: int,
    results: Path,
    quiet: bool,
    begun: float,
    blind: bool = False,
    rig: str | None = None,
    overrides: Mapping[str, str] = NO_OVERRIDES,
) -> Order:
    """Without a bench the shipped one runs simulated, so that a first command works with no hardware. rig: run on the
    simulated rig that another process serves there.

    overrides: leak -> reason for which its certificate is used although it is overdue or of another serial.
    """
    procedure = find_procedure(name)
    loaded = load_bench(find_bench(bench or DEFAULT_BENCH), datetime.now(UTC).date(), overrides)
    check_drivers(loaded)
    if rig and simulate:
        raise ConfigError("--rig: the rig served there has its own scenario: leave --simulate out")
    served, loaded = served_rig(rig, loaded) if rig else (None, loaded)
    scenario_name = simulate or (None if bench or rig else DEFAULT_SCENARIO)
    scenario = load_scenario(scenario_name) if scenario_name else None
    arguments = _pairs(extra)
    plan = procedure.complete(_plan(procedure, name, arguments), loaded)
    check_results(results, loaded, sum(procedure.expected_phases(plan).values()))
    return Order(
        name=name,
        procedure=procedure,
        plan=plan,
        bench=loaded,
        scenario=scenario,
        seed=seed,
        results=results,
        arguments=arguments,
        quiet=quiet,
        begun=begun,
        blind=blind,
        rig=served,
    )


def reasons(leaks: Sequence[str], reason: str | None) -> dict[str, str]:
    """Of overridden certificates. Raises ConfigError for one without the other."""
    if bool(leaks) != bool((reason or "").strip()):
        raise ConfigError("--override-certificate and --reason belong together: say which leak, and why")
    return {leak: (reason or "").strip() for leak in leaks}


def _pairs(extra: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in extra:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"-e {text}: write it as KEY=VALUE")
        pairs[key.strip()] = value.strip()
    return pairs


def _plan(procedure: Procedure, name: str, arguments: Mapping[str, str]) -> BaseModel:
    try:
        return procedure.Plan.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(procedure.Plan.model_fields)
        reason = f"unknown key (there are: {known})" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(f"{name}: -e {key}: {reason}") from error
