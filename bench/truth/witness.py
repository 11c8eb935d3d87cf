"""Independent witnesses of a leak's flow, and what becomes of a truth that they contradict.

The flow meter in line with the leak, and the rate at which the chamber's pressure rises with its pumps valved off.
Neither uses the certificate, nor anything that methods are given. Of a programmable leak the certificate is that of the
very controller that meters it: the chamber alone is a witness then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from bench.certificate import Certificate
from bench.config.certificates import calibrations_of
from bench.config.model import Bench
from bench.config.parts import Leak
from bench.records import Event, Series, Truth, Window
from bench.testimony import AGREEMENT, Witness
from bench.truth.flow_meter import metered
from bench.truth.leak_truth import certified_flow, leak_truth
from bench.truth.rate_of_rise import RISE, risen, rises
from bench.truth.recalibration import calibration_en, rise_en
from bench.uncertainty.gum import Budget

METER = "flow meter in line"
NAN = float("nan")


def vouched_truth(
    bench: Bench,
    leak: Leak,
    window: Window,
    series: Series,
    events: Sequence[Event],
    day: date,
    *,
    calibrations: Sequence[Certificate] = (),
) -> Truth:
    """leak_truth with what the witnesses say of it; void if one that is informative, or a check before and after the
    run, disagrees. calibrations: that are known beside those in the certificate's folder.
    """
    truth = leak_truth(bench, leak, window, series, events, day)
    testify = partial(_witness, bench, leak, series, day)
    meter = testify(METER, (window.begin_s, window.end_s), metered(bench, leak, window, series))
    held = [rise for rise in rises(events, leak.name) if rise.begin_s >= truth.onset_s and rise.end_s <= truth.end_s]
    found = [risen(bench, leak, rise, series, events) for rise in held]
    chamber = [testify(RISE, (rise.begin_s, rise.end_s), said) for rise, said in zip(held, found, strict=True)]
    witnesses = (meter, *(chamber or [_silent(RISE, "the pumps were not valved off")]))
    known = [*calibrations_of(leak.certificate), *(c for c in calibrations if c.serial == leak.certificate.serial)]
    reasons = [*_contradictions(witnesses), *_changed(found, chamber), *_recalibrated(leak, known, day)]
    void = "; ".join([*filter(None, [truth.void]), *reasons])
    return replace(truth, witnesses=witnesses, void=void or None)


def _witness(
    bench: Bench, leak: Leak, series: Series, day: date, name: str, interval_s: tuple[float, float], said: Budget | str
) -> Witness:
    """What was found, or why nothing was, beside the certificate's flow over the same interval."""
    certified = certified_flow(bench, leak, series.between(*interval_s), day)
    if isinstance(said, str):
        return _silent(name, said)
    if certified is None:
        return _silent(name, "no usable upstream reading")
    return Witness(name, said.value, said.u, certified.rate_kg_s, certified.u_kg_s)


def _silent(name: str, why: str) -> Witness:
    return Witness(name, NAN, NAN, NAN, NAN, why)


def _contradictions(witnesses: Sequence[Witness]) -> Iterator[str]:
    for witness in witnesses:
        if witness.informative and not abs(witness.deviation) <= AGREEMENT:
            yield witness.says


def _recalibrated(leak: Leak, known: Sequence[Certificate], day: date) -> Iterator[str]:
    en = calibration_en(leak.certificate, known, day)
    if en is not None and not abs(en) <= 1.0:
        yield f"its calibrations before and after the run differ: En {en:+.2f}"


def _changed(found: Sequence[Budget | str], chamber: Sequence[Witness]) -> Iterator[str]:
    """Whether the chamber saw another leak after the window than before, if it saw either well enough."""
    seen = [(said, witness.certified_kg_s) for said, witness in zip(found, chamber, strict=True) if witness.informative]
    if len(seen) > 1:
        (before, certified_before_kg_s), (after, certified_after_kg_s) = seen[0], seen[-1]
        if isinstance(before, Budget) and isinstance(after, Budget):
            en = rise_en(before, after, certified_before_kg_s, certified_after_kg_s)
            if not abs(en) <= 1.0:
                yield f"the chamber's rate of rise before and after differs: En {en:+.2f}"
