"""Facts about probabilities of leaks and seals."""

import numpy as np
import pytest
from claims import consistent
from scipy.integrate import dblquad, quad

from bench.detection.isolation.evidence import MOST_AT_WORK, Information, posterior
from bench.detection.isolation.integral import Integral
from bench.detection.isolation.prior import Prior

FIRST, SECOND = Prior(0.25, 0.01, 1.0), Prior(0.1, 0.02, 1.2)


def pareto(prior):
    return lambda x: 1.0 / (x * x * (1.0 / prior.least - 1.0 / prior.most))


def test_evidence_of_one_leak_is_the_integral_over_its_prior():
    for precision, pull in ((0.0, 0.0), (4.0, 3.0), (2500.0, 1000.0), (900.0, -400.0)):
        found, mean, product = Integral.over(np.array([[precision]]), np.array([pull]), [FIRST]).value()

        def density(x, precision=precision, pull=pull):
            return np.exp(pull * x - 0.5 * precision * x * x) * pareto(FIRST)(x)

        limits, near = (FIRST.least, FIRST.most), {"points": [0.02, 0.4], "limit": 200}
        total = quad(density, *limits, **near)[0]
        assert found == pytest.approx(np.log(total), abs=1e-3)
        assert mean[0] == pytest.approx(quad(lambda x: x * density(x), *limits, **near)[0] / total, rel=1e-3)
        assert product[0, 0] == pytest.approx(quad(lambda x: x * x * density(x), *limits, **near)[0] / total, rel=1e-3)


@pytest.mark.parametrize("between", [0.0, 90.0, -60.0])
def test_evidence_of_two_that_hang_together_is_the_double_integral(between):
    precision, pull = np.array([[100.0, between], [between, 100.0]]), np.array([60.0, 20.0])

    def density(y, x):
        q = np.array([x, y])
        return np.exp(pull @ q - 0.5 * q @ precision @ q) * pareto(FIRST)(x) * pareto(SECOND)(y)

    total = dblquad(density, FIRST.least, FIRST.most, SECOND.least, SECOND.most, epsrel=1e-5)[0]
    found, _, product = Integral.over(precision, pull, [FIRST, SECOND]).value()
    assert found == pytest.approx(np.log(total), abs=3e-3)
    moment = dblquad(lambda y, x: x * y * density(y, x), 0.01, 1.0, 0.02, 1.2, epsrel=1e-5)[0] / total
    assert product[0, 1] == pytest.approx(moment, rel=5e-3)


def test_no_evidence_exceeds_the_bound_by_which_hopeless_sets_are_left_out():
    rng = np.random.default_rng(5)
    for _ in range(200):
        sights = rng.normal(size=(3, 3)) * 10.0 ** rng.uniform(0.0, 3.0, 3)
        precision = sights @ sights.T
        pull = precision @ rng.uniform(-0.5, 1.0, 3) + sights @ rng.normal(size=3)
        integral = Integral.over(precision, pull, [FIRST, SECOND, FIRST])
        assert integral.value()[0] <= integral.log_bound


def test_without_data_the_prior_stays():
    found = posterior(Information(np.zeros((3, 3)), np.zeros(3), 0.0, 0), [FIRST, FIRST, SECOND])
    assert len(found.sets) == 8
    assert MOST_AT_WORK == 3
    assert found.chance(0) == pytest.approx(0.25)
    assert found.chance(2) == pytest.approx(0.1)
    assert found.probability[0] == pytest.approx(0.75**2 * 0.9)


def test_what_it_calls_so_probable_is_so_that_often():
    """200 cabins drawn from the prior, seen through correlated noise."""
    rng = np.random.default_rng(11)
    priors = [Prior(0.25, 0.01, 1.0)] * 3 + [Prior(0.1, 0.01, 1.0)]
    sights = rng.normal(size=(4, 4)) * np.array([300.0, 120.0, 60.0, 20.0])[:, None]
    precision = sights.T @ sights
    root = np.linalg.cholesky(precision)
    said, so = [], []
    for _ in range(200):
        work = np.array([rng.random() < prior.chance for prior in priors])
        values = np.where(work, 1.0 / rng.uniform(1.0, 100.0, 4), 0.0)
        found = posterior(Information(precision, precision @ values + root @ rng.normal(size=4), 0.0, 0), priors)
        said += [found.chance(k) for k in range(4)]
        so += list(work)
    said, so = np.array(said), np.array(so)
    for low, high in ((0.0, 0.05), (0.05, 0.3), (0.3, 0.8), (0.8, 1.01)):
        among = (said >= low) & (said < high)
        assert among.sum() > 15
        assert consistent(so[among].sum(), int(among.sum()), said[among].mean())


def test_noise_that_is_larger_than_declared_is_seen():
    quiet = Information(np.eye(2) * 4.0, np.array([2.0, 0.0]), 101.0, 102)
    assert quiet.misfit == 1.0
    loud = Information(np.eye(2) * 4.0, np.array([2.0, 0.0]), 401.0, 102)
    assert loud.misfit == pytest.approx(4.0)
    assert loud.with_noise(4.0).precision == pytest.approx(np.eye(2))
