"""Opening a hatch: through its equalisation valve, so that no pressure stands behind it."""

from bench import commands
from bench.config.parts import Hatch
from bench.records import RigState
from bench.run import Run

EQUAL_PA = 100.0
"""Half of what the shipped interlocks allow across a hatch, so that noise does not refuse what was just equalised."""
LIMIT_S = 600.0


def open_hatch(run: Run, hatch: Hatch) -> None:
    """Open it; where its two sides differ by more than EQUAL_PA, let its equalisation valve make them equal first, and
    close that again. Raises InconclusiveError where they do not become so within LIMIT_S.
    """
    is_open = f"{hatch.name}_open"
    between = [valve for valve in run.bench.valve if {*valve.connects} == {*hatch.connects}]
    first, second = (run.bench.channels_of(name, "pressure")[0].name for name in hatch.connects)

    def equal(state: RigState) -> bool:
        return abs(state.value(first) - state.value(second)) < EQUAL_PA

    shut = hatch.open_switch is None or run.state.value(is_open) != 1.0
    if shut and between and not equal(run.state):
        run.execute(commands.OpenValve(between[0].name))
        run.wait_for(equal, LIMIT_S, f"both sides of {hatch.name} within {EQUAL_PA:g} Pa")
        run.execute(commands.CloseValve(between[0].name))
    run.execute(commands.OpenValve(hatch.name))
