"""How fast the rig is without wires: a day at 1 Hz, its growth with time and compartments, a thousand days at 1/min.

    python tests/benchmarks/direct_speed.py

Prints the machine's core count. Compilation comes first and is not counted.
"""

import argparse
import os
import platform
import time
from datetime import date

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.sim.direct import closed, opened, simulate, simulate_many
from bench.sim.scenario import load_scenario

HOUR_S, DAY_S = 3600.0, 86_400.0
BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 24))
ORDERS = [
    (10.0, opened("roughing_pump")),
    (10.0, opened("roughing_valve")),
    *((2000.0 + i, closed(hatch.name)) for i, hatch in enumerate(BENCH.hatch)),
    (6 * HOUR_S, opened("orifice_25um_working")),
    (12 * HOUR_S, closed("orifice_25um_working")),
]


def seconds(run, repeats=3):
    """The quickest of a few."""
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def day(seed=1, *, bench=BENCH, scenario="quiet", hours=24.0, period_s=1.0, orders=ORDERS):
    return simulate(bench, load_scenario(scenario), seed, orders, duration_s=hours * HOUR_S, period_s=period_s)


def with_compartments(count):
    """The row of zvezda's compartments cut short or repeated, channels and orifices likewise; hatches in between."""
    compartments, hatches, channels = [], [], []
    for number in range(count):
        model = BENCH.compartment[number % 4]
        name = f"c{number}_{model.name}"
        compartments.append(model.model_copy(update={"name": name}))
        for entry in BENCH.channel:
            if entry.compartment == model.name:
                changes = {"name": f"c{number}_{entry.name}", "compartment": name}
                channels.append(entry.model_copy(update=changes))
        if number:
            changes = {"name": f"hatch_{number}", "connects": (compartments[-2].name, name)}
            hatches.append(BENCH.hatch[0].model_copy(update=changes))
    ends = {"connects": ("supply", compartments[0].name)}
    kept = [v for v in BENCH.valve if {"pump", "room"} & set(v.connects)]
    valves = [*kept, next(v for v in BENCH.valve if "supply" in v.connects).model_copy(update=ends)]
    leaks = [v for v in BENCH.valve if v.name.startswith("orifice_50um")]
    for number, compartment in enumerate(compartments):
        changes = {"name": f"orifice_{number}", "connects": (compartment.name, "chamber"), "bore_m": 5e-5}
        valves.append(leaks[0].model_copy(update=changes))
    return BENCH.model_copy(
        update={
            "compartment": tuple(compartments),
            "hatch": tuple(hatches),
            "valve": tuple(valves),
            "leak": (),
            "heater": (),
            "flow_controller": (),
            "channel": tuple(channels),
        }
    )


def many(count, workers):
    """Days at one row a minute, each with a seed of its own."""
    begun, quiet = time.perf_counter(), load_scenario("quiet")
    runs = simulate_many(BENCH, quiet, range(count), ORDERS, duration_s=DAY_S, workers=workers)
    last = [readings.values[-1, 0] for readings in runs]
    assert len(set(last)) > count // 2
    return time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1000)
    options = parser.parse_args()
    cores = os.cpu_count()
    print(f"{cores} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    begun = time.perf_counter()
    day(hours=0.1)
    print(f"first hundredth of a day, with whatever had to be compiled: {time.perf_counter() - begun:.1f} s")
    print(f"24 h at 1 Hz, {len(BENCH.channel)} channels: {seconds(day):.3f} s on one core (wanted: 2.0, aim 1.0)")
    for hours in (6.0, 12.0, 24.0, 48.0):
        taken = seconds(lambda hours=hours: day(hours=hours))
        print(f"  {hours:4.0f} h: {taken:.3f} s, {1e3 * taken / hours:.2f} ms an hour")
    for count in (1, 4, 20):
        bench = with_compartments(count)
        whole = seconds(lambda bench=bench: day(bench=bench, orders=()))
        plant = seconds(lambda bench=bench: day(bench=bench, orders=(), period_s=HOUR_S))
        each = 1e3 / count
        print(
            f"  {count:2} compartments, {len(bench.channel):3} channels, 24 h: {whole:.3f} s, {each * whole:.0f} ms"
            f" each; plant alone {plant:.4f} s, {each * plant:.1f} ms each"
        )
    for scenario in ("S07", "S35"):
        print(f"24 h at 1 Hz of {scenario}: {seconds(lambda scenario=scenario: day(scenario=scenario)):.3f} s")
    taken = many(options.days, cores)
    print(f"{options.days} days at 1/min on {cores} cores: {taken:.1f} s, {1e3 * taken / options.days:.1f} ms a day")
    print(f"rows of the last minute of a day: {np.round(day(period_s=60.0).values[-1, :3], 3)}")


if __name__ == "__main__":
    main()
