"""Signals as functions of time: what a rack file says of an input, made ready to be asked."""

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench.errors import ConfigError
from bench.sim.daq import noise
from bench.sim.daq.driver.process import Floats
from bench.sim.daq.rack.file import Connection
from bench.sim.daq.rack.signal_entries import Constant, Noise, Noisy, Periodic, Ramp, Recorded, Signal, Sine

Wave = Callable[[Floats], Floats]
"""Times since the service began (s) -> values in the unit of what is measured, levels as 0 and 1."""

# Of an input of a simulated device at which nothing is stated. NI says no more than that it is a sine with noise.
DEFAULT_HZ: Final = 10.0
DEFAULT_AMPLITUDE: Final = 0.9
DEFAULT_NOISE: Final = 0.03
"""Parts of half the span of the limits that the task asked for; together they stay inside."""


def waves(connection: Connection, folder: Path) -> dict[str, Wave]:
    """By terminal. ConfigError for a recording that cannot be used."""
    signal = connection.signal
    if isinstance(signal, Recorded):
        return dict(zip(connection.terminals, _recorded(signal, len(connection.terminals), folder), strict=True))
    if isinstance(signal, Noisy):
        return {terminal: _noisy(signal, terminal, clean(signal)) for terminal in connection.terminals}
    return {}


def clean(signal: Signal) -> Wave:
    """Without its noise."""
    match signal:
        case Constant(value=value) | Noise(offset=value):
            return lambda times_s: np.full(len(times_s), value)
        case Periodic():
            shape = _sine if isinstance(signal, Sine) else _ramp if isinstance(signal, Ramp) else _square
            return lambda times_s: signal.offset + signal.amplitude * shape(_turns(signal, times_s))
    raise TypeError(signal)


def default(terminal: str, times_s: Floats, limits: tuple[float, float]) -> Floats:
    """Of an input of a simulated device: a sine with a little noise, inside the limits."""
    middle, half = (limits[0] + limits[1]) / 2.0, abs(limits[1] - limits[0]) / 2.0
    little = DEFAULT_NOISE * noise.uniform(noise.key_of(0, terminal), times_s)
    return middle + half * (DEFAULT_AMPLITUDE * np.sin(2.0 * np.pi * DEFAULT_HZ * times_s) + little)


def _turns(signal: Periodic, times_s: Floats) -> Floats:
    return times_s * signal.hz + signal.phase_rad / (2.0 * np.pi)


def _sine(turns: Floats) -> Floats:
    return np.sin(2.0 * np.pi * turns)


def _ramp(turns: Floats) -> Floats:
    return 2.0 * np.mod(turns, 1.0) - 1.0


def _square(turns: Floats) -> Floats:
    return np.where(np.mod(turns, 1.0) < 0.5, 1.0, -1.0)


def _noisy(signal: Noisy, terminal: str, wave: Wave) -> Wave:
    if signal.std == 0.0:
        return wave
    key = noise.key_of(signal.seed, terminal)
    return lambda times_s: wave(times_s) + signal.std * noise.normal(key, times_s)


def _recorded(signal: Recorded, terminals: int, folder: Path) -> list[Wave]:
    samples = _samples(folder / signal.file, f"signal.{signal.terminal}.file")
    if samples.shape[1] not in (1, terminals):
        raise ConfigError(f"{folder / signal.file}: {samples.shape[1]} columns for {terminals} terminals")
    columns = np.broadcast_to(samples, (len(samples), terminals)).T
    return [partial(_played, column, signal.rate_hz, signal.repeats) for column in columns]


def _played(samples: Floats, rate_hz: float, repeats: bool, times_s: Floats) -> Floats:  # noqa: FBT001 - bound by name above
    """The sample that began last; a sum that rounds to just before its time counts."""
    index = np.floor(times_s * rate_hz + 1e-6).astype(np.int64)
    place = np.mod(index, len(samples)) if repeats else np.clip(index, 0, len(samples) - 1)
    return np.asarray(samples[place])


def _read(path: Path) -> Floats:
    """Numbers alone: of a file with objects in it, which could run code, none is read."""
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False))
    return np.loadtxt(path, delimiter=",", ndmin=2)


def _samples(path: Path, key: str) -> Floats:
    """Samples x columns."""
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path}: {key}: no plain file")
    try:
        with warnings.catch_warnings(action="error"):  # of an empty one NumPy only warns
            samples = np.asarray(_read(path), dtype=np.float64)
    except (OSError, ValueError, TypeError, MemoryError, UserWarning) as error:
        raise ConfigError(f"{path}: {key}: {' '.join(str(error).split())}") from error
    samples = samples[:, None] if samples.ndim == 1 else samples
    if samples.ndim != 2 or not samples.size or not np.isfinite(samples).all():
        raise ConfigError(f"{path}: {key}: a column of finite numbers is wanted, or one for each terminal")
    return samples
