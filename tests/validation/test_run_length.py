import numpy as np
import pytest
from claims import consistent
from scipy.optimize import brentq
from scipy.special import ndtr

from bench.validation.run_length import (
    cusum,
    cusum_arl,
    cusum_limit,
    ewma,
    ewma_one_sided,
    shiryaev_roberts,
    shiryaev_roberts_arl0,
    siegmund_arl,
    steady_state_delay,
)

MEANS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5)


def printed(value, text):
    """Whether value is text to its last digit; 0.55 of it, since some tables rounded what they had rounded (1.3253)."""
    decimals = len(text.partition(".")[2])
    return abs(value - float(text)) <= 0.55 * 10.0**-decimals


def test_brook_and_evans():
    """Biometrika 59 (1972) 539, k 0.5, h 3: 117.59 by a Markov chain; the integral equation gives 117.596."""
    assert f"{cusum_arl(0.5, 3.0, 0.0):.3f}" == "117.596"
    assert cusum_arl(0.5, 3.0, 0.0) == pytest.approx(117.59, abs=0.01)
    assert printed(cusum_arl(0.5, 3.0, 1.5), "3.75")


LUCAS_CROSIER = ["168.", "74.2", "26.6", "13.3", "8.38", "4.75", "3.34", "2.62", "2.19", "1.71", "1.31"]
LUCAS_CROSIER_FIR = ["149.", "62.7", "20.1", "8.97", "5.29", "2.86", "2.01", "1.59", "1.32", "1.07", "1.01"]


@pytest.mark.parametrize(("head_start", "row"), [(0.0, LUCAS_CROSIER), (2.0, LUCAS_CROSIER_FIR)])
def test_lucas_and_crosier_two_sided_with_and_without_fast_initial_response(head_start, row):
    """Technometrics 24 (1982) 199, table 1, k 0.5, h 4."""
    for mean, text in zip(MEANS, row, strict=True):
        assert printed(cusum_arl(0.5, 4.0, mean, head_start=head_start, two_sided=True), text)


@pytest.mark.parametrize(("mean", "text"), [(-0.5, "1963."), (0.5, "17.35")])
def test_waldmann_one_sided(mean, text):
    """Technometrics 28 (1986) 61, k 0.5, h 3; he prints 117.4 at mean 0, where ours is Brook and Evans's 117.59."""
    assert printed(cusum_arl(0.5, 3.0, mean), text)
    assert cusum_arl(0.5, 3.0, 0.0) == pytest.approx(117.4, rel=2e-3)
    assert cusum_arl(0.6, 3.0, -0.2, two_sided=True) == pytest.approx(65.4, abs=0.1)


def test_vance_and_goel_and_wu():
    """J. Quality Technology 18 (1986) 189, table 1, k 0, h 10."""
    published = {
        -0.125: "400.28",
        0.0: "124.66",
        0.125: "59.30",
        0.25: "36.71",
        0.5: "20.37",
        0.75: "14.06",
        1.0: "10.75",
    }
    for mean, text in published.items():
        assert printed(cusum_arl(0.0, 10.0, mean), text)
    # printed 2071.51 with the quadrature of 1986
    assert cusum_arl(0.0, 10.0, -0.25) == pytest.approx(2071.51, rel=5e-5)


def test_sas_qc_manual_to_eight_digits():
    """K 0.25, h 8, mean 2.5; and EWMA, weight 0.25, width 3, mean 1. Their quadratures agree with ours to 1e-8."""
    assert cusum_arl(0.25, 8.0, 2.5) == pytest.approx(4.1500836225, rel=5e-8)
    assert cusum_arl(0.25, 8.0, 2.5, head_start=0.1) == pytest.approx(4.1061588131, rel=1e-8)
    assert cusum_arl(0.25, 8.0, 2.5, two_sided=True) == pytest.approx(4.1500826715, rel=5e-7)
    assert ewma(0.25, 3.0, 1.0).arl() == pytest.approx(11.154267016, abs=5e-10)


def test_siegmunds_approximation():
    assert f"{siegmund_arl(0.5, 5.0, 0.0):.1f}" == "938.2"
    assert f"{cusum_arl(0.5, 5.0, 0.0):.2f}" == "930.89"
    assert f"{siegmund_arl(0.5, 5.0, 1.0):.2f}" == "10.34"
    assert f"{cusum_arl(0.5, 5.0, 1.0):.3f}" == "10.376"
    assert siegmund_arl(0.5, 5.0, 0.5) == pytest.approx(siegmund_arl(0.5, 5.0, 0.5 + 1e-4), rel=1e-3)


