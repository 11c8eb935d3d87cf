"""From a source to a microphone: through air, by way of walls, through hatches, and in the wall."""

import math

import numpy as np
import pytest

from bench.config.sound import Box
from bench.sim.sound.air import Air
from bench.sim.sound.grid import RATE_HZ, Grid, grid_for
from bench.sim.sound.house import REFLECTED, Door, House, Ray, Spot, echoes
from bench.sim.sound.plate import bending_speed_m_s, through_wall
from bench.sim.sound.spectra import flat, heard, hiss, machinery
from bench.sim.sound.transfer import through_air

GRID = Grid()
AIR = Air(293.15, 101_325.0, 0.5, 343.2, 1.4)
BOX = Box(origin_m=(0.0, 0.0, 0.0), size_m=(1.0, 0.8, 0.5))
HOUSE = House(
    {"a": BOX, "b": Box(origin_m=(1.0, 0.0, 0.0), size_m=(0.5, 0.8, 0.5))}, [Door("hatch", ("a", "b"), (1.0, 0.4, 0.2))]
)
SOURCE, EAR = Spot("a", (0.3, 0.2, 0.15)), Spot("a", (0.62, 0.51, 0.27))


def response(way):
    """To a click, within the microphone's band."""
    return np.fft.irfft(way * heard(GRID.frequency_hz), GRID.size)


def test_every_echo_arrives_at_its_own_time_with_its_own_strength():
    rays = list(HOUSE.rays(SOURCE, EAR, ()))
    lossless = Air(293.15, 1e9, 0.5, 343.2, 1.4)  # absorption falls with pressure
    click = response(through_air(GRID.frequency_hz, rays, {"a": lossless}))
    alone = response(through_air(GRID.frequency_hz, [Ray((("a", 1.0),), 1.0)], {"a": lossless})).max()
    assert len(rays) == 7
    for ray in rays:
        place = round(ray.length_m / 343.2 * RATE_HZ)
        assert click[place - 1 : place + 2].max() == pytest.approx(ray.gain / ray.length_m * alone, rel=0.15)
    assert [ray.gain for ray in rays] == [1.0, *[REFLECTED] * 6]
    assert min(np.diff(sorted(ray.length_m for ray in rays))) > 0.01  # apart


def test_image_sources_are_behind_the_walls():
    images = set(echoes(BOX, SOURCE.position_m, EAR.position_m))
    assert (-0.3, 0.2, 0.15) in images
    assert (1.7, 0.2, 0.15) in images
    assert (0.3, 0.2, pytest.approx(0.85)) in [tuple(image) for image in images]


def test_a_wall_that_source_or_microphone_sits_in_makes_no_echo():
    assert len(list(echoes(BOX, (0.3, 0.0, 0.15), EAR.position_m))) == 5
    assert len(list(echoes(BOX, (0.3, 0.001, 0.15), (0.7, 0.6, 0.5)))) == 4


def test_twice_as_far_is_6_db_less_and_what_air_absorbs():
    near, far = (
        np.abs(through_air(np.array([40e3]), [Ray((("a", length_m),), 1.0)], {"a": AIR}))[0] for length_m in (1.0, 2.0)
    )
    assert 20.0 * math.log10(near / far) == pytest.approx(6.02 + 1.32, abs=0.01)


def test_sound_goes_straight_from_hatch_to_hatch():
    (ray,) = HOUSE.rays(SOURCE, Spot("b", (1.2, 0.4, 0.2)), ("hatch",))
    assert ray.legs == (("a", math.dist(SOURCE.position_m, (1.0, 0.4, 0.2))), ("b", pytest.approx(0.2)))
    assert ray.gain == pytest.approx(0.1)


def test_a_closed_hatch_leaves_30_db_less_than_an_open_one():
    assert HOUSE.leak_through("a", "b", ("hatch",)) / HOUSE.leak_through("a", "b", ()) == pytest.approx(10.0**1.5)
    assert HOUSE.leak_through("a", "a", ()) == 1.0


def test_without_a_hatch_there_is_no_way():
    apart = House(HOUSE.rooms, [])
    assert apart.route("a", "b") is None
    assert list(apart.rays(SOURCE, Spot("b", (1.2, 0.4, 0.2)), ())) == []


def test_bending_waves_of_40_khz_in_3_mm_of_aluminium():
    speed_m_s = bending_speed_m_s(np.array([10e3, 40e3]))
    assert speed_m_s[1] == pytest.approx(1080.0, abs=0.5)
    assert speed_m_s[1] / speed_m_s[0] == pytest.approx(2.0)


@pytest.mark.parametrize("frequency_hz", [20e3, 40e3, 80e3])
def test_a_tone_burst_in_the_wall_arrives_twice_as_fast_as_its_phase(frequency_hz):
    distance_m = 1.5
    tone = np.exp(-np.square((GRID.frequency_hz - frequency_hz) / 1e3))
    spectrum = np.zeros(GRID.size, dtype=complex)
    spectrum[: GRID.frequency_hz.size] = through_wall(GRID.frequency_hz, distance_m, 0) * tone
    arrives_s = np.argmax(np.abs(np.fft.ifft(spectrum))) / RATE_HZ
    assert arrives_s == pytest.approx(distance_m / (2.0 * bending_speed_m_s(np.array([frequency_hz]))[0]), abs=2e-5)


def test_every_ring_that_is_crossed_costs_15_db():
    one, two = (np.abs(through_wall(np.array([40e3]), 1.0, rings))[0] for rings in (1, 2))
    assert 20.0 * math.log10(one / two) == pytest.approx(15.0)


@pytest.mark.parametrize("shape", [flat, hiss, machinery])
@pytest.mark.parametrize("band_hz", [(30e3, 50e3), (20e3, 40e3)])
def test_shapes_have_a_mean_square_of_one_in_their_band(shape, band_hz):
    samples = np.random.default_rng(2).standard_normal(GRID.size * 16).reshape(16, -1)
    spectra = np.fft.rfft(samples)[:, : GRID.frequency_hz.size] * shape(GRID.frequency_hz, band_hz)
    inside = (GRID.frequency_hz >= band_hz[0]) & (GRID.frequency_hz < band_hz[1])
    mean_square = 2.0 * np.mean(np.sum(np.abs(spectra[:, inside]) ** 2, axis=1)) / GRID.size**2
    assert mean_square == pytest.approx(1.0, rel=0.03)


def test_the_sound_of_racks_falls_with_frequency():
    shape = machinery(GRID.frequency_hz, (30e3, 50e3))
    at = [int(f * GRID.size / RATE_HZ) for f in (20e3, 40e3, 80e3)]
    assert 20.0 * np.log10(shape[at[1]] / shape[at[2]]) == pytest.approx(12.0, abs=0.5)
    assert shape[at[0]] > 3.0 * shape[at[1]]


def test_a_long_house_gets_longer_blocks():
    assert grid_for(5.0).hop == 8192
    assert grid_for(12.0).history / RATE_HZ * 300.0 > 12.0
