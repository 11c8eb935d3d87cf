"""Whether methods that name a compartment name the right one."""

from collections.abc import Mapping

import pandas as pd

from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.confusion import Localisation, Located, localisation


def located(rows: pd.DataFrame) -> Localisation:
    """Of judged windows with an answer; rows carry the likeliest compartment alone. ValueError where there is none."""
    told = rows[rows["judged"] & (rows["located"] != "")]
    pairs = zip(told["truth_compartment"], told["located"], strict=True)
    return localisation([Located(str(truth), _surely(str(said))) for truth, said in pairs])


def _surely(said: str) -> Mapping[str, float]:
    return {said: 1.0}


def place_measures(rows: pd.DataFrame, of_what: Slice) -> list[Measure]:
    """None where the method never names a compartment."""
    try:
        found = located(rows)
    except ValueError:
        return []
    measure = Measure.known(Name.LOCATED_RIGHT, of_what, found.top_1, found.top_1_limits, found.runs)
    return [measure.counting(round(found.top_1 * found.runs))]
