"""What the loss of an instrument's power does to the rig, whatever it was told before (design 8: nothing comes back by
itself when the power does).
"""

from collections.abc import Iterator

from bench.config.model import Bench
from bench.sim.course import Act, Course
from bench.sim.model import Model
from bench.sim.plant.state import HEATER, ON


def power_lost(bench: Bench, model: Model, instrument: str) -> Act:
    """Pumps coast, heaters cool, flows and pressure control end, valves go where they go without power."""
    openings = dict(_openings(bench, model, instrument))
    cold = [model.node[heater.compartment] for heater in bench.heater if heater.instrument == instrument]

    def act(course: Course) -> None:
        for index, opening in openings.items():
            course.want(index, opening)
        course.state.heat[cold, HEATER] = 0.0
        if bench.supply.controller == instrument:
            course.state.control[ON] = 0.0

    return act


def _openings(bench: Bench, model: Model, instrument: str) -> Iterator[tuple[int, float]]:
    off = [pump.name for pump in bench.pump if pump.instrument == instrument]
    off += [controller.name for controller in bench.flow_controller if controller.instrument == instrument]
    yield from ((model.path[name], 0.0) for name in off)
    for actuator in bench.actuators.values():
        if actuator.instrument == instrument and actuator.without_power != "stays":
            yield model.path[actuator.name], float(actuator.without_power == "open")
