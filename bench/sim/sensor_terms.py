"""From what is stated of sensors and faults to the records of the compiled equations."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from bench.sim.scenario import Draws
from bench.sim.sensor_spec import Fault, FaultKind, SensorSpec
from bench.sim.sensor_state import OFF, FaultTerms, Lag, Records, Terms, record_type

TERMS_TYPE, FAULT_TYPE = record_type(Terms), record_type(FaultTerms)
ENDLESS = 2**62
TIE = 1e-6
"""Of a grid step: rounding of times that are meant to be grid points."""


class TermsMaker:
    """Draws hidden gains and offsets, and numbers the noise streams that are wanted."""

    def __init__(self, draws: Draws, grid_s: float) -> None:
        self._draws = draws
        self._grid_s = grid_s
        self.streams: list[str] = []

    def records(self, specs: Sequence[SensorSpec], faults: Sequence[Fault]) -> tuple[Records, Records]:
        """Of the channels and of the faults, sorted by channel."""
        terms: list[Terms] = []
        fault_terms: list[FaultTerms] = []
        for spec in specs:
            first = len(fault_terms)
            fault_terms += [self._fault(fault) for fault in faults if fault.channel == spec.name]
            terms.append(self._terms(spec, first, len(fault_terms)))
        return np.array(terms, TERMS_TYPE), np.array(fault_terms, FAULT_TYPE)

    def _terms(self, spec: SensorSpec, fault_first: int, fault_last: int) -> Terms:
        share = spec.accuracy / math.sqrt(2.0)
        memory = math.exp(-self._grid_s / spec.correlation_time_s)
        lag = lag_terms(spec.lag_s, self._grid_s)
        return Terms(
            lag_memory=lag.memory,
            lag_before=lag.before,
            lag_now=lag.now,
            gain=self._draws.normal(f"gain/{spec.name}", 0.0, share / max(map(abs, spec.range))),
            gain_tempco=spec.gain_tempco,
            offset=self._draws.normal(f"offset/{spec.name}", 0.0, share),
            tempco=spec.tempco,
            reference_k=spec.reference_k,
            drift=spec.drift,
            half_play=0.5 * spec.hysteresis,
            white=spec.white * math.sqrt(max(1.0, 1.0 / self._grid_s) if spec.averaged else 1.0),
            flicker=spec.flicker,
            walk_step=spec.random_walk * math.sqrt(self._grid_s / 3600.0),
            ou_memory=memory,
            ou_kick=spec.representativeness * math.sqrt(1.0 - memory**2),
            low=spec.range[0],
            high=spec.range[1],
            resolution=spec.resolution,
            skew=-spec.clock_skew,
            late=-spec.clock_offset_s / self._grid_s,
            white_row=self._row(f"white/{spec.name}", wanted=spec.white > 0.0),
            flicker_row=self._row(f"flicker/{spec.name}", wanted=spec.flicker > 0.0),
            walk_row=self._row(f"random_walk/{spec.name}", wanted=spec.random_walk > 0.0),
            ou_row=self._row(f"representativeness/{spec.name}", wanted=spec.representativeness > 0.0),
            fault_first=fault_first,
            fault_last=fault_last,
        )

    def _fault(self, fault: Fault) -> FaultTerms:
        random = fault.kind in (FaultKind.SPIKES, FaultKind.DROPOUT)
        starts, ends = self._thresholds(fault)
        lag = lag_terms(fault.time_constant_s, self._grid_s)
        return FaultTerms(
            kind=int(fault.kind),
            begin=self._grid_point(fault.begin_s),
            end=self._grid_point(fault.end_s),
            row=self._row(f"{fault.kind.name}/{fault.begin_s}/{fault.channel}", wanted=random),
            size=fault.size,
            starts_above=starts,
            ends_above=ends,
            lag_memory=lag.memory,
            lag_before=lag.before,
            lag_now=lag.now,
        )

    def _thresholds(self, fault: Fault) -> tuple[float, float]:
        """Spikes: a deviate beyond the first, on either side. Dropout: above the first, and the second in a burst.

        A two-state process with rates a and b leaves within dt with probability (1 - exp(-(a + b) dt)) a / (a + b).
        """
        if fault.kind is FaultKind.SPIKES:
            return _exceeded(-0.5 * math.expm1(-fault.rate_hz * self._grid_s)), math.inf
        begins, ends = 1.0 / fault.mean_good_s, 1.0 / fault.mean_burst_s
        share = -math.expm1(-(begins + ends) * self._grid_s) / (begins + ends)
        return _exceeded(share * begins), _exceeded(share * ends)

    def _grid_point(self, time_s: float) -> int:
        """The first one at or after time_s."""
        return min(math.ceil(time_s / self._grid_s - TIE), ENDLESS) if math.isfinite(time_s) else ENDLESS

    def _row(self, stream: str, *, wanted: bool) -> int:
        if wanted:
            self.streams.append(stream)
        return len(self.streams) - 1 if wanted else OFF


def lag_terms(lag_s: float, grid_s: float) -> Lag:
    """First-order lag of an input that is straight between grid points; none for lag_s = 0."""
    if lag_s == 0.0:
        return Lag(memory=0.0, before=0.0, now=1.0)
    memory = math.exp(-grid_s / lag_s)
    mean = -math.expm1(-grid_s / lag_s) * lag_s / grid_s
    return Lag(memory=memory, before=mean - memory, now=1.0 - mean)


def _exceeded(probability: float) -> float:
    """What a standard normal deviate exceeds with this probability."""
    if probability == 0.0:
        return math.inf
    return -NormalDist().inv_cdf(probability) if probability < 1.0 else -math.inf
