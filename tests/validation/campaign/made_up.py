"""Rows of made-up methods on made-up runs: what they must be told for is known."""

import numpy as np
import pandas as pd

HOUR_S = 3600.0
SIZES_KG_S = (1e-9, 3e-9, 1e-8, 3e-8, 1e-7)
U_KG_S = 3e-9


def rows(answers, seeds=40, nulls=80, windows=4, generator=0):
    """answers: method -> function of (truth, noise) giving rate, u, alarm. The first window of a run has no leak."""
    rng = np.random.default_rng(generator)
    found = []
    for case, size_kg_s in enumerate((*np.repeat(SIZES_KG_S, seeds), *np.zeros(nulls))):
        for window in range(windows):
            truth_kg_s = size_kg_s if window else 0.0
            noise_kg_s = rng.normal(0.0, U_KG_S)
            for method, answer in answers.items():
                rate_kg_s, u_kg_s, alarm = answer(truth_kg_s, noise_kg_s)
                found.append(row(case, method, size_kg_s, window, truth_kg_s, (rate_kg_s, u_kg_s, alarm)))
    return pd.DataFrame(found)


def row(case, method, size_kg_s, window, truth_kg_s, answer):
    rate_kg_s, u_kg_s, alarm = answer
    return {
        "case": case,
        "scenario": "S01" if case % 2 else "S06",
        "seed": case,
        "leak": f"hole {size_kg_s:g} kg/s" if size_kg_s else "",
        "compartment": "working_compartment",
        "onset_s": HOUR_S if size_kg_s else np.nan,
        "method": method,
        "exposure_s": HOUR_S,
        "begin_s": window * HOUR_S,
        "end_s": (window + 1) * HOUR_S,
        "judged": window == 1,
        "null": truth_kg_s == 0.0,
        "truth_kg_s": truth_kg_s,
        "rate_kg_s": rate_kg_s,
        "u_kg_s": u_kg_s,
        "alarm": alarm,
        "alarm_s": (window + 1) * HOUR_S if alarm else np.nan,
        "located": "",
        "truth_compartment": "working_compartment" if truth_kg_s else "none",
        "limit_truth_s": np.nan,
        "limit05_s": np.nan,
        "limit50_s": np.nan,
        "limit95_s": np.nan,
        "refused": "",
    }


def costs(found):
    return found[["case", "method", "exposure_s"]].assign(rig_s=0.05, method_s=0.01)


def honest(truth_kg_s, noise_kg_s):
    rate_kg_s = truth_kg_s + noise_kg_s
    return rate_kg_s, U_KG_S, rate_kg_s > 3.0 * U_KG_S


def boastful(truth_kg_s, noise_kg_s):
    """Right on average, and three times surer than it may be."""
    rate_kg_s = truth_kg_s + noise_kg_s
    return rate_kg_s, U_KG_S / 3.0, rate_kg_s > U_KG_S


def silent(*_):
    return 0.0, U_KG_S, False


def shouting(*_):
    return 1e-6, U_KG_S, True


def copying(truth_kg_s, _):
    """Knows the truth."""
    return truth_kg_s, U_KG_S, truth_kg_s > 0.0
