"""The nouns everybody uses. Frozen, SI inside; a bare float carries its unit in its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from bench.testimony import Witness
from bench.uncertainty.gum import Budget
from bench.uncertainty.monte_carlo import Validation

Floats = NDArray[np.float64]


class Quality(IntEnum):
    """How far a reading can be believed; recorded beside every value."""

    GOOD = 0
    UNDERRANGE = 1
    OVERRANGE = 2
    SENSOR_FAULT = 3
    HELD = 4  # a slow instrument's last value, still within its period
    STALE = 5  # no fresh value although one was due


USABLE = frozenset({int(Quality.GOOD), int(Quality.HELD)})
BARE_NUMBERS: Mapping[str, str] = {"relative_humidity": "fraction", "spectral_kurtosis": "excess"}
"""What quantities of unit "1" are that are no states: how their columns' names end."""


class Outcome(StrEnum):
    """FAIL: the method is wrong. ERROR: the bench is."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    ABORTED = "ABORTED"


class EventKind(StrEnum):
    RUN_BEGUN = "run_begun"
    RUN_ENDED = "run_ended"
    PHASE_BEGUN = "phase_begun"
    PHASE_ENDED = "phase_ended"
    COMMAND_CONFIRMED = "command_confirmed"
    POSITION_REACHED = "position_reached"
    COMMAND_REFUSED = "command_refused"
    INTERLOCK_TRIPPED = "interlock_tripped"
    INTERLOCK_ACKNOWLEDGED = "interlock_acknowledged"
    INTERLOCK_BYPASSED = "interlock_bypassed"
    BYPASS_ENDED = "bypass_ended"
    GAP = "gap"
    LINK_LOST = "link_lost"
    LINK_RESTORED = "link_restored"
    WARM_UP = "warm_up"  # its readings are to be believed after so many seconds; when it was switched on is not known
    SETTINGS = "settings"
    SETTINGS_CHANGED = "settings_changed"
    VALUE_FROZEN = "value_frozen"
    GAUGE_CHOSEN = "gauge_chosen"
    SPECTRUM = "spectrum"  # of a residual gas analyser, when it was asked
    BURST = "burst"  # of all microphones: the file that it is in, and its features
    BURST_LOST = "burst_lost"
    SAFE_STATE = "safe_state"
    STABLE = "stable"
    WATCH_BEGUN = "watch_begun"  # a monitor, with what it was made, and from when to when it learned
    WATCH_ENDED = "watch_ended"  # what it cost
    ALARM = "alarm"  # of a monitor that watches the run
    WINDOW = "window"  # an interval that methods are asked about
    RATE_OF_RISE = "rate_of_rise"  # an interval with the pumps valved off, and the leak then open, if any
    CERTIFICATE_OVERRIDDEN = "certificate_overridden"
    TRUTH_COMMITTED = "truth_committed"  # of a blind run: the hash of what is hidden, and of a nonce
    ESTIMATES_RECORDED = "estimates_recorded"  # with their file's hash: no truth was known before
    TRUTH_REVEALED = "truth_revealed"
    NO_ANSWER = "no_answer"  # of a method that was asked about a window: what it would need
    ERROR = "error"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Channel:
    """One recorded quantity, in the SI unit it is recorded in ("Pa", "K", "kg/s" and so on, "1" for bare numbers)."""

    name: str
    quantity: str
    unit: str
    range_min: float
    range_max: float
    accuracy: float
    """Standard uncertainty of a reading's systematic part, in unit."""
    compartment: str | None = None

    @property
    def column(self) -> str:
        """Column of a results table: the name with its unit, so that a reader needs no legend."""
        bare = BARE_NUMBERS.get(self.quantity, "state")
        suffix = bare if self.unit == "1" else self.unit.lower().replace("/", "_").replace(" ", "_")
        return f"{self.name}_{suffix}"


@dataclass(frozen=True, slots=True)
class Reading:
    channel: str
    time_s: float
    value: float
    quality: Quality


@dataclass(frozen=True, slots=True)
class Scan:
    """One set of readings of all channels on the acquisition grid, arrays aligned with the run's channel list.

    values: SI, NaN where nothing was read. offsets_s: each reading's own time minus time_s (negative: before).
    quality: codes of Quality.
    """

    time_s: float
    values: Floats
    offsets_s: Floats
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Waveform:
    """One microphone's part in a burst: samples in unit, the first at t0_s, one every dt_s."""

    name: str
    t0_s: float
    dt_s: float
    samples: NDArray[np.float32]
    unit: str = "Pa"


