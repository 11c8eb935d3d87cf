"""From what is stated of sensors and faults to the records of the compiled equations."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, TIE_S
from bench.sim.sensors.disturbances import OCTAVES
from bench.sim.sensors.noise import stream_number, uniform
from bench.sim.sensors.spec import Fault, SensorSpec
from bench.sim.sensors.state import FaultTerms, Records, SlowTerms, Terms, record_type

TERMS_TYPE, SLOW_TYPE, FAULT_TYPE = record_type(Terms), record_type(SlowTerms), record_type(FaultTerms)
ENDLESS = 2**62
LONGEST_OCTAVE = 2 ** (OCTAVES - 1)
STEPS_PER_MEMORY = 20
"""Of the Ornstein-Uhlenbeck error per correlation time: the lines between take 1.7 % of its variance at most."""
LONGEST_PERIOD = round(60.0 / GRID_S)
SAMPLES_PER_MEAN = round(1.0 / GRID_S)
"""Most samples in the mean that an averaged channel delivers: one second's."""


class TermsMaker:
    """Draws hidden gains and offsets. columns: of the knots' quantities, one to each sensor."""

    def __init__(self, draws: Draws, seed: int, columns: Sequence[int], ambient: int) -> None:
        self._draws = draws
        self._seed = np.uint64(seed)
        self._columns = columns
        self._ambient = ambient

    def records(self, specs: Sequence[SensorSpec], faults: Sequence[Fault]) -> tuple[Records, Records]:
        """Of the channels and of the faults, sorted by channel."""
        terms: list[Terms] = []
        fault_terms: list[FaultTerms] = []
        for spec, column in zip(specs, self._columns, strict=True):
            first = len(fault_terms)
            fault_terms += [_fault(fault) for fault in faults if fault.channel == spec.name]
            terms.append(self._terms(spec, column, first, len(fault_terms)))
        return np.array(terms, TERMS_TYPE), np.array(fault_terms, FAULT_TYPE)

    def _terms(self, spec: SensorSpec, column: int, fault_first: int, fault_last: int) -> Terms:
        share = spec.accuracy / math.sqrt(2.0)
        u_gain = math.hypot(share / max(map(abs, spec.range)), spec.u_gain)
        return Terms(
            column=column,
            ambient=self._ambient,
            phase=int(LONGEST_OCTAVE * (1.0 - uniform(self._seed, stream_number(f"flicker_phase/{spec.name}"), 0))),
            lag_s=spec.lag_s,
            gain=self._draws.normal(f"gain/{spec.name}", 0.0, u_gain) if spec.gain is None else spec.gain,
            gain_tempco=spec.gain_tempco,
            offset=self._draws.normal(f"offset/{spec.name}", 0.0, share) if spec.zero is None else spec.zero,
            tempco=spec.tempco,
            reference_k=spec.reference_k,
            drift=spec.drift,
            half_play=0.5 * spec.hysteresis,
            white=spec.white * math.sqrt(SAMPLES_PER_MEAN if spec.averaged else 1.0),
            flicker=spec.flicker,
            low=spec.range[0],
            high=spec.range[1],
            resolution=spec.resolution,
            skew=-spec.clock_skew,
            late_s=-spec.clock_offset_s,
            averaged=SAMPLES_PER_MEAN if spec.averaged else 1,
            fault_first=fault_first,
            fault_last=fault_last,
            seed=self._seed,
            white_stream=stream_number(f"white/{spec.name}"),
            flicker_stream=stream_number(f"flicker/{spec.name}"),
        )


def slow_terms(spec: SensorSpec) -> list[SlowTerms]:
    """Representativeness and random walk."""
    period = min(max(round(spec.correlation_time_s / STEPS_PER_MEMORY / GRID_S), 1), LONGEST_PERIOD)
    kept = math.exp(-period * GRID_S / spec.correlation_time_s)
    kick = spec.representativeness * math.sqrt(1.0 - kept**2)
    step = spec.random_walk * math.sqrt(LONGEST_PERIOD * GRID_S / 3600.0)
    return [
        SlowTerms(stream_number(f"representativeness/{spec.name}"), period, kept, kick),
        SlowTerms(stream_number(f"random_walk/{spec.name}"), LONGEST_PERIOD, 1.0, step),
    ]


def _fault(fault: Fault) -> FaultTerms:
    return FaultTerms(
        kind=int(fault.kind),
        begin=_first_sample(fault.begin_s),
        end=_first_sample(fault.end_s),
        begin_s=fault.begin_s,
        end_s=fault.end_s,
        size=fault.size,
        time_constant_s=fault.time_constant_s,
        spike_above=_exceeded(-0.5 * math.expm1(-fault.rate_hz * GRID_S)),
        mean_good_s=fault.mean_good_s,
        mean_burst_s=fault.mean_burst_s,
        stream=stream_number(f"{fault.kind.name}/{fault.begin_s}/{fault.channel}"),
    )


def _first_sample(time_s: float) -> int:
    """At or after time_s."""
    return min(math.ceil((time_s - TIE_S) / GRID_S), ENDLESS) if math.isfinite(time_s) else ENDLESS


def _exceeded(probability: float) -> float:
    """What a standard normal deviate exceeds with this probability."""
    return -NormalDist().inv_cdf(probability) if probability > 0.0 else math.inf
