"""Run folders as a run leaves them, made through Recorder from invented numbers."""

import itertools
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from bench.recorder import Recorder
from bench.records import Channel, Event, EventKind, LeakEstimate, Quality, Scan, Score, Truth
from bench.testimony import Witness
from bench.uncertainty.gum import Input, propagate
from bench.uncertainty.monte_carlo import Validation

COMPARTMENTS = {"us": "us_segment", "transfer": "transfer_compartment", "working": "working_compartment"}
LEAKS = {"orifice_25um_us": 1.04e-7, "orifice_50um_transfer": 4.15e-7, "orifice_100um_working": 1.66e-6}
VOLUMES_M3 = (0.2, 0.06, 0.4)
ACTUATORS = ("hatch_us_transfer", "fill_valve", "vent_valve", *LEAKS)
DURATION_S = 16000.0
RUN = {
    "procedure": "leak_sweep",
    "plan": {"exposure_s": 3000.0, "leaks": list(LEAKS)},
    "arguments": {"exposure_s": "3000"},
    "bench": {"name": "zvezda", "file": "zvezda.toml", "sha256": "0" * 64},
    "simulated": True,
    "scenario": {"name": "quiet", "noise": 1.0},
    "seed": 7,
    "operator": "M. <Example> & co",
    "host": "bench-1",
    "started_utc": "2026-11-22T20:30:00+00:00",
    "versions": {"leakbench": "0.1.0", "numpy": "2.3"},
    "git_commit": "a" * 40,
    "instruments": {
        "thermometers": {
            "identity": {"manufacturer": "Keysight", "model": "34972A", "serial": "MY1", "firmware": "1.17"},
            "settings_start": {"unit": "K"},
            "settings_end": {"unit": "C"},
        }
    },
    "certificates": [{"serial": "C-1", "leak": "us_25um", "value_kg_s": 1.04e-7, "u_kg_s": 1e-9, "due": "2027-01-01"}],
}


def channels():
    yield from (
        Channel(f"{stem}_pressure", "pressure", "Pa", 0.0, 2e5, 10.0, name) for stem, name in COMPARTMENTS.items()
    )
    for (stem, name), index in itertools.product(COMPARTMENTS.items(), (1, 2, 3)):
        yield Channel(f"{stem}_gas_{index}", "gas_temperature", "K", 250.0, 350.0, 0.1, name)
    for (stem, name), index in itertools.product(COMPARTMENTS.items(), (1, 2)):
        yield Channel(f"{stem}_wall_{index}", "wall_temperature", "K", 250.0, 350.0, 0.1, name)
    for gauge in ("chamber_pirani", "chamber_cdg_1000pa", "chamber_cdg_10pa"):
        yield Channel(gauge, "chamber_pressure", "Pa", 0.0, 1e5, 1.0)
    yield from (Channel(f"{name}_closed", "switch", "1", 0.0, 1.0, 0.0) for name in ACTUATORS)
    yield from (Channel(f"{name}_open", "switch", "1", 0.0, 1.0, 0.0) for name in ACTUATORS[:3])


def exposures():
    """Leak -> begin and end of its exposure, in seconds; the holds before them are background."""
    return {leak: (4000.0 + 4000.0 * place, 7000.0 + 4000.0 * place) for place, leak in enumerate(LEAKS)}


def _positions(time_s):
    opened = {name: np.zeros(time_s.size, bool) for name in ACTUATORS}
    for leak, (begin_s, end_s) in exposures().items():
        opened[leak] = (time_s >= begin_s) & (time_s < end_s)
    opened["hatch_us_transfer"] = (time_s >= 200.0) & (time_s < 2000.0)
    opened["fill_valve"] = (time_s >= 600.0) & (time_s < 1400.0)
    return opened


def _columns(time_s):
    random = np.random.default_rng(1)
    filled = np.clip((time_s - 600.0) / 800.0, 0.0, 1.0)
    opened = _positions(time_s)
    columns = {}
    for stem, volume_m3, (leak, rate_kg_s) in zip(COMPARTMENTS, VOLUMES_M3, LEAKS.items(), strict=True):
        gas_k = 294.0 + 0.6 * np.sin(time_s / 3500.0 + volume_m3 * 9.0) - 0.8 * np.exp(-((time_s - 1400.0) ** 2) / 2e5)
        lost_kg = np.cumsum(opened[leak] * rate_kg_s) * np.median(np.diff(time_s))
        noise = random.normal(0.0, 1.0, (4, time_s.size))
        columns[f"{stem}_pressure"] = (
            2000.0 + filled * 98000.0 * gas_k / 294.0 - lost_kg * 287.0 * gas_k / volume_m3 + 2.0 * noise[0]
        )
        for index in (1, 2, 3):
            columns[f"{stem}_gas_{index}"] = gas_k + 0.15 * (index - 2) + 0.02 * noise[index]
        for index in (1, 2):
            columns[f"{stem}_wall_{index}"] = 294.0 + 0.2 * np.sin(time_s / 5000.0) + 0.1 * index
    true_pa = np.maximum(1e5 * np.exp(-time_s / 60.0), 2.0 + 0.5 * np.sin(time_s / 900.0))
    for gauge in ("chamber_pirani", "chamber_cdg_1000pa", "chamber_cdg_10pa"):
        columns[gauge] = true_pa * random.normal(1.0, 0.01, time_s.size)
    for name, states in opened.items():
        columns[f"{name}_open"] = np.where(np.roll(states, 8) & states, 1.0, 0.0)
        columns[f"{name}_closed"] = np.where(states, 0.0, 1.0)
    return columns


