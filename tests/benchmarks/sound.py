"""What a burst of all microphones costs, and how well a leak's delay between two microphones can be found.

    PYTHONPATH=tests python tests/benchmarks/sound.py

Delays by generalised cross-correlation over half a second in 30-50 kHz, against the true ones, seeds 1 to 20. The
signal is as strong as stated against what else is heard where it is weaker: the microphone's own noise, or racks.
"""

import os
import platform
import time

import numpy as np
from sim import listening, rigs

from bench.clock import VirtualClock
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario

COMPARTMENT, DIAMETER_M = "working_compartment", 100e-6
OWN_DB, RACKS_DB = 30.0, 55.0
SEEDS = range(1, 21)


def rig_with(diameter_m, *, racks, seed=1, bench=rigs.BENCH, draws=True, decoy=False):
    leak = listening.hole(COMPARTMENT, diameter_m, listening.WORKING_HOLE.position_m)
    entries = {"hidden_leak": [leak], "hidden_draws": draws}
    entries["racks"] = [{"compartment": COMPARTMENT, "level_db": RACKS_DB}] if racks else []
    decoys = [{"compartment": "us_segment", "position_m": [0.35, 0.1, -0.1], "level_db": 42.0}]
    entries["hiss"] = decoys if decoy else []
    rig = SimulatedRig(bench, Scenario.model_validate({"name": "x", "why": "x", **entries}), seed, VirtualClock())
    rigs.close_hatches(rig)
    rig.command(rigs.empty_chamber)
    rig.clock.advance_to(20.0)
    rig.look()
    return rig


def burst_seconds():
    """Of all microphones, one after the other as a chassis reads them; nothing is kept from before."""
    rig, times_s = rig_with(50e-6, racks=True, decoy=True), listening.sample_times(20.0)
    begun = time.perf_counter()
    for microphone in rig.bench.microphone:
        rig.sound.volts(microphone.input, times_s)
    return time.perf_counter() - begun


def diameter_for(level_db):
    """Mean square pressure follows the flow, the flow the area."""
    quiet = rig_with(DIAMETER_M, racks=False, bench=listening.quiet_bench(), draws=False)
    there_db = min(listening.level_db(samples) for samples in listening.burst(quiet, COMPARTMENT))
    return DIAMETER_M * 10.0 ** ((level_db - there_db) / 20.0)


def errors_us(diameter_m, *, racks):
    for seed in SEEDS:
        rig = rig_with(diameter_m, racks=racks, seed=seed)
        yield listening.later_us(*listening.burst(rig, COMPARTMENT)) - listening.true_later_us(rig, "hole")


def main():
    print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}")
    burst_seconds()
    taken = sorted(burst_seconds() for _ in range(5))
    print(f"8 microphones x 0.5 s x 200 kS/s, leak, racks and decoy: {taken[0]:.2f} s, median {taken[2]:.2f} s")
    print("\n| racks | signal to noise | median error, us | 9 of 10 within, us | within 2 us |\n|---|---|---|---|---|")
    for racks in (False, True):
        background_db = 10.0 * np.log10(10.0 ** (OWN_DB / 10.0) + racks * 10.0 ** (RACKS_DB / 10.0))
        for ratio_db in (0.0, -10.0, -20.0):
            errors = np.abs(list(errors_us(diameter_for(background_db + ratio_db), racks=racks)))
            row = [
                f"{np.median(errors):.2f}",
                f"{np.quantile(errors, 0.9):.2f}",
                f"{np.sum(errors < 2.0)} of {len(SEEDS)}",
            ]
            print("| " + " | ".join(["on" if racks else "off", f"{ratio_db:.0f} dB", *row]) + " |")


if __name__ == "__main__":
    main()
