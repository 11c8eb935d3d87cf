"""What a blind run hides until its estimates are recorded: the scenario, the seed, the leaks that its plan opens."""

from collections.abc import Mapping
from typing import Any

from bench.blind import Commitment, commit
from bench.sim.scenario import Scenario

HIDDEN = "hidden until the estimates are recorded"
TELLING = "leaks"
"""Field of a plan that says what will leak."""


def hide(scenario: Scenario | None, seed: int, plan: Mapping[str, Any]) -> Commitment:
    whole = scenario.model_dump(mode="json") if scenario else None
    return commit({"scenario": whole, "seed": seed if scenario else None, TELLING: plan.get(TELLING)})


def shown(plan: Mapping[str, Any], *, blind: bool) -> dict[str, Any]:
    """A plan as others may see it while the run lasts."""
    return _without(plan) if blind else dict(plan)


def hidden(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of run.json that tell, without what they tell."""
    return {
        "plan": _without(manifest["plan"]),
        "arguments": _without(manifest["arguments"]),
        "scenario": HIDDEN if manifest["scenario"] else None,
        "seed": HIDDEN if manifest["scenario"] else None,
    }


def _without(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: HIDDEN if key == TELLING else value for key, value in fields.items()}
