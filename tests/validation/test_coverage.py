import pytest

from bench.validation.coverage import acceptable, acceptance_limits


@pytest.mark.parametrize(
    ("trials", "limits"), [(100, (90, 99)), (200, (184, 196)), (400, (371, 388)), (1000, (936, 963))]
)
def test_limits_are_the_tabulated_ones(trials, limits):
    assert acceptance_limits(trials) == limits
    fewest, most = limits
    assert [acceptable(hits, trials) for hits in (fewest - 1, fewest, most, most + 1)] == [False, True, True, False]
