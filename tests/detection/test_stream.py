"""Facts about scans cut into blocks."""

import numpy as np
import pytest

from bench.detection.stream import BlockStream
from bench.records import Series


def series(begin_s=0, end_s=1000, seed=0):
    rng = np.random.default_rng(seed)
    time_s = np.arange(begin_s, end_s, dtype=float)
    values = 1e5 + rng.normal(size=time_s.size)
    values[100:180] = np.nan
    return Series(time_s, {"p": values, "t": np.repeat(rng.normal(size=time_s.size), 5)[: time_s.size]})


def test_a_block_is_the_mean_of_its_usable_readings():
    whole = series()
    blocks = BlockStream(["p"], 60.0).add(whole)
    of = (whole.time_s // 60).astype(int)
    wanted = [np.nanmean(whole.columns["p"][of == k]) if np.any(np.isfinite(whole.columns["p"][of == k])) else np.nan
              for k in range(16)]  # fmt: skip
    assert np.allclose(blocks.begin_s, 60.0 * np.arange(16))
    assert np.allclose(blocks.values["p"], wanted, rtol=1e-15, equal_nan=True)
    assert np.isnan(blocks.values["p"][2])
    assert blocks.fresh["p"][2] == 0.0


def test_a_block_comes_out_when_a_later_scan_has_come():
    stream = BlockStream(["p"], 60.0)
    assert stream.add(series(0, 60)).begin_s.size == 0
    assert list(stream.add(series(60, 61)).begin_s) == [0.0]


@pytest.mark.parametrize("piece", [1, 7, 60, 61, 333])
def test_the_pieces_change_nothing(piece):
    whole = series()
    wanted = BlockStream(["p", "t", "not recorded"], 60.0).add(whole)
    stream = BlockStream(["p", "t", "not recorded"], 60.0)
    found = [stream.add(whole.between(k, k + piece)) for k in range(0, 1000, piece)]
    assert np.allclose(np.concatenate([f.begin_s for f in found]), wanted.begin_s)
    for name in ("p", "t", "not recorded"):
        assert np.allclose(np.concatenate([f.values[name] for f in found]), wanted.values[name], 1e-14, equal_nan=True)
        assert np.array_equal(np.concatenate([f.fresh[name] for f in found]), wanted.fresh[name])


def test_a_repeated_value_is_not_fresh():
    blocks = BlockStream(["t"], 60.0).add(series())
    assert np.all(blocks.fresh["t"] == 12.0)


def test_a_gap_leaves_no_block():
    whole = series()
    stream = BlockStream(["p"], 60.0)
    first, second = stream.add(whole.between(0, 100)), stream.add(whole.between(500, 600))
    assert [*first.begin_s, *second.begin_s] == [0.0, 60.0, 480.0]
