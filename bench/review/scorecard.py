"""From a campaign's scores to one page that stands alone: verdict first, then what it rests on."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.disk import write_atomically
from bench.review.card import Card
from bench.review.page import template
from bench.review.report import BANNERS
from bench.validation.campaign.stated import in_all

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = "scorecard.html.j2"


def write_scorecard(path: Path, card: Card) -> None:
    write_atomically(path, render(card).encode())


def render(card: Card) -> str:
    """Heavy libraries are loaded here, so that importing this module costs nothing."""
    from bench.review import scorecard_answers as answers
    from bench.review import scorecard_robustness as robustness
    from bench.review import scorecard_tables as tables
    from bench.review import scorecard_verdicts as verdicts

    sign, colour = BANNERS[card.verdict.outcome]
    return template(TEMPLATE).render(
        card=card,
        sign=sign,
        colour=colour,
        requirements=verdicts.requirements(card),
        standing=robustness.standing(card),
        summary=tables.summary(card),
        alarms=tables.false_alarms(card),
        roc_areas=tables.roc_areas(card),
        delays=tables.delays(card),
        versions=verdicts.versions(card),
        stated=verdicts.stated(card),
        stated_in_all=in_all(card.stated),
        places=answers.places(card),
        times_left=answers.times_left(card),
        timings=tables.timings(card),
        plots=_plots(card),
    )


def _plots(card: Card) -> Mapping[str, str | None]:
    from bench.review import scorecard_curves as curves
    from bench.review import scorecard_plots as plots
    from bench.review import scorecard_robustness as robustness
    from bench.review import scorecard_roc as roc
    from bench.review import style

    drawings: Mapping[str, Callable[[Card], Figure | None]] = {
        "headline": robustness.headline,
        "pod": curves.pod,
        "roc": roc.curves,
        "delays": curves.delays,
        "coverage": plots.coverage,
        "errors": plots.errors,
        "alarms": plots.false_alarms,
        "cost": plots.cost,
    }
    return {name: style.svg(partial(draw, card), name) for name, draw in drawings.items()}
