"""What backgrounds teach of the noise."""

from dataclasses import replace

import numpy as np
import pytest
from detection import synthetic
from detection.dense import covariance_of_means
from detection.synthetic import World, ornstein_uhlenbeck

from bench.detection.compensated_mass import CompensatedMass
from bench.detection.learned_noise import learn, restricted_ln_likelihood
from bench.detection.mass import LogMass
from bench.detection.noise import BlockNoise
from bench.records import Series, Window

BLOCK_S, BLOCKS = 600.0, 144
SIGMA, TAU_S, WALK_PER_S, WHITE = 1.7e-4, 3600.0, 2.7e-14, 1.6e-13
ASKED = Window("hold", "working", 86_400.0, 100_800.0, ((0.0, 86_400.0),))


def declared(blocks=BLOCKS):
    return BlockNoise(np.zeros(blocks), np.full(blocks, WHITE), np.array([SIGMA**2]), np.array([TAU_S]), WALK_PER_S)


def background(rng, sigma_ratio=1.0):
    time_s = BLOCK_S * np.arange(BLOCKS)
    decay = np.exp(-BLOCK_S / TAU_S)
    slow = ornstein_uhlenbeck(rng, sigma_ratio * SIGMA, TAU_S / BLOCK_S, BLOCKS)  # a value each block
    assert decay == pytest.approx(np.exp(-1.0 / (TAU_S / BLOCK_S)))
    walk = np.cumsum(rng.normal(0.0, np.sqrt(WALK_PER_S * BLOCK_S), BLOCKS))
    y = slow + walk + rng.normal(0.0, np.sqrt(WHITE), BLOCKS) - 3e-9 * time_s
    return LogMass(np.ones(BLOCKS, int), time_s, y, y, y, declared())


def test_restricted_likelihood_is_that_of_the_covariance_written_out():
    rng = np.random.default_rng(1)
    time_s = np.cumsum(rng.uniform(600.0, 1200.0, 20))
    noise = declared(20)
    design = np.column_stack([np.ones(20), time_s / 3600.0])
    y = 1e-4 * rng.normal(size=20)
    covariance = covariance_of_means(time_s, np.zeros(20), noise.white, ((SIGMA**2, TAU_S),), WALK_PER_S, points=1)
    inverse = np.linalg.inv(covariance)
    information = design.T @ inverse @ design
    residual = y - design @ np.linalg.solve(information, design.T @ inverse @ y)
    wanted = -0.5 * (
        np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1] + residual @ inverse @ residual
    )
    found = restricted_ln_likelihood(time_s, noise, np.column_stack([design, y]))
    assert found == pytest.approx(wanted - 0.5, rel=1e-9)  # up to a constant


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_a_day_tells_how_large_the_slow_errors_really_are(ratio):
    learned = [learn(background(np.random.default_rng(seed), ratio)) for seed in range(12)]
    found = np.exp(np.mean([np.log(each.factors[1]) for each in learned]))
    print(f"{ratio} times the declared: learned {found:.2f}")
    assert found == pytest.approx(ratio, rel=0.15)
    spread = np.std([np.log(each.factors[1]) for each in learned])
    stated = np.mean([np.sqrt(each.ln_covariance[1, 1]) for each in learned])
    assert 0.4 < spread / stated < 1.6


def test_a_background_without_any_error_is_quieter_than_declared_and_not_without_noise():
    quiet = replace(background(np.random.default_rng(4)), y=-3e-9 * BLOCK_S * np.arange(BLOCKS))
    assert 0.0 < learn(quiet).factors[1] < 0.2


def test_what_is_declared_as_none_stays_none():
    mass = background(np.random.default_rng(3))
    quiet = replace(mass, noise=replace(declared(), walk_per_s=0.0))
    learned = learn(quiet)
    assert learned.factors[3] == 1.0
    assert not learned.ln_covariance[3].any()


def recorded(rng, hold_ratio=1.0):
    """A scan a minute; the hold's thermometers may be noisier than the background's."""
    whole = synthetic.record(World(), ASKED, rng)
    columns = {name: values[::60].copy() for name, values in whole.columns.items()}
    hold = whole.time_s[::60] >= ASKED.begin_s
    for name in ("t0", "t1", "t2"):
        columns[name][hold] += (hold_ratio - 1.0) * (columns[name][hold] - synthetic.TEMPERATURE_K)
    return Series(whole.time_s[::60], columns)


def test_the_hold_teaches_nothing():
    """A quieter hold would make its own interval narrower, were it asked."""
    method, rig = CompensatedMass(), synthetic.rig()
    whole, quiet = (method.estimate(rig, recorded(np.random.default_rng(5), r), ASKED) for r in (1.0, 0.2))
    assert quiet.u_kg_s == pytest.approx(whole.u_kg_s, rel=1e-3)


def test_noise_twice_as_large_as_declared_widens_by_two_once_a_background_has_told():
    method, rig = CompensatedMass(), synthetic.rig()
    sigmas_k = [2.0 * sigma_k for sigma_k in synthetic.SIGMAS_K]
    rng = np.random.default_rng(6)
    ratios = []
    for _ in range(6):
        loud = synthetic.record(World(), ASKED, rng, sigmas_k=sigmas_k)
        usual = synthetic.record(World(), ASKED, rng)
        loud, usual = (
            Series(s.time_s[::60], {name: values[::60] for name, values in s.columns.items()}) for s in (loud, usual)
        )
        ratios.append(method.estimate(rig, loud, ASKED).u_kg_s / method.estimate(rig, usual, ASKED).u_kg_s)
    assert 1.5 < np.exp(np.mean(np.log(ratios))) < 2.5


def test_the_whole_loss_costs_no_uncertainty_of_the_background():
    asked = Window("hold", "working", 86_400.0, 172_800.0, ((0.0, 86_400.0),))
    world = World(background_per_s=1e-8)
    whole = synthetic.record(world, asked, np.random.default_rng(7))
    series = Series(whole.time_s[::60], {name: values[::60] for name, values in whole.columns.items()})
    above, all_of_it = (CompensatedMass(flag).estimate(synthetic.rig(), series, asked) for flag in (True, False))
    assert above.u_kg_s / all_of_it.u_kg_s == pytest.approx(np.sqrt(2.0), rel=0.1)
    mass_kg = synthetic.PRESSURE_PA * synthetic.VOLUME_M3 / (synthetic.GAS_CONSTANT * synthetic.TEMPERATURE_K)
    assert abs(all_of_it.rate_kg_s - (world.loss_per_s + 1e-8) * mass_kg) < 3.0 * all_of_it.u_kg_s


def test_a_loss_below_the_detection_limit_is_called_inconclusive_and_the_limit_is_said():
    asked = synthetic.window()
    series = synthetic.record(World(loss_per_s=1e-9), asked, np.random.default_rng(8))
    estimate = CompensatedMass().estimate(synthetic.rig(u_volume=0.0), series, asked)
    assert estimate.detectable_kg_s == pytest.approx(3.29 * estimate.u_kg_s, rel=1e-3)
    assert f"inconclusive: minimum detectable leak = {estimate.detectable_kg_s:.3g} kg/s" in estimate.notes
    plain = synthetic.record(World(loss_per_s=0.1 / 3600.0), asked, np.random.default_rng(8))
    assert not any("inconclusive" in n for n in CompensatedMass().estimate(synthetic.rig(), plain, asked).notes)
