"""Small linear systems of diagonally dominant matrices, compiled: no pivots, zeros skipped (compartments in a row make
few others).
"""

from bench.records import Floats
from bench.sim.compiled import compiled


@compiled
def factorise(a: Floats) -> None:
    """LU in place, unit lower triangle."""
    for k in range(a.shape[0]):
        for i in range(k + 1, a.shape[0]):
            if a[i, k] == 0.0:
                continue
            a[i, k] /= a[k, k]
            for j in range(k + 1, a.shape[0]):
                if a[k, j] != 0.0:
                    a[i, j] -= a[i, k] * a[k, j]


@compiled
def solve(lu: Floats, x: Floats) -> None:
    """Replace x by the solution; what it has beyond the size of the matrix stays."""
    size = lu.shape[0]
    for i in range(size):
        for j in range(i):
            if lu[i, j] != 0.0:
                x[i] -= lu[i, j] * x[j]
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            if lu[i, j] != 0.0:
                x[i] -= lu[i, j] * x[j]
        x[i] /= lu[i, i]


@compiled
def copy(target: Floats, source: Floats) -> None:
    """Into a row of the same size."""
    for i in range(target.size):
        target[i] = source[i]


@compiled
def copy_table(target: Floats, source: Floats) -> None:
    for i in range(target.shape[0]):
        for j in range(target.shape[1]):
            target[i, j] = source[i, j]
