"""What a run came to, for a program (--json) and for a person."""

import io
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.testimony import recalled
from procedures.session import Session

SEPARATE_TIMINGS = ("startup", "compile", "scans", "report")


def summary(session: Session) -> dict[str, Any]:
    """The object that --json prints."""
    folder = session.recorder.folder if session.recorder else None
    return {
        "run": str(folder) if folder else None,
        "verdict": str(session.verdict.outcome) if session.verdict else "ERROR",
        "reason": session.verdict.reason if session.verdict else None,
        "simulated": session.order.simulated,
        "bench_seconds": session.bench_s,
        "wall_seconds": session.wall_s,
        "wall_seconds_by_part": {key: round(session.timings_s.get(key, 0.0), 3) for key in SEPARATE_TIMINGS},
        "taints": session.taints,
        "scans": session.recorder.scans if session.recorder else 0,
        "leaks": _leaks(folder) if folder else [],
    }


def as_text(found: dict[str, Any], session: Session) -> str:
    """A table of the leaks, the verdict, where to look next."""
    console = Console(file=io.StringIO(), width=120)
    if found["leaks"]:
        console.print(_table(found["leaks"], str(getattr(session.order.plan, "method", ""))))
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found["wall_seconds_by_part"].items())
    console.print(
        f"{found['bench_seconds'] / 3600.0:.2f} h of bench time, {found['scans']} scans, "
        f"{found['wall_seconds']:.1f} s of wall time ({parts}; compiling runs beside the start-up)"
    )
    if found["run"]:
        console.print(f"report: {found['run']}/report.html", soft_wrap=True)
    for taint in found["taints"]:
        console.print(f"TAINTED: {taint}", soft_wrap=True)
    console.print(f"{found['verdict']}: {found['reason']}", soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().rstrip()


def _table(leaks: list[dict[str, Any]], under_test: str) -> Table:
    table = Table("leak", "truth, kg/s", "method", "estimate, kg/s", "95 % interval", "covers truth")
    for leak in leaks:
        for estimate in leak["estimates"]:
            rate, half = estimate["rate_kg_s"], 1.96 * estimate["u_kg_s"]
            table.add_row(
                leak["name"],
                f"{leak['truth_kg_s']:.3e} ± {leak['truth_u_kg_s']:.1e}",
                estimate["method"] + (" *" if estimate["method"] == under_test else ""),
                f"{rate:.3e}",
                f"{rate - half:.3e} .. {rate + half:.3e}",
                "yes" if estimate["covers_truth"] else "NO",
            )
    table.caption = "* the method under test; the verdict is its alone"
    return table


def _leaks(folder: Path) -> list[dict[str, Any]]:
    """Truth joined with every method's score, as the run folder has them; empty for a run that was not scored."""
    if not (folder / "scores.json").exists():
        return []
    truths = json.loads((folder / "truth.json").read_text())["leaks"]
    scores = json.loads((folder / "scores.json").read_text())["scores"]
    return [
        {
            "name": truth["leak"],
            "compartment": truth["compartment"],
            "truth_kg_s": truth["rate_kg_s"],
            "truth_u_kg_s": truth["u_kg_s"],
            "void": truth["void"],
            "witnesses": [recalled(witness).says for witness in truth["witnesses"]],
            "estimates": [
                {key: s[key] for key in ("method", "rate_kg_s", "u_kg_s", "covers_truth")}
                for s in scores
                if s["leak"] == truth["leak"]
            ],
        }
        for truth in truths
    ]
