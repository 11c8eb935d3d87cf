"""What a channel of each kind of analog input tells of how it was made, as the official client's tests expect it."""

import pytest
from daq_bed import refused
from daq_testers import TESTER
from nidaqmx.constants import (
    AccelUnits,
    BridgeConfiguration,
    BridgeUnits,
    CJCSource,
    CurrentShuntResistorLocation,
    CurrentUnits,
    ExcitationSource,
    PowerUnits,
    ResistanceConfiguration,
    ResistanceUnits,
    RTDType,
    StrainGageBridgeType,
    StrainGageRosetteMeasurementType,
    StrainGageRosetteType,
    TemperatureUnits,
    TerminalConfiguration,
    ThermocoupleType,
    UsageTypeAI,
    VoltageUnits,
)

AI0 = f"{TESTER}/ai0"
BRIDGE = "bridgeTester/ai0"
EXTERNAL = ExcitationSource.EXTERNAL
FOUR_WIRE, THREE_WIRE, TWO_WIRE = (
    ResistanceConfiguration.FOUR_WIRE,
    ResistanceConfiguration.THREE_WIRE,
    ResistanceConfiguration.TWO_WIRE,
)


MADE = [
    (
        "current",
        AI0,
        UsageTypeAI.CURRENT,
        {
            "min_val": -0.01,
            "max_val": 0.01,
            "ext_shunt_resistor_val": 100.0,
            "terminal_config": TerminalConfiguration.RSE,
        },
        {"ai_min": -0.01, "ai_max": 0.01, "ai_current_shunt_resistance": 100.0, "ai_current_units": CurrentUnits.AMPS},
    ),
    (
        "rtd",
        AI0,
        UsageTypeAI.TEMPERATURE_RTD,
        {"rtd_type": RTDType.PT_3851, "resistance_config": THREE_WIRE},
        {"ai_rtd_type": RTDType.PT_3851, "ai_resistance_cfg": THREE_WIRE, "ai_temp_units": TemperatureUnits.DEG_C}
        | {"ai_excit_src": EXTERNAL, "ai_excit_val": 0.0025, "ai_rtd_r0": 100.0},
    ),
    (
        "resistance",
        AI0,
        UsageTypeAI.RESISTANCE,
        {"min_val": -1000.0, "max_val": 1000.0, "resistance_config": TWO_WIRE}
        | {"current_excit_source": EXTERNAL, "current_excit_val": 0.005},
        {"ai_resistance_cfg": TWO_WIRE, "ai_resistance_units": ResistanceUnits.OHMS, "ai_excit_val": 0.005},
    ),
    (
        "thrmcpl",
        "tempTester/ai0",
        UsageTypeAI.TEMPERATURE_THERMOCOUPLE,
        {"thermocouple_type": ThermocoupleType.J, "cjc_source": CJCSource.CONSTANT_USER_VALUE, "cjc_val": 25.0},
        {"ai_thrmcpl_type": ThermocoupleType.J, "ai_thrmcpl_cjc_src": CJCSource.CONSTANT_USER_VALUE}
        | {"ai_thrmcpl_cjc_val": 25.0},
    ),
    (
        "thrmcpl",
        "tempTester/ai0",
        UsageTypeAI.TEMPERATURE_THERMOCOUPLE,
        {"thermocouple_type": ThermocoupleType.K, "cjc_source": CJCSource.BUILT_IN, "cjc_val": 0.0},
        {"ai_thrmcpl_type": ThermocoupleType.K, "ai_thrmcpl_cjc_src": CJCSource.BUILT_IN, "ai_thrmcpl_cjc_val": 0.0},
    ),
    (
        "thrmstr_iex",
        AI0,
        UsageTypeAI.TEMPERATURE_THERMISTOR,
        {"resistance_config": FOUR_WIRE, "a": 0.2, "b": 0.3, "c": 0.4},
        {"ai_resistance_cfg": FOUR_WIRE, "ai_thrmstr_a": 0.2, "ai_thrmstr_b": 0.3, "ai_thrmstr_c": 0.4},
    ),
    (
        "thrmstr_vex",
        AI0,
        UsageTypeAI.TEMPERATURE_THERMISTOR,
        {"units": TemperatureUnits.DEG_F, "resistance_config": THREE_WIRE, "r_1": 5000.0},
        {"ai_temp_units": TemperatureUnits.DEG_F, "ai_resistance_cfg": THREE_WIRE, "ai_thrmstr_r1": 5000.0},
    ),
    (
        "temp_built_in_sensor",
        f"{TESTER}/_boardTempSensor_vs_aignd",
        UsageTypeAI.TEMPERATURE_BUILT_IN_SENSOR,
        {},
        {},
    ),
    (
        "microphone",
        "dsaTester/ai0",
        UsageTypeAI.SOUND_PRESSURE_MICROPHONE,
        {"mic_sensitivity": 5.0, "max_snd_press_level": 50.0},
        {"ai_microphone_sensitivity": 5.0, "ai_sound_pressure_max_sound_pressure_lvl": 50.0},
    ),
    (
        "strain_gage",
        BRIDGE,
        UsageTypeAI.STRAIN_STRAIN_GAGE,
        {"strain_config": StrainGageBridgeType.QUARTER_BRIDGE_I, "gage_factor": 1.1, "nominal_gage_resistance": 120.0},
        {"ai_strain_gage_gage_factor": 1.1, "ai_bridge_nom_resistance": 120.0},
    ),
    (
        "bridge",
        BRIDGE,
        UsageTypeAI.BRIDGE,
        {"units": BridgeUnits.MILLIVOLTS_PER_VOLT, "bridge_config": BridgeConfiguration.QUARTER_BRIDGE},
        {"ai_bridge_units": BridgeUnits.MILLIVOLTS_PER_VOLT, "ai_bridge_cfg": BridgeConfiguration.QUARTER_BRIDGE}
        | {"ai_bridge_poly_forward_coeff": []},
    ),
    (
        "pressure_bridge_polynomial",
        BRIDGE,
        UsageTypeAI.PRESSURE_BRIDGE,
        {},
        {"ai_bridge_poly_forward_coeff": [0.0, 50.0], "ai_bridge_poly_reverse_coeff": [0.0, 0.02]},
    ),
    (
        "torque_bridge_table",
        BRIDGE,
        UsageTypeAI.TORQUE_BRIDGE,
        {},
        {"ai_bridge_table_electrical_vals": [-2.0, 0.0, 2.0], "ai_bridge_table_physical_vals": [-100.0, 0.0, 100.0]},
    ),
]


