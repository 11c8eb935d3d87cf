"""Whether the right channels are doubted."""

from collections.abc import Collection

from bench.validation.outcomes.mark import Mark, right_if


def named(doubted: Collection[str], faulty: Collection[str]) -> Mark:
    """The faulty channels and no others."""
    return Mark.WRONG if set(doubted) - set(faulty) else right_if(set(doubted) == set(faulty))


def honest(doubted: Collection[str], alone: Collection[str], channel: str) -> Mark:
    """Nobody is doubted where nobody can know, and it is said of that channel that it stands alone."""
    return right_if(not doubted and any(channel in note for note in alone), Mark.WRONG)
