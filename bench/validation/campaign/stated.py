"""The table of stated outcomes: for each question how many runs were answered right, wrong, or neither."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.validation.outcomes.mark import Mark


@dataclass(frozen=True, slots=True)
class Stated:
    """right_is: what is right here. wrong_said: what was said where it was wrong, the commonest first."""

    name: str
    method: str
    right_is: str
    marks: Mapping[Mark, int]
    wrong_said: Sequence[str]

    @property
    def runs(self) -> int:
        return sum(self.marks.values())


def stated(rows: pd.DataFrame, right_is: Mapping[str, str]) -> list[Stated]:
    """rows: one per run, with question, method, mark and said. right_is: by question, in the order of the table."""
    return [_of(name, words, rows[rows["question"] == name]) for name, words in right_is.items()]


def _of(name: str, words: str, rows: pd.DataFrame) -> Stated:
    marks = {mark: int((rows["mark"] == mark).sum()) for mark in Mark}
    wrong = Counter(rows[rows["mark"] == Mark.WRONG]["said"]).most_common()
    method = ", ".join(sorted(set(rows["method"])))
    return Stated(name, method, words, marks, [said for said, _ in wrong])


def in_all(table: Sequence[Stated]) -> str:
    """One sentence."""
    counts = {mark: sum(each.marks[mark] for each in table) for mark in Mark}
    runs, faulty = sum(counts.values()), [each.name for each in table if each.marks[Mark.WRONG]]
    words = ", ".join(f"{count} {mark}" for mark, count in counts.items())
    return f"{len(table)} questions, {runs} runs: {words}{'; wrong in ' if faulty else ''}{', '.join(faulty)}"