@pytest.mark.parametrize(
    ("kind", "where", "usage", "asked", "told"), MADE, ids=[f"{m[0]}-{i}" for i, m in enumerate(MADE)]
)
def test_channel_tells_what_it_was_made_with(task, kind, where, usage, asked, told):
    middle, dash, last = kind.rpartition("_")
    name = f"add_ai_thrmstr_chan_{last}" if middle == "thrmstr" and dash else f"add_ai_{kind}_chan"
    channel = getattr(task.ai_channels, name)(where, **asked)
    assert channel.ai_meas_type == usage
    assert {key: getattr(channel, key) for key in told} == told


def test_rosette_gives_its_channel_a_name(task):
    task.ai_channels.add_ai_rosette_strain_gage_chan(
        "bridgeTester/ai0,bridgeTester/ai1",
        StrainGageRosetteType.TEE,
        0.0,
        [StrainGageRosetteMeasurementType.PRINCIPAL_STRAIN_1],
    )
    assert task.ai_channels["rosette0_principalStrain1"].ai_meas_type == UsageTypeAI.ROSETTE_STRAIN_GAGE


SENSORS = {
    "accel_4_wire_dc_voltage": "chargeTester/ai0",
    "accel": "dsaTester/ai0",
    "accel_charge": "chargeTester/ai0",
    "charge": "chargeTester/ai0",
    "force_iepe": "dsaTester/ai0",
    "velocity_iepe": "dsaTester/ai0",
    "pos_eddy_curr_prox_probe": "dsaTester/ai0",
    "pos_lvdt": "positionTester/ai0",
    "pos_rvdt": "positionTester/ai0",
    "voltage_rms": "dmmTester/dmm",
    "current_rms": "dmmTester/dmm",
    **{
        f"{what}_bridge_{form}": BRIDGE
        for what in ("force", "pressure", "torque")
        for form in ("polynomial", "table", "two_point_lin")
    },
}


