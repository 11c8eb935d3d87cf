"""One table from the call that creates an analog input to what it measures, and how its fields are read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bench.sim.daq.driver.channel import Kept
from bench.sim.daq.face import scales
from bench.sim.daq.face.scales import Scale, as_asked, temperature, volts

FIELDS: Final[Mapping[str, str]] = {
    "terminal_config": "AI_TERM_CFG",
    "voltage_excit_source": "AI_EXCIT_SRC",
    "current_excit_source": "AI_EXCIT_SRC",
    "voltage_excit_val": "AI_EXCIT_VAL",
    "current_excit_val": "AI_EXCIT_VAL",
    "voltage_excit_freq": "AI_AC_EXCIT_FREQ",
    "ac_excit_wire_mode": "AI_AC_EXCIT_WIRE_MODE",
    "use_excit_for_scaling": "AI_EXCIT_USE_FOR_SCALING",
    "shunt_resistor_loc": "AI_CURRENT_SHUNT_LOC",
    "ext_shunt_resistor_val": "AI_CURRENT_SHUNT_RESISTANCE",
    "thermocouple_type": "AI_THRMCPL_TYPE",
    "cjc_source": "AI_THRMCPL_CJC_SRC",
    "cjc_val": "AI_THRMCPL_CJC_VAL",
    "cjc_channel": "AI_THRMCPL_CJC_CHAN",
    "rtd_type": "AI_RTD_TYPE",
    "r0": "AI_RTD_R0",
    "resistance_config": "AI_RESISTANCE_CFG",
    "a": "AI_THRMSTR_A",
    "b": "AI_THRMSTR_B",
    "c": "AI_THRMSTR_C",
    "r1": "AI_THRMSTR_R1",
    "mic_sensitivity": "AI_MICROPHONE_SENSITIVITY",
    "max_snd_press_level": "AI_SOUND_PRESSURE_MAX_SOUND_PRESSURE_LVL",
    "bridge_config": "AI_BRIDGE_CFG",
    "nominal_bridge_resistance": "AI_BRIDGE_NOM_RESISTANCE",
    "forward_coeffs": "AI_BRIDGE_POLY_FORWARD_COEFF",
    "reverse_coeffs": "AI_BRIDGE_POLY_REVERSE_COEFF",
    "electrical_vals": "AI_BRIDGE_TABLE_ELECTRICAL_VALS",
    "physical_vals": "AI_BRIDGE_TABLE_PHYSICAL_VALS",
    "first_electrical_val": "AI_BRIDGE_TWO_POINT_LIN_FIRST_ELECTRICAL_VAL",
    "first_physical_val": "AI_BRIDGE_TWO_POINT_LIN_FIRST_PHYSICAL_VAL",
    "second_electrical_val": "AI_BRIDGE_TWO_POINT_LIN_SECOND_ELECTRICAL_VAL",
    "second_physical_val": "AI_BRIDGE_TWO_POINT_LIN_SECOND_PHYSICAL_VAL",
    "electrical_units": "AI_BRIDGE_ELECTRICAL_UNITS",
    "physical_units": "AI_BRIDGE_PHYSICAL_UNITS",
    "strain_config": "AI_STRAIN_GAGE_CFG",
    "gage_factor": "AI_STRAIN_GAGE_GAGE_FACTOR",
    "nominal_gage_resistance": "AI_BRIDGE_NOM_RESISTANCE",
    "poisson_ratio": "AI_STRAIN_GAGE_POISSON_RATIO",
    "lead_wire_resistance": "AI_LEAD_WIRE_RESISTANCE",
    "initial_bridge_voltage": "AI_BRIDGE_INITIAL_VOLTAGE",
    "gage_orientation": "AI_ROSETTE_STRAIN_GAGE_ORIENTATION",
    "rosette_type": "AI_ROSETTE_STRAIN_GAGE_ROSETTE_TYPE",
    "threshold_level": "AI_FREQ_THRESH_VOLTAGE",
    "hysteresis": "AI_FREQ_HYST",
}
"""Field of a request -> property of the channel, whatever is measured."""


@dataclass(frozen=True, slots=True)
class Input:
    """units, sensitivity: properties that the fields of these names are; scale: how limits and values are found."""

    measurement: str
    units: str
    scale: Scale = as_asked
    sensitivity: str = ""
    kept: Mapping[str, Kept] = field(default_factory=dict)
    """Properties that the request does not state."""

    @property
    def own(self) -> Mapping[str, str]:
        """Field of the request -> property, of this measurement alone."""
        found = {"units": self.units} if self.units else {}
        if self.sensitivity:
            found |= {"sensitivity": self.sensitivity, "sensitivity_units": f"{self.sensitivity}_UNITS"}
        return found


_NO_LINEARISATION: Final[Mapping[str, Kept]] = {
    FIELDS[name]: () for name in ("forward_coeffs", "reverse_coeffs", "electrical_vals", "physical_vals")
}

INPUTS: Final[Mapping[str, Input]] = {
    "CreateAIVoltageChan": Input("VOLTAGE", "AI_VOLTAGE_UNITS", volts),
    "CreateAIVoltageChanWithExcit": Input("VOLTAGE_CUSTOM_WITH_EXCITATION", "AI_VOLTAGE_UNITS", volts),
    "CreateAIVoltageRMSChan": Input("VOLTAGE_ACRMS", "AI_VOLTAGE_ACRMS_UNITS"),
    "CreateAICurrentChan": Input("CURRENT", "AI_CURRENT_UNITS", scales.amperes),
    "CreateAICurrentRMSChan": Input("CURRENT_ACRMS", "AI_CURRENT_ACRMS_UNITS"),
    "CreateAIResistanceChan": Input("RESISTANCE", "AI_RESISTANCE_UNITS"),
    "CreateAIRTDChan": Input("TEMPERATURE_RTD", "AI_TEMP_UNITS", scales.resistance_thermometer),
    "CreateAIThrmcplChan": Input("TEMPERATURE_THERMOCOUPLE", "AI_TEMP_UNITS", temperature),
    "CreateAIThrmstrChanIex": Input("TEMPERATURE_THERMISTOR", "AI_TEMP_UNITS", temperature),
    "CreateAIThrmstrChanVex": Input("TEMPERATURE_THERMISTOR", "AI_TEMP_UNITS", temperature),
    "CreateAITempBuiltInSensorChan": Input("TEMPERATURE_BUILT_IN_SENSOR", "AI_TEMP_UNITS", scales.built_in_temperature),
    "CreateAIMicrophoneChan": Input("SOUND_PRESSURE_MICROPHONE", "AI_SOUND_PRESSURE_UNITS", scales.microphone),
    "CreateAIAccelChan": Input(
        "ACCELERATION_ACCELEROMETER_CURRENT_INPUT", "AI_ACCEL_UNITS", sensitivity="AI_ACCEL_SENSITIVITY"
    ),
    "CreateAIAccelChargeChan": Input(
        "ACCELERATION_CHARGE", "AI_ACCEL_UNITS", sensitivity="AI_ACCEL_CHARGE_SENSITIVITY"
    ),
    "CreateAIAccel4WireDCVoltageChan": Input(
        "ACCELERATION_4_WIRE_DC_VOLTAGE", "AI_ACCEL_UNITS", sensitivity="AI_ACCEL_4_WIRE_DC_VOLTAGE_SENSITIVITY"
    ),
    "CreateAIChargeChan": Input("CHARGE", "AI_CHARGE_UNITS"),
    "CreateAIForceIEPEChan": Input(
        "FORCE_IEPE_SENSOR", "AI_FORCE_UNITS", sensitivity="AI_FORCE_IEPE_SENSOR_SENSITIVITY"
    ),
    "CreateAIVelocityIEPEChan": Input(
        "VELOCITY_IEPE_SENSOR", "AI_VELOCITY_UNITS", sensitivity="AI_VELOCITY_IEPE_SENSOR_SENSITIVITY"
    ),
    "CreateAIPosEddyCurrProxProbeChan": Input(
        "POSITION_EDDY_CURRENT_PROX_PROBE",
        "AI_EDDY_CURRENT_PROX_PROBE_UNITS",
        sensitivity="AI_EDDY_CURRENT_PROX_PROBE_SENSITIVITY",
    ),
    "CreateAIPosLVDTChan": Input("POSITION_LINEAR_LVDT", "AI_LVDT_UNITS", sensitivity="AI_LVDT_SENSITIVITY"),
    "CreateAIPosRVDTChan": Input("POSITION_ANGULAR_RVDT", "AI_RVDT_UNITS", sensitivity="AI_RVDT_SENSITIVITY"),
    "CreateAIStrainGageChan": Input("STRAIN_STRAIN_GAGE", "AI_STRAIN_UNITS"),
    "CreateAIBridgeChan": Input("BRIDGE", "AI_BRIDGE_UNITS", kept=_NO_LINEARISATION),
    **{
        f"CreateAI{quantity}Bridge{form}Chan": Input(f"{quantity.upper()}_BRIDGE", f"AI_{quantity.upper()}_UNITS")
        for quantity in ("Force", "Pressure", "Torque")
        for form in ("Polynomial", "Table", "TwoPointLin")
    },
}
