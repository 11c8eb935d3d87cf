"""What a calibration laboratory says of a reference leak: value, uncertainty, reference conditions (ISO 20486).

A leak is a hole, a capillary, a reservoir of helium, or a flow controller that passes what it is set to.
"""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, model_validator

from bench.leak_gas import GASES, MOLAR_GAS_CONSTANT_J_MOL_K
from bench.uncertainty.gum import Distribution, Input

DAYS_PER_YEAR = 365.25
POWERS: Mapping[str, tuple[float, float]] = {"orifice": (1.0, -0.5), "capillary": (2.0, -1.7)}
"""Of upstream pressure and temperature, where the certificate does not say: choked, and laminar (science 3.4)."""
DOWNSTREAM_AT_MOST: Mapping[str, float] = {"orifice": 0.5, "capillary": 0.05}
"""Of the reference pressure: beyond it the value does not hold into vacuum. Choked below 0.528; a capillary's flow
misses the square of the ratio, a quarter of a per cent."""


class Certificate(BaseModel):
    """A calibrated leak: what it passes into vacuum at the reference conditions, with expanded uncertainty and its k.

    At other conditions an orifice (choked) and a capillary (viscous) pass value (P/P_ref)^n (T/T_ref)^a, a permeation
    leak, which holds its own helium, value (1 + c (T - T_ref)), science 3.4; a programmable one, a flow controller,
    value (shown - zero) / reference_reading (1 + c (T - T_ref)); each times 1 + drift per year since the calibration.
    file and sha256 say where a certificate was read from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    serial: str = Field(min_length=1)
    laboratory: str
    model: Literal["orifice", "capillary", "permeation", "programmable"] = "orifice"
    value: PositiveFloat
    unit: Literal["kg/s", "mol/s", "Pa m3/s"] = "kg/s"
    """Pa m3/s are of the reference gas at the reference temperature."""
    expanded_uncertainty: PositiveFloat
    """In unit: coverage_factor times the standard uncertainty."""
    coverage_factor: float = Field(default=2.0, ge=1.0)
    degrees_of_freedom: PositiveFloat | None = None
    """Of the uncertainty; none: as good as infinitely many."""
    gas: Literal["air", "nitrogen", "helium"] = "air"
    reference_pressure_pa: PositiveFloat = 101_325.0
    reference_temperature_k: PositiveFloat = 293.15
    reference_downstream_pa: NonNegativeFloat = 0.0
    pressure_exponent: float = 1.0
    u_pressure_exponent: NonNegativeFloat = 0.0
    """What the laboratory, or the literature, leaves open of it."""
    temperature_exponent: float = -0.5
    u_temperature_exponent: NonNegativeFloat = 0.0
    reference_reading_kg_s: PositiveFloat | None = None
    """What a programmable leak's flow controller showed while value passed, its zero taken off."""
    zero_kg_s: float = 0.0
    """What it shows while nothing flows."""
    u_zero_kg_s: NonNegativeFloat = 0.0
    temperature_coefficient_1_k: float = 0.0
    u_temperature_coefficient_1_k: NonNegativeFloat = 0.0
    drift_per_year: float = 0.0
    """Relative; negative where a reservoir is used up or a bore clogs."""
    u_drift_per_year: NonNegativeFloat = 0.0
    u_drift_relative: NonNegativeFloat = 0.0
    """What may have changed since the calibration whenever that was, relative standard uncertainty."""
    calibrated: date
    due: date
    file: Path | None = None
    sha256: str = ""

    @model_validator(mode="before")
    @classmethod
    def powers_of_its_model(cls, data: Any) -> Any:  # noqa: ANN401 - whatever TOML gives
        if not isinstance(data, dict):
            return data
        pressure, temperature = POWERS.get(data.get("model", "orifice"), (0.0, 0.0))
        return {"pressure_exponent": pressure, "temperature_exponent": temperature, **data}

    @model_validator(mode="after")
    def as_its_model_says(self) -> Self:
        """What does not belong to the model is refused, not ignored."""
        if self.model == "permeation" and self.gas != "helium":
            raise ValueError("a permeation leak is of helium")
        if self.model == "permeation" and "temperature_coefficient_1_k" not in self.model_fields_set:
            raise ValueError("a permeation leak needs temperature_coefficient_1_k")
        if self.model in POWERS and (self.temperature_coefficient_1_k or self.u_temperature_coefficient_1_k):
            raise ValueError("temperature_coefficient_1_k: of this model it is temperature_exponent")
        if self.model not in POWERS and (self.pressure_exponent, self.temperature_exponent) != (0.0, 0.0):
            raise ValueError(f"a {self.model} leak has temperature_coefficient_1_k, no exponents")
        if (self.model == "programmable") != (self.reference_reading_kg_s is not None):
            raise ValueError("reference_reading_kg_s belongs to a programmable leak, and to nothing else")
        if self.model != "programmable" and (self.zero_kg_s or self.u_zero_kg_s):
            raise ValueError("zero_kg_s is of a programmable leak")
        most = DOWNSTREAM_AT_MOST.get(self.model, math.inf) * self.reference_pressure_pa
        if self.reference_downstream_pa > most:
            raise ValueError(f"reference_downstream_pa: above {most:g} Pa the value does not hold into vacuum")
        if self.due < self.calibrated:
            raise ValueError("due: before calibrated")
        return self

    @property
    def value_kg_s(self) -> float:
        return self.value * self._kg_s_per_unit

    @property
    def u_kg_s(self) -> float:
        """Standard uncertainty (k = 1)."""
        return self.expanded_uncertainty / self.coverage_factor * self._kg_s_per_unit

    @property
    def _kg_s_per_unit(self) -> float:
        molar_kg = GASES[self.gas].molar_mass_kg_mol
        thermal_j_mol = MOLAR_GAS_CONSTANT_J_MOL_K * self.reference_temperature_k
        return {"kg/s": 1.0, "mol/s": molar_kg, "Pa m3/s": molar_kg / thermal_j_mol}[self.unit]

    @property
    def choked(self) -> bool:
        """Whether its flow depends on a low pressure behind it: a permeation leak has its own reservoir, and a flow
        controller shows what passes.
        """
        return self.model in POWERS

    def flow_kg_s(self, pressure_pa: float, temperature_k: float) -> float:
        """Mass flow of the reference gas into vacuum at the upstream pressure and temperature, as on the certificate's
        date; of a programmable leak, at its reference reading.
        """
        shown = (self.reference_reading_kg_s or 0.0) + self.zero_kg_s
        conditions = {"pressure": pressure_pa, "temperature": temperature_k, "shown": shown}
        conditions |= {"composition": 1.0, "background": 0.0}
        stated = {entry.name: entry.value for entry in self.inputs(self.calibrated)}
        return float(self.flow({**stated, **conditions}))

    def flow(self, x: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number of numbers, an array of arrays
        """Mass flow from what inputs() names and pressure (of a programmable leak: shown), temperature, composition (a
        factor), background (kg/s).
        """
        flow = x["certificate"] * self._driven(x) * x["composition"] * (1.0 + x["drift"])
        if self.model in POWERS:
            flow = flow * (x["temperature"] / self.reference_temperature_k) ** x["temperature_coefficient"]
        else:
            flow = flow * (1.0 + x["temperature_coefficient"] * (x["temperature"] - self.reference_temperature_k))
        return flow - x["background"]

    def _driven(self, x: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as flow
        """Flow over that at the reference pressure or reading."""
        if self.reference_reading_kg_s is not None:
            return (x["shown"] - x["zero"]) / self.reference_reading_kg_s
        return (x["pressure"] / self.reference_pressure_pa) ** x["pressure_exponent"]

    def inputs(self, day: date) -> tuple[Input, ...]:
        """What the certificate contributes to the budget of a flow on that day."""
        dof = self.degrees_of_freedom or math.inf
        shape: Distribution = "t" if math.isfinite(dof) else "normal"  # JCGM 101 6.4.9.7
        years = (day - self.calibrated).days / DAYS_PER_YEAR
        u_drift = math.hypot(self.u_drift_relative, self.u_drift_per_year * years)
        thermal = Input("temperature_coefficient", self.temperature_exponent, self.u_temperature_exponent)
        if self.model not in POWERS:
            linear = self.temperature_coefficient_1_k, self.u_temperature_coefficient_1_k
            thermal = Input("temperature_coefficient", *linear, unit="1/K")
        driving = Input("pressure_exponent", self.pressure_exponent, self.u_pressure_exponent)
        if self.model == "programmable":
            driving = Input("zero", self.zero_kg_s, self.u_zero_kg_s, unit="kg/s")
        return (
            Input("certificate", self.value_kg_s, self.u_kg_s, shape, dof, "kg/s"),
            driving,
            thermal,
            Input("drift", self.drift_per_year * years, u_drift),
        )

    def overdue(self, today: date) -> bool:
        return today > self.due