@pytest.mark.parametrize("kind", SENSORS)
def test_sensor_gives_what_lies_in_its_limits(task, kind):
    channel = getattr(task.ai_channels, f"add_ai_{kind}_chan")(SENSORS[kind], min_val=0.0, max_val=0.001)
    assert (channel.ai_min, channel.ai_max) == (0.0, 0.001)
    assert all(0.0 <= value <= 0.001 for value in task.read(10))
    channel.ai_max = 0.0005
    assert channel.ai_max == 0.0005
    assert max(task.read(10)) <= 0.0005


def test_sensitivity_is_told_of_the_sensor_that_it_was_made_for(task):
    channel = task.ai_channels.add_ai_accel_charge_chan("chargeTester/ai0", sensitivity=51.0)
    assert (channel.ai_accel_charge_sensitivity, channel.ai_accel_units) == (51.0, AccelUnits.G)
    with refused(-200452):
        _ = channel.ai_accel_sensitivity


def test_shunt_of_a_multimeter_is_inside(task):
    channel = task.ai_channels.add_ai_current_rms_chan("dmmTester/dmm", min_val=0.0, max_val=1.0)
    assert channel.ai_current_shunt_loc == CurrentShuntResistorLocation.INTERNAL


def test_calculated_power_keeps_the_limits_of_its_factors(task):
    channel = task.ai_channels.add_ai_calculated_power_chan(
        "pxie4311/ai0", "pxie4311/ai1", voltage_min_val=-8.0, voltage_max_val=9.0, ext_shunt_resistor_val=100.0
    )
    assert (channel.ai_meas_type, channel.ai_power_units) == (UsageTypeAI.CALCULATED_POWER, PowerUnits.WATTS)
    assert (channel.ai_calculated_power_voltage_min, channel.ai_calculated_power_voltage_max) == (-8.0, 9.0)
    assert (channel.ai_calculated_power_current_min, channel.ai_calculated_power_current_max) == (-0.01, 0.01)
    assert channel.ai_current_shunt_loc == CurrentShuntResistorLocation.EXTERNAL
    with refused(-209894):
        channel.ai_max = 1.0


def test_sensor_that_a_device_cannot_measure_is_refused(task):
    with refused(-200431):
        task.ai_channels.add_ai_bridge_chan("dsaTester/ai0")


def test_custom_scale_is_refused(task):
    with refused(-200378):
        task.ai_channels.add_ai_voltage_chan(AI0, units=VoltageUnits.FROM_CUSTOM_SCALE, custom_scale_name="double_gain")


def test_unit_of_temperature_that_is_set_later_is_that_of_the_values(task):
    channel = task.ai_channels.add_ai_thrmcpl_chan("tempTester/ai0", min_val=20.0, max_val=21.0)
    assert 20.0 <= task.read() <= 21.0
    channel.ai_temp_units = TemperatureUnits.K
    assert (channel.ai_min, channel.ai_max) == pytest.approx((293.15, 294.15))
    assert 293.15 <= task.read() <= 294.15


def test_no_sensor_tells_what_it_is(task):
    with refused(-200709):
        task.ai_channels.add_teds_ai_pos_lvdt_chan("positionTester/ai0")


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("thrmstr_chan_iex", -30.0, 300.0),
        ("thrmstr_chan_vex", -50.0, 300.0),
        ("resistance_chan", -1000.0, 1000.0),
        ("strain_gage_chan", -0.05, 0.05),
        ("thrmcpl_chan", 0.0, 100.0),
    ],
)
def test_limits_of_a_sensor_at_a_6363_are_told_as_they_were_given(task, kind, low, high):
    channel = getattr(task.ai_channels, f"add_ai_{kind}")(AI0, min_val=low, max_val=high)
    assert (channel.ai_min, channel.ai_max) == (low, high)
