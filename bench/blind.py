"""Blind tests: what is hidden is committed to before the run by a hash, and told after the estimates were recorded.

The commitment is SHA-256 of a nonce and of what is hidden as canonical JSON; without the nonce, whoever knows the few
scenarios there are could try them all.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.dataset import ESTIMATES, Dataset
from bench.records import Event, EventKind

ALGORITHM = "sha256(nonce + canonical JSON of hidden), UTF-8, keys sorted, no spaces"
NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Commitment:
    """hidden: as JSON has it. nonce: hexadecimal."""

    hidden: Mapping[str, Any]
    nonce: str

    @property
    def sha256(self) -> str:
        return digest(self.hidden, self.nonce)

    @property
    def stated(self) -> dict[str, object]:
        """What run.json says before."""
        return {"commitment": self.sha256, "algorithm": ALGORITHM}

    @property
    def revealed(self) -> dict[str, object]:
        """What it says after."""
        return {**self.stated, "nonce": self.nonce, "hidden": self.hidden}


def commit(hidden: Mapping[str, object]) -> Commitment:
    """With a nonce nobody can guess. Raises ValueError or TypeError for what JSON has no word for."""
    return Commitment(json.loads(_canonical(hidden)), secrets.token_hex(NONCE_BYTES))


def digest(hidden: Mapping[str, object], nonce: str) -> str:
    return hashlib.sha256(f"{nonce}{_canonical(hidden)}".encode()).hexdigest()


def _canonical(hidden: Mapping[str, object]) -> str:
    return json.dumps(hidden, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def blind_problems(folder: Path) -> tuple[str, ...]:
    """Why a run that claims to have been blind was not; empty for one that was, and for one that does not claim it."""
    dataset = Dataset(folder)
    stated = dataset.run.get("blind")
    if not stated:
        return ()
    return tuple(f"blind: {problem}" for problem in _problems(folder, dataset, stated))


def _problems(folder: Path, dataset: Dataset, stated: Mapping[str, Any]) -> Iterator[str]:
    if "nonce" not in stated:
        yield "what was hidden was never revealed"
        return
    if digest(stated["hidden"], stated["nonce"]) != stated["commitment"]:
        yield "what was revealed is not what was committed to"
    yield from _order(folder, dataset.events(), stated["commitment"])
    yield from _contradictions(dataset.run, stated["hidden"])


def _order(folder: Path, events: Sequence[Event], commitment: str) -> Iterator[str]:
    """Committed before anything was moved, estimates recorded, then revealed."""
    kinds = [event.kind for event in events]
    moved = [place for place, kind in enumerate(kinds) if kind == EventKind.COMMAND_CONFIRMED]
    committed = _first(events, EventKind.TRUTH_COMMITTED)
    estimated = _first(events, EventKind.ESTIMATES_RECORDED)
    revealed = _first(events, EventKind.TRUTH_REVEALED)
    if committed is None or events[committed].detail.get("sha256") != commitment:
        yield "the events have no such commitment"
    elif moved and moved[0] < committed:
        yield "committed to only after something had moved"
    if estimated is None or revealed is None or revealed < estimated:
        yield "no estimates were recorded before the truth was revealed"
    elif events[estimated].detail.get("sha256") != hashlib.sha256((folder / ESTIMATES).read_bytes()).hexdigest():
        yield f"{ESTIMATES} is not what was recorded before the truth was revealed"


def _first(events: Sequence[Event], kind: EventKind) -> int | None:
    return next((place for place, event in enumerate(events) if event.kind == kind), None)


def _contradictions(run: Mapping[str, Any], hidden: Mapping[str, Any]) -> Iterator[str]:
    """What the run says now must be what was hidden then."""
    said = {
        "scenario": (run.get("scenario") or {}).get("name"),
        "seed": run.get("seed"),
        "leaks": (run.get("plan") or {}).get("leaks"),
    }
    meant = {
        "scenario": (hidden.get("scenario") or {}).get("name"),
        "seed": hidden.get("seed"),
        "leaks": hidden.get("leaks"),
    }
    yield from (f"{key} in run.json is not what was hidden" for key in said if said[key] != meant[key])