CROWDER = {
    0.5: [
        "26.45",
        "20.12",
        "11.89",
        "7.29",
        "4.91",
        "3.59",
        "2.80",
        "2.29",
        "1.94",
        "1.70",
        "1.51",
        "1.37",
        "1.26",
        "1.18",
        "1.12",
        "1.08",
        "1.05",
    ],
    0.05: [
        "127.53",
        "43.94",
        "18.97",
        "11.64",
        "8.38",
        "6.56",
        "5.41",
        "4.62",
        "4.04",
        "3.61",
        "3.26",
        "2.99",
        "2.76",
        "2.56",
        "2.39",
        "2.26",
        "2.15",
    ],
}
"""Mean 1.25 with weight 0.5 is printed as 3.95, which stands between 4.91 and 2.80 on no curve: 3.59."""


@pytest.mark.parametrize("weight", [0.5, 0.05])
def test_crowder_ewma(weight):
    """Technometrics 29 (1987) 401, table 1, width 2."""
    for mean, text in zip(np.arange(17) / 4.0, CROWDER[weight], strict=True):
        assert ewma(weight, 2.0, mean).arl() == pytest.approx(float(text), abs=0.0061)


@pytest.mark.parametrize(
    ("weight", "width", "row"),
    [
        (0.5, 3.071, "500. 255. 88.8 35.9 17.5 6.53 3.63 2.50 1.93 1.34 1.07"),
        (0.03, 2.437, "500. 76.7 29.3 17.6 12.6 8.07 5.99 4.80 4.03 3.11 2.55"),
    ],
)
def test_lucas_and_saccucci_ewma(weight, width, row):
    """Technometrics 32 (1990) 1, table 3."""
    for mean, text in zip(MEANS, row.split(), strict=True):
        assert printed(ewma(weight, width, mean).arl(), text)


def test_waldmann_ewma():
    """Appl. Statist. 35 (1986) 151, tables 1 and 2: limits of 2 standard deviations of a value."""
    width = {weight: 2.0 * np.sqrt((2.0 - weight) / weight) for weight in (0.75, 0.5)}
    assert printed(ewma(0.75, width[0.75], 0.0).arl(), "104.0")
    assert printed(ewma(0.5, width[0.5], 0.0).arl(), "1952.")
    assert printed(ewma_one_sided(0.75, width[0.75], 0.0, floor=-2.0 * width[0.75]).arl(), "209.3")
    # printed 3907.5, the middle of his bounds; 40 to 320 nodes give 3906.05
    assert ewma_one_sided(0.5, width[0.5], 0.0, floor=-2.0 * width[0.5]).arl() == pytest.approx(3907.5, rel=5e-4)


def test_an_ewma_that_forgets_at_once_is_a_shewhart_chart():
    assert ewma(1.0, 3.0, 0.0).arl() == pytest.approx(370.398, abs=5e-4)


@pytest.mark.parametrize(
    ("limit", "arl0", "arl1"),
    [(28.02, "50.79", "5.46"), (56.04, "100.79", "6.71"), (280.19, "500.8", "9.78"), (560.37, "1000.79", "11.14")],
)
def test_moustakides_polunchenko_tartakovsky_shiryaev_roberts(limit, arl0, arl1):
    """Commun. Statist. 38 (2009) 3225, table 4, shift 1."""
    assert printed(shiryaev_roberts(1.0, limit, 0.0).arl(), arl0)
    assert printed(shiryaev_roberts(1.0, limit, 1.0).arl(), arl1)


def limit_share(shift, arl):
    return brentq(lambda share: shiryaev_roberts(shift, share * arl, 0.0).arl() - arl, 0.1, 1.0) / 1.0


@pytest.mark.parametrize(
    ("shift", "computed", "approximate"),
    [(0.5, "0.7473", "0.7473"), (1.0, "0.5599", "0.5584"), (1.5, "0.4216", "0.4173"), (2.0, "0.3201", "0.3119")],
)
def test_shiryaev_roberts_limits_for_1000_samples(shift, computed, approximate):
    """Science 3.2."""
    assert f"{limit_share(shift, 1000.0):.4f}" == computed
    assert f"{1.0 / shiryaev_roberts_arl0(shift, 1.0):.4f}" == approximate


