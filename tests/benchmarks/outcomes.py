"""Scenarios by their stated outcomes: runs, right, wrong, undecided, and how far rates are off (issue 7).

    python tests/benchmarks/outcomes.py --runs 50 --only S07 S08

The questions, and who judges them, are those of `leakbench campaign full` (procedures.questions, direct face).
"""

import argparse
import os
import platform
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.validation.outcomes.mark import Mark
from procedures.questions.every import questions
from procedures.questions.question import Question

HEAD = (
    f"{'scenario':22}{'runs':>5}{'right':>8}{'wrong':>8}{'undecided':>11}{'mean error':>12}{'rms':>9}{'u (kg/s)':>10}"
)


def tabulate(asked: Iterable[Question], seeds: range) -> None:
    """A row a question, as soon as it is known; what was said where it was wrong below it."""
    benches, today = {}, datetime.now(UTC).date()
    print(f"seeds {seeds.start} to {seeds.stop - 1}; {platform.machine()}, {os.cpu_count()} cores")
    print(f"{HEAD}  right means", flush=True)
    for question in asked:
        begun, bench = time.perf_counter(), benches.get(question.bench)
        if bench is None:
            bench = benches[question.bench] = load_bench(find_bench(question.bench), today)
        answers = [question.ask(bench, question.scenario, seed) for seed in seeds]
        marks = Counter(answer.mark for answer in answers)
        counts = f"{marks[Mark.RIGHT]:8}{marks[Mark.WRONG]:8}{marks[Mark.UNDECIDED]:11}"
        print(f"{question.name:22}{len(seeds):5}{counts}{_errors(answers)}  {question.right}", end=" ")
        print(f"({question.bench}, {question.method}; {time.perf_counter() - begun:.0f} s)", flush=True)
        for said, count in Counter(answer.said for answer in answers if answer.mark is Mark.WRONG).most_common(3):
            print(f"    wrong: {said}: {count}", flush=True)


def _errors(answers) -> str:
    rates = np.array([(a.rate_kg_s - a.truth_kg_s, a.u_kg_s) for a in answers])
    if not np.isfinite(rates).all():
        return f"{'':31}"
    errors, us = rates.T
    return f"{errors.mean():12.1e}{np.sqrt(np.mean(errors**2)):9.1e}{np.sqrt(np.mean(us**2)):10.1e}"


def parser(description: str, first: int) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--runs", type=int, default=50)
    found.add_argument("--first", type=int, default=first)
    found.add_argument("--only", nargs="*", default=[""], help="questions whose names begin so")
    return found


def main() -> None:
    options = parser(__doc__, 1001).parse_args()
    wanted = [each for each in questions().values() if each.name.startswith(tuple(options.only))]
    tabulate(wanted, range(options.first, options.first + options.runs))


if __name__ == "__main__":
    main()
