"""White noise as a function of (seed, stream, block) alone: unit variance, independent from sample to sample."""

import zlib

import numpy as np

from bench.records import Floats


def white(seed: int, stream: str, block: int, samples: int) -> Floats:
    """block: -1 or later (what is heard at first was on its way before time zero)."""
    key = [seed, zlib.crc32(f"sound/{stream}".encode())]
    generator = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, block + 1]))
    return generator.standard_normal(samples)