def test_shiryaev_roberts_limit_for_a_small_shift():
    """Science has 0.8645 for shift 0.25: so at an ARL of 10,000, where the approximation has come true. At 1000 it is
    0.8642; a Markov chain on ln(1 + R) agrees.
    """
    assert f"{limit_share(0.25, 10000.0):.4f}" == "0.8645" == f"{1.0 / shiryaev_roberts_arl0(0.25, 1.0):.4f}"
    assert f"{limit_share(0.25, 1000.0):.4f}" == "0.8642"
    edges = np.linspace(0.0, np.log1p(864.218), 801)
    with np.errstate(divide="ignore"):
        log_r = np.log(np.expm1(edges))
    start = np.concatenate([[0.0], 0.5 * (edges[1:] + edges[:-1])])
    moves = np.diff(ndtr((log_r - start[:, None] + 0.03125) / 0.25), axis=1)
    arl = 1.0 + moves[0] @ np.linalg.solve(np.eye(800) - moves[1:], np.ones(800))
    assert arl == pytest.approx(1000.0, rel=3e-4)


def simulated_run_lengths(rng, count, mean, head_start=0.0):
    state, length = np.full(count, head_start), np.zeros(count, dtype=int)
    running = np.ones(count, dtype=bool)
    while running.any():
        state = np.maximum(0.0, state + rng.normal(mean, 1.0, count) - 0.5)
        length += running
        running &= state <= 3.0
    return length


def test_distribution_of_run_lengths_is_that_of_simulated_ones():
    lengths = simulated_run_lengths(np.random.default_rng(1), 20000, 0.0, head_start=1.5)
    chart = cusum(0.5, 3.0, 0.0, head_start=1.5)
    alive = chart.survival(200)
    for samples in (1, 3, 10, 50, 200):
        assert consistent((lengths > samples).sum(), lengths.size, alive[samples])
    assert abs(lengths.mean() - chart.arl()) < 3.3 * lengths.std() / np.sqrt(lengths.size)
    median = chart.quantile(0.5)
    assert alive[median] <= 0.5 < alive[median - 1]


def test_mean_is_the_sum_of_the_survival():
    chart = cusum(0.5, 2.0, 0.5)
    assert chart.survival(2000).sum() == pytest.approx(chart.arl(), rel=1e-9)


def test_steady_state_delay_is_below_the_worst_case_and_that_of_simulation():
    """A change after a long quiet time finds the chart off zero: mean delay of runs still silent after 60 samples."""
    rng, count = np.random.default_rng(2), 40000
    state = np.zeros(count)
    for _ in range(60):
        state = np.maximum(0.0, state + rng.normal(0.0, 1.0, state.size) - 0.5)
        state = state[state <= 3.0]
    lengths, running = np.zeros(state.size), np.ones(state.size, dtype=bool)
    while running.any():
        state = np.maximum(0.0, state + rng.normal(1.0, 1.0, state.size) - 0.5)
        lengths += running
        running &= state <= 3.0
    delay = steady_state_delay(cusum(0.5, 3.0, 0.0), cusum(0.5, 3.0, 1.0))
    assert abs(lengths.mean() - delay) < 3.3 * lengths.std() / np.sqrt(lengths.size)
    assert delay < cusum_arl(0.5, 3.0, 1.0)


def test_limit_of_a_wanted_run_length():
    assert cusum_arl(0.5, cusum_limit(0.5, 500.0), 0.0) == pytest.approx(500.0, rel=1e-9)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: cusum(0.5, 0.0, 0.0), "cannot run"),
        (lambda: cusum(0.5, 3.0, 0.0, head_start=3.0), "cannot run"),
        (lambda: cusum_arl(0.5, 4.0, 0.0, head_start=2.5, two_sided=True), "do not run apart"),
        (lambda: cusum_limit(0.5, 2.0), "below that of any limit"),
        (lambda: ewma(1.5, 3.0, 0.0), "not in"),
        (lambda: ewma(0.5, 3.0, 0.0, head_start=3.0), "cannot run"),
        (lambda: ewma_one_sided(0.5, 3.0, 0.0, floor=1.0), "cannot run between"),
        (lambda: shiryaev_roberts(0.0, 10.0, 0.0), "must be positive"),
        (lambda: cusum(0.5, 3.0, 0.0).quantile(1.0), "no run length"),
        (lambda: steady_state_delay(cusum(0.5, 3.0, 0.0), cusum(0.5, 3.0, 1.0, nodes=40)), "two charts"),
    ],
)
def test_charts_that_cannot_be_are_refused(make, reason):
    with pytest.raises(ValueError, match=reason):
        make()
