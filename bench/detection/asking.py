"""A method asked: what it is shown, and what becomes of its answer."""

from dataclasses import replace

from bench.detection.method import CannotEstimateError, Method
from bench.records import LeakEstimate, Series, Window
from bench.rig import WHOLE, Rig


def visible(rig: Rig, series: Series) -> Series:
    """The channels that the rig names: no other means anything to a method. The chamber's gauges, a leak's own flow
    controller and end switch would tell what leaks.
    """
    return Series(series.time_s, {name: series.columns[name] for name in rig.channels if name in series.columns})


def answer(method: Method, rig: Rig, series: Series, window: Window, number: int) -> LeakEstimate:
    """A window bears its leak's name, which may tell the size of its hole: the method is asked about a number."""
    try:
        found = method.estimate(rig, visible(rig, series), replace(window, name=f"window_{number}"))
    except CannotEstimateError as error:
        raise CannotEstimateError(error.method, window.name, error.reason) from error
    return replace(found, window=window.name)


def about(found: LeakEstimate, rig: Rig, otherwise: str = "") -> str:
    """The compartment that an answer of a monitor is about: that its window names, or else where it most likely leaks.
    otherwise: where it does not say.
    """
    if found.window in (*rig.compartments, WHOLE):
        return found.window
    places = found.compartment_probabilities
    return max(places, key=lambda name: places[name]) if places else otherwise
