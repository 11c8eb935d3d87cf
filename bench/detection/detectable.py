"""What an estimate could have shown at all, and how to say that it did not."""

CURRIE = 2.0 * 1.645
"""Detection limit over standard uncertainty, 5 % false positives, 5 % misses (Currie, Anal. Chem. 40 (1968) 586)."""
NORMAL_95 = 1.96
"""Half of a 95 % interval over the standard uncertainty that estimates state."""


def inconclusive(rate_kg_s: float, detectable_kg_s: float) -> tuple[str, ...]:
    """What to say of a rate below what the data would show."""
    if rate_kg_s >= detectable_kg_s:
        return ()
    return (f"inconclusive: minimum detectable leak = {detectable_kg_s:.3g} kg/s",)
