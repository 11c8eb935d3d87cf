"""Detection against false alarms of a campaign's judged windows, whatever the threshold of rate / u."""

import numpy as np
import pandas as pd

from bench.records import Floats
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.roc import roc_area


def statistics(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Rate / u of judged windows with a leak and of those without in the same scenarios. No answer is no alarm."""
    judged = rows[rows["judged"]]
    with_leak = judged[~judged["null"] & (judged["truth_kg_s"] > 0.0)]
    without = judged[judged["null"] & judged["scenario"].isin(with_leak["scenario"].unique())]
    return _statistic(with_leak), _statistic(without)


def _statistic(rows: pd.DataFrame) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = rows["rate_kg_s"].to_numpy(float) / rows["u_kg_s"].to_numpy(float)
    return np.where(np.isnan(ratio), -np.inf, ratio)


def roc_measure(rows: pd.DataFrame, of_what: Slice) -> Measure:
    leak, null = statistics(rows)
    try:
        found = roc_area(leak, null)
    except ValueError as error:
        return Measure.unknown(Name.ROC_AREA, of_what, leak.size, str(error))
    measure = Measure.known(Name.ROC_AREA, of_what, found.area, found.limits, leak.size)
    return measure.remarking(f"{found.rule}; against {null.size} windows without a leak")
