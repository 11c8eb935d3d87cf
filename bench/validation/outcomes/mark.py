"""The three things that can be said of an answer once the stated outcome of its scenario is known."""

from enum import StrEnum


class Mark(StrEnum):
    """UNDECIDED: neither what was so, nor anything that was not."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDED = "undecided"


def right_if(condition: bool, otherwise: Mark = Mark.UNDECIDED) -> Mark:  # noqa: FBT001 - what is asked
    return Mark.RIGHT if condition else otherwise
