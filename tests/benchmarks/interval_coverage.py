"""How often do the methods' 95 % intervals cover the truth, and how wide are they? Many seeds through the whole bench.

    python tests/benchmarks/interval_coverage.py --seeds 50
    python tests/benchmarks/interval_coverage.py --seeds 50 --scenario cabin_drift

Each seed is one complete leak_sweep over the simulated wire (without Prefect), in as many processes as there are cores.
The bound is the Cramer-Rao value of the hold alone, from the noise the simulator really makes, combined with the
uncertainties of volume and truth.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bench.rig import GasThermometer, NoiseClass, Rig
from bench.validation.bounds import cramer_rao_slope_u
from bench.validation.coverage import acceptance_limits

LEAKS = ("us_50um", "transfer_50um", "working_50um", "intermediate_50um")
PLAN = {"cabin_drift": ["temperature_rate_k_h=0.5"]}
MINUTE_S = 60.0


def one_seed(arguments: tuple[int, str]) -> dict[str, object]:
    """The JSON summary of one sweep, with each leak's Cramer-Rao bound added."""
    from procedures.order import make_order
    from procedures.outcome import summary
    from procedures.session import Session

    seed, scenario = arguments
    with tempfile.TemporaryDirectory() as folder:
        extra = [f"leaks={','.join(LEAKS)}", *PLAN.get(scenario, [])]
        begun = time.perf_counter()
        order = make_order(
            "leak_sweep", None, scenario, extra, seed=seed, results=Path(folder), quiet=True, begun=begun
        )
        session = Session(order)
        session.conduct()
        found = summary(session)
    for leak in found["leaks"]:
        leak["bound_kg_s"] = bound_kg_s(order.bench, order.plan, leak)
    return {"seed": seed, **found}


def bound_kg_s(bench, plan, leak: dict[str, float]) -> float:
    """Standard uncertainty no unbiased method can beat on the hold alone, with u(volume) and u_truth in quadrature."""
    from bench.config.rig import rig_of

    rig: Rig = rig_of(bench)
    compartment = rig.compartments[leak["compartment"]]
    time_s = np.arange(0.0, plan.exposure_s - plan.lead_s, MINUTE_S)
    covariance = noise_of_ln_mass(
        time_s, compartment.thermometers, compartment.gauges[0].noise, plan.pressure_pa, 295.0
    )
    mass_kg = plan.pressure_pa * compartment.volume_m3 / (rig.gas_constant_j_kg_k * 295.0)
    slope_kg_s = mass_kg * cramer_rao_slope_u(time_s, covariance)
    volume_kg_s = leak["truth_kg_s"] * compartment.u_volume_m3 / compartment.volume_m3
    return float(np.linalg.norm([slope_kg_s, volume_kg_s, leak["truth_u_kg_s"]]))


def noise_of_ln_mass(
    time_s: np.ndarray, thermometers: tuple[GasThermometer, ...], pressure: NoiseClass, pressure_pa: float, gas_k: float
) -> np.ndarray:
    """Covariance of one-minute means of ln P - ln T as the simulator makes them: white noise and OU thermometers."""
    lag_s = np.abs(time_s[:, None] - time_s[None, :])
    white = (pressure.white / pressure_pa) ** 2
    covariance = np.zeros_like(lag_s)
    for thermometer in thermometers:
        weight = (thermometer.volume_fraction / gas_k) ** 2
        white += weight * thermometer.noise.white**2
        memory = np.exp(-lag_s / thermometer.noise.correlation_time_s)
        covariance += weight * thermometer.noise.representativeness**2 * memory
    return covariance + np.eye(time_s.size) * white / MINUTE_S


def report(runs: list[dict[str, object]]) -> None:
    """Coverage and half-widths, method by method."""
    leaks = [leak for run in runs for leak in run["leaks"]]
    bound = np.median([1.96 * leak["bound_kg_s"] for leak in leaks])
    verdicts = {run["verdict"] for run in runs}
    print(
        f"{len(runs)} seeds, {len(leaks)} leaks, verdicts: "
        + ", ".join(f"{v} {sum(run['verdict'] == v for run in runs)}" for v in sorted(verdicts))
    )
    low, high = acceptance_limits(len(leaks))
    print(f"median half-width of the bound: {bound:.3e} kg/s; 95 % coverage is accepted from {low} to {high}")
    for method in sorted({e["method"] for leak in leaks for e in leak["estimates"]}):
        found = [(leak, e) for leak in leaks for e in leak["estimates"] if e["method"] == method]
        hits = sum(e["covers_truth"] for _, e in found)
        half = np.median([1.96 * e["u_kg_s"] for _, e in found])
        ratio = np.median([e["u_kg_s"] / leak["bound_kg_s"] for leak, e in found])
        errors = [(e["rate_kg_s"] - leak["truth_kg_s"]) / leak["truth_kg_s"] for leak, e in found]
        print(
            f"{method:18} covers {hits} of {len(found)}; median half-width {half:.3e} kg/s, {ratio:.2f} x bound; "
            f"error: median {np.median(errors):+.2%}, rms {np.sqrt(np.mean(np.square(errors))):.2%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--scenario", default="quiet")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    begun = time.perf_counter()
    work = [(seed, options.scenario) for seed in range(options.first, options.first + options.seeds)]
    with ProcessPoolExecutor(options.jobs) as pool:
        runs = list(pool.map(one_seed, work))
    print(f"scenario {options.scenario}, {time.perf_counter() - begun:.0f} s on {options.jobs} cores")
    report(runs)


if __name__ == "__main__":
    main()
