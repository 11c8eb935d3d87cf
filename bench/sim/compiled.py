"""How the simulator's inner loops are compiled: once per installation, free of the interpreter's lock, with division by
zero left to give infinity as in numpy, and without memory of their own: what they work on is handed in, no reference is
counted. That shortens compilation, which a first run waits for, and makes the loops twice as fast.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])
OPTIONS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

UNWRAPPED: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: Function) -> Function:
    """For functions that Python calls too."""
    result: Function = njit(**OPTIONS)(function)
    return result


def inner(function: Function) -> Function:
    """For functions that compiled code alone calls."""
    result: Function = njit(**OPTIONS, **UNWRAPPED)(function)
    return result
