"""Letting the chamber's pressure rise: pumps valved off, so that what leaks into it can be told from its volume."""

from bench import commands
from bench.records import EventKind
from bench.run import Run

SETTLE_S = 5.0
"""After the pumps' valves have closed."""


def let_rise(run: Run, leak: str | None, duration_s: float) -> None:
    """Valve the roughing pumps off, hold, valve them on; noted as an event. leak: the one that is open, if any.

    Costs the valves' travel and SETTLE_S beside duration_s. Does nothing for a duration of 0.
    """
    if duration_s <= 0.0:
        return
    valves = [pump.valve for pump in run.bench.pump if pump.roughs]
    for valve in valves:
        run.execute(commands.CloseValve(valve))
    run.hold(SETTLE_S)
    begin_s = run.clock.now()
    run.hold(duration_s)
    run.event(EventKind.RATE_OF_RISE, leak=leak, begin_s=begin_s, end_s=run.clock.now())
    for valve in valves:
        run.execute(commands.OpenValve(valve))
