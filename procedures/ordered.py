"""What shall be run, and what run.json says of it."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from bench.config.model import Bench
from bench.config.parts import Leak
from bench.run import Run
from bench.sim.scenario import Scenario
from procedures.guarding import key_of
from procedures.served import ServedRig


class Procedure(Protocol):
    """What an entry point of the group leakbench.procedures names: a module with these."""

    Plan: type[BaseModel]

    def complete(self, plan: Any, bench: Bench) -> Any: ...  # noqa: ANN401 - each procedure has its own plan
    def expected_phases(self, plan: Any) -> Mapping[str, float]: ...  # noqa: ANN401
    def procedure(self, run: Run, plan: Any) -> None: ...  # noqa: ANN401


@dataclass(frozen=True)
class Order:
    """What shall be run, on which bench, against which scenario (None: the real bench, or a rig served elsewhere)."""

    name: str
    procedure: Procedure
    plan: BaseModel
    bench: Bench
    scenario: Scenario | None
    seed: int
    results: Path
    arguments: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    blind: bool = False
    rig: ServedRig | None = None
    begun: float = field(default_factory=time.perf_counter)
    """When the command was given, on time.perf_counter: start-up is counted from there."""

    @property
    def outlived(self) -> bool:
        """The bench is there after the run: a real one, or a rig that another process serves."""
        return self.scenario is None

    @property
    def key(self) -> str:
        """What the bench's folder on this machine is called."""
        return key_of(self.bench.bench.name, self.rig.address if self.rig else None)

    @property
    def simulated(self) -> bool:
        return self.scenario is not None or self.rig is not None


def described(order: Order) -> dict[str, Any]:
    """Everything that is known of it beforehand."""
    bench = order.bench
    return {
        "procedure": order.name,
        "plan": order.plan.model_dump(mode="json"),
        "arguments": dict(order.arguments),
        "bench": {"name": bench.bench.name, "file": str(bench.file), "sha256": bench.sha256},
        "simulated": order.simulated,
        "rig": asdict(order.rig) if order.rig else None,
        "scenario": {"name": order.scenario.name, "why": order.scenario.why} if order.scenario else None,
        "seed": order.seed if order.scenario else None,
        "certificates": [certified(leak) for leak in bench.leak],
        "taints": [str(override) for override in bench.overrides],
        "microphones": [microphone.model_dump(mode="json") for microphone in bench.microphone],
    }


def certified(leak: Leak) -> dict[str, object]:
    """A certificate as run.json has it: all it says, the hash of its file, and its value in SI with u (k = 1)."""
    certificate = leak.certificate
    in_si = {"value_kg_s": certificate.value_kg_s, "u_kg_s": certificate.u_kg_s}
    return {"leak": leak.name, **in_si, **certificate.model_dump(mode="json")}
