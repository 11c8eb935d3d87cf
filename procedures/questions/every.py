"""All questions by name: one or more for each scenario of science 6."""

from collections.abc import Mapping
from functools import cache
from itertools import chain

from procedures.questions import gas, patches, places, procedure, run_down, sensors, sound, watching
from procedures.questions.question import Question

GROUPS = (watching, gas, places, patches, sound, sensors, run_down, procedure)


@cache
def questions() -> Mapping[str, Question]:
    """In the order of scenarios."""
    every = chain.from_iterable(group.questions() for group in GROUPS)
    return {question.name: question for question in sorted(every, key=lambda question: question.name)}
