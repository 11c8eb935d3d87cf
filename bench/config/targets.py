"""What each command can be given to on a bench."""

from collections.abc import Mapping

from bench.config.model import Bench


def targets(bench: Bench) -> Mapping[str, set[str]]:
    """By the command's name."""
    actuators, pumps = set(bench.actuators), {p.name for p in bench.pump}
    heaters, flows = {heater.name for heater in bench.heater}, {c.name for c in bench.flow_controller}
    instruments = {i.name for i in bench.instrument}
    return {
        **dict.fromkeys(("OpenValve", "CloseValve"), actuators),
        **dict.fromkeys(("StartPump", "StopPump"), pumps),
        **dict.fromkeys(("SetHeater", "StopHeater"), heaters),
        **dict.fromkeys(("SetFlow", "StopFlow"), flows),
        **dict.fromkeys(("SetPressure", "StartControl", "StopControl"), instruments),
        **dict.fromkeys(("StartFilament", "StopFilament", "StartDetector", "StopDetector"), instruments),
    }
