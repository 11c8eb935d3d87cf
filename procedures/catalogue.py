"""What can be run: procedures by entry point, shipped benches, shipped scenarios."""

import ast
import tomllib
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from bench.config.load import SHIPPED as BENCHES
from bench.errors import ConfigError
from bench.sim.scenario import SHIPPED as SCENARIOS
from procedures.ordered import Procedure

GROUP = "leakbench.procedures"


def find_procedure(name: str) -> Procedure:
    """The module behind an entry point; ConfigError with the names there are."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise ConfigError(f"{name}: no such procedure (there are: {', '.join(sorted(found))})")
    return cast("Procedure", found[name].load())


def describe() -> str:
    """Procedures, benches and scenarios, a line each."""
    procedures = {point.name: _first_line(point) for point in entry_points(group=GROUP)}
    benches = {path.stem: _comment(path) for path in sorted(BENCHES.glob("*.toml"))}
    scenarios = {path.stem: str(tomllib.loads(path.read_text())["why"]) for path in sorted(SCENARIOS.glob("*.toml"))}
    blocks = {"procedures": procedures, "benches": benches, "scenarios (--simulate)": scenarios}
    return "\n".join(_block(title, entries) for title, entries in blocks.items())


def _block(title: str, entries: dict[str, str]) -> str:
    return "\n".join([title, *(f"  {name:16} {text}" for name, text in sorted(entries.items()))])


def _first_line(point: EntryPoint) -> str:
    """First line of the module's docstring, read without importing it."""
    spec = find_spec(point.module)
    if spec is None or spec.origin is None:
        return "(cannot be imported)"
    docstring = ast.get_docstring(ast.parse(Path(spec.origin).read_text())) or ""
    return docstring.partition("\n")[0]


def _comment(path: Path) -> str:
    return path.read_text().partition("\n")[0].lstrip("# ")