@dataclass(frozen=True, slots=True)
class Burst:
    """All microphones, sampled together. pressures_pa: a row for each, columns at t0_s, t0_s + dt_s and so on."""

    t0_s: float
    dt_s: float
    microphones: tuple[str, ...]
    pressures_pa: NDArray[np.float32]

    @property
    def middle_s(self) -> float:
        return self.t0_s + 0.5 * (len(self.pressures_pa[0]) - 1) * self.dt_s

    @property
    def waveforms(self) -> tuple[Waveform, ...]:
        rows = zip(self.microphones, self.pressures_pa, strict=True)
        return tuple(Waveform(name, self.t0_s, self.dt_s, samples) for name, samples in rows)


@dataclass(frozen=True, slots=True)
class RigState:
    """The latest scan, by channel name: what interlocks and conditions look at."""

    places: Mapping[str, int]
    scan: Scan

    def value(self, channel: str) -> float:
        """SI value, NaN where nothing was read."""
        return float(self.scan.values[self.places[channel]])

    def quality(self, channel: str) -> Quality:
        return Quality(int(self.scan.quality[self.places[channel]]))

    def usable(self, channel: str) -> bool:
        return self.scan.quality[self.places[channel]] in USABLE


@dataclass(frozen=True, slots=True)
class Event:
    time_s: float
    kind: EventKind
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """A stretch of scans as a method sees it. columns: channel -> values, NaN where the reading was not usable."""

    time_s: Floats
    columns: Mapping[str, Floats]

    def between(self, begin_s: float, end_s: float) -> "Series":
        """The scans with begin_s <= time_s < end_s."""
        return self.rows(slice(*np.searchsorted(self.time_s, [begin_s, end_s])))

    def rows(self, rows: slice) -> "Series":
        return Series(self.time_s[rows], {name: values[rows] for name, values in self.columns.items()})


@dataclass(frozen=True, slots=True)
class Window:
    """The question put to a method: how fast does compartment lose gas between begin_s and end_s, above its rate
    in the background windows, when every leak was known to be closed? It says nothing of what leaked or how much.
    compartment: or rig.WHOLE, with all hatches open.
    """

    name: str
    compartment: str
    begin_s: float
    end_s: float
    background: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class LeakEstimate:
    """A method's answer. rate_kg_s > 0: gas is lost; u_kg_s: standard uncertainty, all contributions combined.
    compartment_probabilities: also of `none` and `more than one`; time_to_limit_s: from the window's end, by quantile:
    "0.05", "0.5", "0.95".
    """

    method: str
    window: str
    rate_kg_s: float
    u_kg_s: float
    time_s: float | None = None
    """The end of the data that it rests on, of a method that watches as time goes on."""
    detectable_kg_s: float | None = None
    """The least rate that these data would show (95 % of the time, at 5 % false positives). A rate below it is neither
    a leak nor none: inconclusive.
    """
    onset_s: float | None = None
    compartment_probabilities: Mapping[str, float] = field(default_factory=dict)
    leak_kind: str | None = None
    time_to_limit_s: Mapping[str, float] = field(default_factory=dict)
    alarm: bool | None = None
    causes_kg_s: Mapping[str, float] = field(default_factory=dict)
    """What else took gas, by its name: purification, crew, make-up (negative: it came back)."""
    faulty: tuple[str, ...] = ()
    """Channels that it did not believe."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """What really leaked where and when: the certificate carried to the measured conditions. void: why not, or None."""

    leak: str
    compartment: str
    rate_kg_s: float
    u_kg_s: float
    onset_s: float
    end_s: float
    budget: Mapping[str, float]
    """Relative standard uncertainty by source (science 3.4); statement: in full, at the mean conditions."""
    void: str | None = None
    statement: Budget | None = None
    check: Validation | None = None
    witnesses: tuple[Witness, ...] = ()
    tainted: str | None = None
    """The certificate was used although it may not be."""


@dataclass(frozen=True, slots=True)
class Score:
    """One method against one truth. normalised_error = (rate - truth) / sqrt(u^2 + u_truth^2)."""

    leak: str
    compartment: str
    method: str
    rate_kg_s: float
    u_kg_s: float
    truth_kg_s: float
    truth_u_kg_s: float
    normalised_error: float
    covers_truth: bool
    tainted: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: str
