"""What a calibration laboratory says of a reference leak: value, uncertainty, reference conditions (ISO 20486)."""

import math
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat


class Certificate(BaseModel):
    """A calibrated leak: value_kg_s of dry air into vacuum at the reference conditions, standard uncertainty (k = 1).

    The flow at other conditions follows value (P/P_ref)^n (T/T_ref)^a, science 3.4: a choked orifice has n = 1,
    a = -1/2. u_pressure_exponent is what the laboratory, or the literature, leaves open of n.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    serial: str
    laboratory: str
    value_kg_s: PositiveFloat
    u_kg_s: PositiveFloat
    reference_pressure_pa: PositiveFloat = 101_325.0
    reference_temperature_k: PositiveFloat = 293.15
    pressure_exponent: float = 1.0
    u_pressure_exponent: float = Field(default=0.0, ge=0.0)
    temperature_exponent: float = -0.5
    u_drift_relative: float = Field(default=0.0, ge=0.0)
    """Drift and clogging since the calibration, relative standard uncertainty."""
    calibrated: date
    due: date

    def flow_kg_s(self, pressure_pa: float, temperature_k: float) -> float:
        """Mass flow into vacuum at the upstream pressure and temperature."""
        pressure_ratio = pressure_pa / self.reference_pressure_pa
        temperature_ratio = temperature_k / self.reference_temperature_k
        factor: float = pressure_ratio**self.pressure_exponent * temperature_ratio**self.temperature_exponent
        return self.value_kg_s * factor

    def budget(
        self, pressure_pa: float, temperature_k: float, *, u_pressure_pa: float, u_temperature_k: float
    ) -> dict[str, float]:
        """Relative standard uncertainty of flow_kg_s by source (JCGM 100; the table of science 3.4)."""
        return {
            "certificate": self.u_kg_s / self.value_kg_s,
            "drift": self.u_drift_relative,
            "pressure_exponent": self.u_pressure_exponent * abs(math.log(pressure_pa / self.reference_pressure_pa)),
            "pressure": abs(self.pressure_exponent) * u_pressure_pa / pressure_pa,
            "temperature": abs(self.temperature_exponent) * u_temperature_k / temperature_k,
        }

    def overdue(self, today: date) -> bool:
        return today > self.due
