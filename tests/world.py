"""What simulated instruments are connected to when there is no rig."""

from collections.abc import Mapping


class World:
    """Every quantity there is, another value at every step, so that an old one is known for what it is. It is the port
    of every simulated instrument: what they are told is forgotten.
    """

    def __init__(self) -> None:
        self.steps = 0
        self._held: float | None = None

    def step(self) -> None:
        self.steps += 1

    def freeze(self, on: bool) -> None:  # noqa: FBT001 - as the device calls it
        self._held = float(self.steps) if on else None

    def value(self, base: float) -> float:
        """base, one per cent more at every step."""
        return base * (1.0 + 0.01 * (self.steps if self._held is None else self._held))

    def now_s(self) -> float:
        return 0.0

    # the pneumatics of a pressure controller
    def line_pressure_pa(self) -> float:
        return self.value(50_000.0)

    def line_rate_pa_s(self) -> float:
        return 0.0

    def source_pressure_pa(self) -> float:
        return 150_000.0

    def barometer_pa(self) -> float:
        return 101_325.0

    def effort_percent(self) -> float:
        return 0.0

    def set_target(self, pressure_pa: float, rate_pa_s: float | None) -> None: ...
    def set_control(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's port
    def controlling(self) -> bool:
        return False

    def set_vent(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's port
    def venting(self) -> bool:
        return False

    # a turbo pump
    def set_running(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's port
    def running(self) -> bool:
        return True

    def speed(self) -> float:
        return self.value(0.5)

    # a line with a flow controller
    def flow_kg_s(self) -> float:
        return self.value(2e-6)

    def set_flow(self, kg_s: float) -> None: ...
    def pressure_pa(self) -> float:
        return self.value(150_000.0)

    def temperature_k(self) -> float:
        return 295.15

    # what a supply heats
    def resistance_ohm(self, output: int) -> float:
        return 24.0 * output

    def set_power(self, output: int, watts: float) -> None: ...

    # what a leak detector and a residual gas analyser breathe
    def helium_pa_m3_s(self) -> float:
        return self.value(1e-6)

    def inlet_pa(self) -> float:
        return self.value(1.0)

    def partial_pressures_pa(self) -> Mapping[str, float]:
        return {"N2": self.value(1e-4), "O2": 0.0, "H2O": 0.0, "CO2": 0.0, "Ar": 0.0, "He": 0.0}
