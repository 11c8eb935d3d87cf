"""Uncertainty budgets of a recorded run's leaks, as text."""

from collections.abc import Iterator
from pathlib import Path

from bench.config.model import Bench
from bench.dataset import Dataset
from bench.errors import ConfigError
from bench.records import Truth, Window
from bench.truth.leak_truth import certified_flow
from bench.truth.witness import vouched_truth
from bench.uncertainty.gum import as_text
from procedures.recorded_bench import recorded_bench
from procedures.reevaluate import day_of, windows_of

INSTANT_S = 10.0
"""Readings of so long around an instant are taken together, for a reading missed not to leave it unknown."""


def budgets(folder: Path, leak: str | None, at_s: float | None) -> Iterator[str]:
    """A table per window, or per leak at the instant. Raises ConfigError for a leak nobody knows."""
    dataset = Dataset(folder)
    bench = recorded_bench(dataset)
    windows = [window for window in windows_of(dataset) if leak in (None, window.name)]
    if not windows:
        raise ConfigError(f"{folder}: no window of {leak or 'any leak'}")
    for window in windows:
        yield _over(bench, dataset, window) if at_s is None else _instant(bench, dataset, window.name, at_s)


def _over(bench: Bench, dataset: Dataset, window: Window) -> str:
    known = (bench, bench.named_leak(window.name), window, dataset.series(), dataset.events(), day_of(dataset))
    found = vouched_truth(*known)
    return told(found, f"{window.begin_s:g} to {window.end_s:g} s")


def _instant(bench: Bench, dataset: Dataset, name: str, at_s: float) -> str:
    """Of the flow that the leak has, or would have if it were open."""
    around = dataset.series().between(at_s - INSTANT_S / 2.0, at_s + INSTANT_S / 2.0)
    found = certified_flow(bench, bench.named_leak(name), around, day_of(dataset))
    if found is None:
        raise ConfigError(f"{dataset.folder}: no usable upstream reading of {name} at {at_s:g} s")
    return f"{name} at {at_s:g} s\n{as_text(found.statement)}"


def told(truth: Truth, when: str) -> str:
    """Budget, Monte-Carlo check, witnesses, and why it is void or tainted, if it is."""
    lines = [f"{truth.leak} in {truth.compartment}, {when}"]
    if truth.statement is not None:
        lines.append(as_text(truth.statement))
    if truth.check is not None:
        agrees = f"{'agrees' if truth.check.valid else 'DISAGREES'} to {truth.check.digits} digits of u"
        ends = f"ends of the interval differ by {truth.check.low_difference:.1e} and {truth.check.high_difference:.1e}"
        lines.append(
            f"Monte Carlo, {truth.check.trials} trials: {agrees}: {ends} kg/s (tolerance {truth.check.tolerance:.1e})"
        )
    lines += [witness.says for witness in truth.witnesses]
    lines += [f"VOID: {truth.void}"] if truth.void else []
    lines += [f"TAINTED: {truth.tainted}"] if truth.tainted else []
    return "\n".join(lines)
