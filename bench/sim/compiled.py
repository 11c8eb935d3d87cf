"""How the simulator's inner loops are compiled: once per installation, free of the interpreter's lock, with division by
zero left to give infinity as in numpy, and without memory of their own (no counting of references: what they work on
is handed in; a slice is assigned to with `fill` and `copy`). All that shortens compilation, which a first run waits for.
"""

from collections.abc import Callable
from typing import TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """For functions that Python calls too."""
    result: Function = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)
    return result


def inner(function: Function) -> Function:
    """For functions that compiled code alone calls."""
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    result: Function = njit(cache=True, nogil=True, error_model="numpy", _nrt=False, **options)(function)
    return result
