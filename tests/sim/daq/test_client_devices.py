"""Devices, their channels, calibration and power-up: what the official client expects of them."""

import pytest
from daq_bed import refused
from daq_testers import MODULES, REAL, TESTER
from nidaqmx.constants import (
    BusType,
    PowerUpChannelType,
    PowerUpStates,
    ProductCategory,
    TerminalConfiguration,
    TriggerUsage,
    UsageTypeAI,
)
from nidaqmx.system import Device, PhysicalChannel
from nidaqmx.types import AOPowerUpState, DOPowerUpState

LINE = f"{TESTER}/port0/line0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product_type", "PXIe-4331"),
        ("product_num", 0x74A9C4C4),
        ("bus_type", BusType.PXIE),
        ("anlg_trig_supported", True),
        ("ai_max_single_chan_rate", 102400.0),
        ("ai_bridge_rngs", [-0.025, 0.025, -0.1, 0.1]),
        ("ai_trig_usage", [TriggerUsage.REFERENCE, TriggerUsage.START]),
        ("accessory_product_nums", [0x7992]),
        ("is_simulated", True),
        ("serial_num", 0),
    ],
)
def test_bridge_tester_has_these_properties(options, name, value):
    assert getattr(Device("bridgeTester", grpc_options=options()), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cal_dev_temp", 0.0),
        ("ext_cal_last_temp", 0.0),
        ("self_cal_last_temp", 0.0),
        ("ext_cal_recommended_interval", 24),
    ],
)
def test_simulated_device_was_calibrated_at_nought(options, name, value):
    assert getattr(Device(TESTER, grpc_options=options()), name) == value


@pytest.mark.parametrize("call", ["self_test_device", "self_cal", "restore_last_ext_cal_const", "reset_device"])
def test_device_can_be_tested_calibrated_and_reset(options, call):
    getattr(Device(TESTER, grpc_options=options()), call)()


@pytest.mark.parametrize("chassis", MODULES)
def test_chassis_and_modules_know_each_other(system, chassis):
    assert [module.name for module in system.devices[chassis].chassis_module_devices] == MODULES[chassis]
    assert {system.devices[name].compact_daq_chassis_device.name for name in MODULES[chassis]} == {chassis}


@pytest.mark.parametrize("name", [TESTER, REAL])
def test_6363_has_the_channels_of_its_kind(system, name):
    device = system.devices[name]
    assert device.is_simulated == (name == TESTER)
    assert device.product_category == ProductCategory.X_SERIES_DAQ
    assert not device.ai_simultaneous_sampling_supported
    assert (len(device.ai_physical_chans), len(device.ao_physical_chans), len(device.ci_physical_chans)) == (32, 4, 4)
    assert len(device.di_lines) == len(device.do_lines) == 48
    assert [port.do_port_width for port in device.do_ports] == [32, 8, 8]
    assert UsageTypeAI.VOLTAGE in device.ai_meas_types
    assert all(terminal.startswith(f"/{name}/") for terminal in device.terminals)


@pytest.mark.parametrize(
    ("name", "usage"), [("tsPowerTester1", UsageTypeAI.POWER), ("tsVoltageTester1", UsageTypeAI.VOLTAGE)]
)
def test_test_scale_module_tells_what_it_measures(system, name, usage):
    assert system.devices["tsChassisTester"].product_category == ProductCategory.TEST_SCALE_CHASSIS
    assert system.devices[name].product_category == ProductCategory.TEST_SCALE_MODULE
    assert usage in system.devices[name].ai_meas_types


@pytest.mark.parametrize("name", ["NonexistentDevice", "Gerät", "l' appareil", "デバイス", "设备"])
def test_unknown_device_is_named_in_the_error(options, name):
    device = Device(name, grpc_options=options())
    for ask in (lambda: device.product_type, device.reset_device):
        with refused(-200220) as caught:
            ask()
        assert f"Device Specified: {name}\n" in str(caught.value)


def test_device_that_is_not_simulated_keeps_what_it_is_told(system):
    device = system.devices[REAL]
    assert device.self_cal_last_date_and_time.year >= 2009
    assert device.ext_cal_last_date_and_time.year >= 2009
    assert device.self_cal_supported
    assert device.device_supports_cal
    size = device.cal_user_defined_info_max_size
    device.cal_user_defined_info = "my test value"[:size]
    assert device.cal_user_defined_info == "my test value"[:size]
    for name in ("cal_acc_connection_count", "cal_recommended_acc_connection_count_limit"):
        with refused(-200197):
            getattr(device, name)


def test_calibration_by_itself_is_dated_and_can_be_taken_back(system):
    device = system.devices[REAL]
    factory = device.self_cal_last_date_and_time
    device.self_cal()
    assert device.self_cal_last_date_and_time > factory
    device.restore_last_ext_cal_const()
    assert device.self_cal_last_date_and_time == factory


def test_power_up_state_of_a_port_is_kept_and_taken_at_a_reset(system, make_task):
    for state, level in ((PowerUpStates.HIGH, 0xFF), (PowerUpStates.TRISTATE, 0)):
        system.set_digital_power_up_states(REAL, [DOPowerUpState(f"{REAL}/port2", state)])
        kept = [p for p in system.get_digital_power_up_states(REAL) if "/port2/" in p.physical_channel]
        assert [p.power_up_state for p in kept] == [state] * 8
        system.devices[REAL].reset_device()
        seen = make_task()
        seen.di_channels.add_di_chan(f"{REAL}/port2")
        assert seen.read() == level


def test_every_device_answers_what_the_fixtures_ask(system):
    for device in system.devices:
        assert device.product_type
        assert isinstance(device.is_simulated, bool)
        assert isinstance(device.product_category, ProductCategory)
        for kind in (
            "ai_physical_chans",
            "ao_physical_chans",
            "ci_physical_chans",
            "co_physical_chans",
            "di_lines",
            "di_ports",
            "do_lines",
            "do_ports",
        ):
            assert all(n.startswith(f"{device.name}/") for n in getattr(device, kind).channel_names)


def test_physical_channels_have_types_configurations_and_limits(options):
    assert UsageTypeAI.BRIDGE in PhysicalChannel("bridgeTester/ai2", grpc_options=options()).ai_meas_types
    assert PhysicalChannel(LINE, grpc_options=options()).di_change_detect_supported
    assert PhysicalChannel(f"{TESTER}/ai0", grpc_options=options()).ai_term_cfgs == [
        TerminalConfiguration.RSE,
        TerminalConfiguration.NRSE,
        TerminalConfiguration.DIFF,
    ]
    with refused(-200170):
        _ = PhysicalChannel("bridgeTester/ai1234", grpc_options=options()).ai_meas_types


def test_analog_outputs_power_up_at_nought_and_refuse_twenty_volts(system):
    names = ["aoTester/ao0", "aoTester/ao1"]
    high = PowerUpChannelType.CHANNEL_HIGH_IMPEDANCE
    for state in system.get_analog_power_up_states_with_output_type(names):
        assert (state.power_up_state, state.channel_type) == (0.0, high)
    system.set_analog_power_up_states_with_output_type([AOPowerUpState(n, -1.0, high) for n in names])
    with refused(-200077):
        system.set_analog_power_up_states_with_output_type(
            [AOPowerUpState(n, v, PowerUpChannelType.CHANNEL_VOLTAGE) for n, v in zip(names, (1, 20), strict=True)]
        )