def record(recorder, scans):
    time_s = np.linspace(0.0, DURATION_S, scans)
    columns = _columns(time_s)
    names = [channel.name for channel in recorder.channels]
    values = np.column_stack([columns.get(name, np.full(scans, 1.0)) for name in names])
    quality = np.zeros(values.shape, np.uint8)
    for gauge, limit_pa in (("chamber_cdg_1000pa", 1000.0), ("chamber_cdg_10pa", 10.0)):
        quality[values[:, names.index(gauge)] > limit_pa, names.index(gauge)] = Quality.OVERRANGE
    gone = (time_s > 12000.0) & (time_s < 12600.0)
    quality[gone, names.index("working_gas_2")] = Quality.SENSOR_FAULT
    offsets_s = np.full(len(names), -0.1)
    for row in range(scans):
        recorder.record(Scan(float(time_s[row]), values[row], offsets_s, quality[row]))


def tell(recorder):
    def event(time_s, kind, **detail):
        recorder.event(Event(time_s, kind, detail))

    spans = [("check", 0.0, 100.0), ("fill", 200.0, 1500.0), ("stabilise", 1500.0, 3000.0)]
    for leak, (begin_s, end_s) in exposures().items():
        spans += [("background", begin_s - 1000.0, begin_s), ("hold", begin_s, end_s)]
        event(begin_s, EventKind.COMMAND_CONFIRMED, command=f"OpenValve:{leak}")
        event(end_s, EventKind.COMMAND_CONFIRMED, command=f"CloseValve:{leak}")
    for leak, truth in zip(LEAKS, truths(), strict=True):
        begin_s, end_s = exposures()[leak]
        event(end_s, EventKind.WINDOW, name=leak, compartment=truth.compartment, begin_s=begin_s, end_s=end_s)
    for name, begin_s, end_s in spans:
        event(begin_s, EventKind.PHASE_BEGUN, phase=name)
        event(end_s, EventKind.PHASE_ENDED, phase=name)
    event(12000.0, EventKind.LINK_LOST, instrument="thermometers", error="<no reply>")


def budget_of(rate_kg_s):
    area = Input("area", rate_kg_s, 0.012 * rate_kg_s, unit="kg/s")
    return propagate(lambda x: x["area"], [area], result="leak rate", unit="kg/s")


def truths():
    return [
        Truth(
            leak,
            compartment,
            rate,
            0.012 * rate,
            *exposures()[leak],
            {"area": 0.01},
            statement=budget_of(rate),
            check=Validation(True, 2, 1e-12, 1e-12, 1e-11, 1_000_000),
            witnesses=(Witness("flow meter in line", math.nan, math.nan, math.nan, math.nan, "there is none"),),
        )
        for (leak, rate), compartment in zip(LEAKS.items(), COMPARTMENTS.values(), strict=True)
    ]


def estimates():
    """One good method, and one that takes a chill for a leak."""
    for truth, good, poor in zip(truths(), (1.03, 0.985, 1.01), (3.4, 0.7, 1.12), strict=True):
        yield LeakEstimate("compensated_mass", truth.leak, good * truth.rate_kg_s, 0.03 * truth.rate_kg_s)
        yield LeakEstimate("pressure_decay", truth.leak, poor * truth.rate_kg_s, 0.05 * truth.rate_kg_s)


def scores():
    for truth, estimate in zip(truths(), itertools.islice(estimates(), 0, None, 2), strict=True):
        u_kg_s = np.hypot(estimate.u_kg_s, truth.u_kg_s)
        error = (estimate.rate_kg_s - truth.rate_kg_s) / u_kg_s
        rates = (estimate.rate_kg_s, estimate.u_kg_s, truth.rate_kg_s, truth.u_kg_s)
        yield Score(truth.leak, truth.compartment, estimate.method, *rates, error, bool(abs(error) <= 1.96))


def interrupted(folder: Path, scans=400, spare=0):
    """A run that is still at work, or died."""
    extra = [Channel(f"spare_{index}", "spare", "Pa", 0.0, 1.0, 0.0) for index in range(spare)]
    recorder = Recorder(folder, [*channels(), *extra], RUN)
    recorder.event(Event(0.0, EventKind.RUN_BEGUN))
    record(recorder, scans)
    tell(recorder)
    return recorder


def finished(folder: Path, outcome="PASS", scans=400, spare=0):
    recorder = interrupted(folder, scans, spare)
    recorder.close_scans()
    recorder.write_json("truth.json", {"leaks": truths()})
    recorder.write_table("estimates.parquet", pd.DataFrame([asdict(estimate) for estimate in estimates()]))
    verdict = {"outcome": outcome, "reason": "largest at orifice_25um_us"}
    recorder.write_json("scores.json", {"verdict": verdict, "method": "compensated_mass", "scores": list(scores())})
    recorder.update(**verdict, ended_utc="2026-11-23T00:57:00+00:00", scans=scans, bench_seconds=DURATION_S)
    return recorder
