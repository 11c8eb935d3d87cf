"""From a run folder to one page that stands alone: no request leaves it, and the same folder gives the same page."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.disk import write_atomically
from bench.records import Event
from bench.review.comparison import comparisons
from bench.review.evidence import Evidence, gather
from bench.review.page import template

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT = "report.html"
TEMPLATE = "report.html.j2"
# sign and colour of each outcome: told apart without colour by the sign and the word (Okabe and Ito 2008, darkened)
BANNERS = {
    "PASS": ("✔", "#00664b"),
    "FAIL": ("✘", "#a63f00"),
    "INCONCLUSIVE": ("?", "#7a5c00"),
    "ERROR": ("!", "#7b2d62"),
    "ABORTED": ("■", "#4a4a4a"),
    "INTERRUPTED": ("⚡", "#4a4a4a"),
}
INTERRUPTED_REASON = "The run never stated an outcome: its process died, or it is still at work."


def write_report(folder: Path) -> Path:
    """Write folder/report.html. Raises only when there is no readable run.json; any other gap is told on the page."""
    path = folder / REPORT
    write_atomically(path, render(gather(folder)).encode())
    return path


def render(evidence: Evidence) -> str:
    """Heavy libraries are loaded here, so that importing this module costs nothing."""
    from bench.review import tables, truths

    return template(TEMPLATE).render(
        **_words(evidence),
        headline=tables.headline(evidence),
        provenance=tables.origins(evidence),
        known=truths.known_truths(evidence),
        plots=_plots(evidence),
    )


def _plots(evidence: Evidence) -> Mapping[str, str | None]:
    """SVG elements by name; None where there is nothing to draw."""
    from bench.review import accuracy, positions, pressures, sound, style, temperatures

    drawings: Mapping[str, Callable[[Evidence], Figure | None]] = {
        "accuracy": accuracy.estimates_against_truth,
        "pressures": pressures.compartments,
        "temperatures": temperatures.temperatures,
        "chamber": pressures.chamber,
        "positions": positions.positions,
        "sound": sound.spectra,
    }
    return {name: style.svg(partial(draw, evidence), name) for name, draw in drawings.items()}


def _words(evidence: Evidence) -> Mapping[str, object]:
    from bench.review import positions

    outcome, run = evidence.outcome, evidence.run
    sign, colour = BANNERS.get(outcome, ("?", "#4a4a4a"))
    return {
        "run_name": f"{evidence.folder.parent.name}/{evidence.folder.name}",
        "outcome": outcome,
        "sign": sign,
        "colour": colour,
        "reason": run.get("reason") or (INTERRUPTED_REASON if outcome == "INTERRUPTED" else "No reason was recorded."),
        "simulated": run.get("simulated"),
        "facts": _facts(evidence),
        "summary": _summary(evidence),
        "missing": evidence.missing,
        "taints": run.get("taints") or (),
        "idle": positions.idle(evidence),
        "alarms": [_alarm(event) for event in positions.alarms(evidence)],
    }


def _facts(evidence: Evidence) -> Mapping[str, str]:
    run, (begin_s, end_s) = evidence.run, evidence.span_s
    facts = {
        "Procedure": run.get("procedure"),
        "Bench": (run.get("bench") or {}).get("name"),
        "Started": str(run["started_utc"])[:19].replace("T", " ") + " UTC" if run.get("started_utc") else None,
        "Duration": f"{(end_s - begin_s) / 3600.0:.2f} h",
        "Scans": f"{evidence.series.time_s.size:,} of {len(evidence.channels)} channels",
        "Operator": run.get("operator"),
    }
    return {name: str(value) for name, value in facts.items() if value}


def _summary(evidence: Evidence) -> str:
    judged = [row for row in comparisons(evidence) if row.method is not None and row.method == evidence.judged]
    compared = [row for row in judged if row.covers is not None]
    if not compared:
        return "No method was judged against the truth."
    worst = max(compared, key=lambda row: abs(row.normalised_error))
    covered = sum(bool(row.covers) for row in compared)
    return (
        f"{evidence.judged}: the 95 % interval covers the truth for {covered} of {len(compared)} leaks; "
        f"largest normalised error {worst.normalised_error:+.2f} at {worst.leak}."
    )


def _alarm(event: Event) -> tuple[str, str, str]:
    detail = ", ".join(f"{key}: {value}" for key, value in event.detail.items())
    return f"{event.time_s / 3600.0:.4f}", event.kind.replace("_", " "), detail
