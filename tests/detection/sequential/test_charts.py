"""Facts about monitors on made-up air."""

import numpy as np
import pytest
from detection.sequential.air import DAY_S, GAS_KG, HOUR_S, RIG, air

from bench.detection.method import CannotEstimateError
from bench.detection.sequential.monitors import monitors
from bench.records import Series
from bench.rig import WHOLE

ALL = {monitor.name: monitor for monitor in monitors()}
LEAK = {"loss_1_s": 6e-3 / DAY_S, "onset_s": 3.2 * DAY_S}
NIGHT = {"night_s": 2.25 * DAY_S, "seen": 0.7}


def answers(name, series, background=None):
    return ALL[name].start(RIG, background).update(series)


def first_alarm_s(name, series, background=None):
    return next((a.time_s for a in answers(name, series, background) if a.alarm), None)


@pytest.mark.parametrize("name", ALL)
def test_a_large_leak_is_found_after_it_began(name):
    alarm_s = first_alarm_s(name, air(3, 4.5, loss_1_s=0.02 / DAY_S, onset_s=3.2 * DAY_S, noise=0.5))
    assert alarm_s is not None
    assert alarm_s > 3.2 * DAY_S


@pytest.mark.parametrize("name", ALL)
def test_the_pieces_change_nothing_and_later_scans_change_nothing(name):
    whole = air(4, 1.5, loss_1_s=0.02 / DAY_S, onset_s=DAY_S)
    wanted = answers(name, whole)
    watch = ALL[name].start(RIG)
    found = [answer for begin_s in np.arange(0.0, 1.5 * DAY_S, 1700.0) for answer in watch.update(
        whole.between(begin_s, begin_s + 1700.0))]  # fmt: skip
    assert len(found) == len(wanted)
    early = answers(name, whole.between(0.0, 1.2 * DAY_S))
    for one, other in [*zip(found, wanted, strict=True), *zip(early, wanted[: len(early)], strict=True)]:
        assert (one.time_s, one.alarm) == (other.time_s, other.alarm)
        assert (one.rate_kg_s, one.u_kg_s) == pytest.approx((other.rate_kg_s, other.u_kg_s), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", ["shewhart", "glr", "shiryaev_roberts", "kalman_glr"])
def test_a_gauge_that_is_lost_is_no_leak(name):
    """Its twin shows 40 Pa less: the mean would fall by a fifth of what 10 um lose in a day."""
    whole = air(5, 3.0, noise=0.3)
    columns = {key: values.copy() for key, values in whole.columns.items()}
    columns["p2"][200:] = np.nan
    columns["t1"][250:260] = np.nan
    columns["p1"][300:310] = columns["p2"][300:310] = np.nan
    kept = np.r_[0:350, 380 : whole.time_s.size]
    broken = Series(whole.time_s[kept], {key: values[kept] for key, values in columns.items()})
    found = answers(name, broken)
    assert len(found) == kept.size - 10 - 1
    assert not any(answer.alarm for answer in found)


def test_a_night_that_thermometers_see_in_part_wakes_nobody_but_a_leak_in_it_does():
    """Half the declared noise: what is asked is whether the night wakes anybody."""
    assert all(first_alarm_s("glr", air(seed, 4.0, **NIGHT)) is not None for seed in range(5))
    assert not any(first_alarm_s("kalman_glr", air(seed, 4.0, **NIGHT, noise=0.5)) is not None for seed in range(10))
    leaks = [air(seed, 4.25, **NIGHT, loss_1_s=2.2e-3 / DAY_S, onset_s=NIGHT["night_s"]) for seed in range(5)]
    assert all(first_alarm_s("kalman_glr", leak) is not None for leak in leaks)


def test_the_rate_stands_while_the_leak_goes_on():
    """Two days after the alarm no later onset has taken the place of the true one."""
    found = answers("kalman_glr", air(6, 6.5, **LEAK))[-1]
    assert found.alarm
    assert found.rate_kg_s == pytest.approx(6e-3 / DAY_S * GAS_KG, abs=3.0 * found.u_kg_s)
    assert found.onset_s == pytest.approx(LEAK["onset_s"], abs=3.0 * HOUR_S)


def test_a_background_tells_the_nominal_loss():
    nominal = 3e-3 / DAY_S
    background, watched = (air(seed, days, nominal_1_s=nominal) for seed, days in ((7, 2.0), (8, 2.0)))
    assert first_alarm_s("glr", watched) is not None
    assert first_alarm_s("glr", watched, background) is None


def test_a_background_noisier_than_declared_widens_the_uncertainty():
    watched = air(9, 1.5, noise=3.0)
    calm, noisy = (answers("glr", watched, air(10, 2.0, noise=noise))[-1] for noise in (1.0, 3.0))
    assert noisy.u_kg_s > 2.0 * calm.u_kg_s


def test_a_background_too_short_is_refused():
    with pytest.raises(CannotEstimateError, match="36 needed"):
        ALL["glr"].start(RIG, air(0, 0.2))


def test_pressure_rate_is_the_fall_of_pressure():
    """3 %: a leak takes a fraction, and after two days there is less to take it from."""
    found = answers("pressure_rate_24h", air(0, 2.5, loss_1_s=0.01 / DAY_S, noise=0.0))[-1]
    assert found.rate_kg_s == pytest.approx(0.01 / DAY_S * GAS_KG, rel=0.03)
    assert found.window == WHOLE
