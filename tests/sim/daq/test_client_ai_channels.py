"""What the official client's tests expect of the properties of an analog input channel."""

import pytest
from daq_bed import refused
from daq_testers import TESTER
from nidaqmx.constants import (
    CurrentShuntResistorLocation,
    ExcitationSource,
    RTDType,
    TemperatureUnits,
    TerminalConfiguration,
    UsageTypeAI,
    VoltageUnits,
)

AI0, AI1 = (f"{TESTER}/ai0", f"{TESTER}/ai1")
EXTERNAL = ExcitationSource.EXTERNAL


@pytest.fixture
def ai(task):
    return task.ai_channels.add_ai_voltage_chan(AI0)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (TerminalConfiguration.DEFAULT, TerminalConfiguration.DIFF),
        (TerminalConfiguration.DIFF, TerminalConfiguration.DIFF),
        (TerminalConfiguration.RSE, TerminalConfiguration.RSE),
        (TerminalConfiguration.NRSE, TerminalConfiguration.NRSE),
    ],
)
def test_default_wiring_of_a_6363_is_differential(task, asked, given):
    assert task.ai_channels.add_ai_voltage_chan(AI0, terminal_config=asked).ai_term_cfg == given


@pytest.mark.parametrize(
    ("low", "high", "range_v"), [(-10, 10, 10), (-5, 5, 5), (-2.5, 2.5, 5), (-1, 1, 1), (-0.2, 0.2, 0.2)]
)
def test_limits_are_told_as_the_smallest_range_around_them(task, low, high, range_v):
    channel = task.ai_channels.add_ai_voltage_chan(AI0, min_val=low, max_val=high)
    assert (channel.ai_min, channel.ai_max) == (-range_v, range_v)


def test_voltage_channel_tells_how_it_was_made(task):
    channel = task.ai_channels.add_ai_voltage_chan(AI0, name_to_assign_to_channel="VoltageChannel")
    assert channel.name == "VoltageChannel"
    assert channel.physical_channel.name == AI0
    assert channel.ai_meas_type == UsageTypeAI.VOLTAGE
    assert channel.ai_voltage_units == VoltageUnits.VOLTS
    assert channel.ai_custom_scale.name == ""
    assert (channel.ai_min, channel.ai_max) == (-5, 5)


def test_upper_limit_that_was_reset_is_not_specified(ai):
    ai.ai_max = 10
    assert ai.ai_max == 10
    del ai.ai_max
    with refused(-200695):
        _ = ai.ai_max


def test_description_is_empty_until_it_is_set(ai):
    assert ai.description == ""
    ai.description = "What it is for."
    assert ai.description == "What it is for."
    del ai.description
    assert ai.description == ""


def test_two_channels_together_are_set_together(task):
    first = task.ai_channels.add_ai_voltage_chan(AI0)
    second = task.ai_channels.add_ai_voltage_chan(AI1)
    both = first + second
    assert both.name == f"{AI0}:1"
    both.ai_max = 10
    assert (first.ai_max, second.ai_max) == (10, 10)
    both.ai_max = 0.2
    both.ai_min = -0.2
    assert (second.ai_min, second.ai_max) == (-0.2, 0.2)
    assert first == task.ai_channels[0] == task.ai_channels[AI0]


def test_16_bits_are_read_and_kept(ai):
    assert ai.ai_raw_samp_size == 16
    assert ai.ai_lossy_lsb_removal_compressed_samp_size == 16
    ai.ai_lossy_lsb_removal_compressed_samp_size = 15
    assert ai.ai_lossy_lsb_removal_compressed_samp_size == 15
    del ai.ai_lossy_lsb_removal_compressed_samp_size
    assert ai.ai_lossy_lsb_removal_compressed_samp_size == 16


def test_range_can_be_forced(ai):
    ai.ai_rng_high, ai.ai_rng_low = (10, -10)
    assert (ai.ai_rng_low, ai.ai_rng_high) == (-10, 10)


def test_coefficient_of_an_rtd_comes_from_its_type_and_can_be_set(task):
    channel = task.ai_channels.add_ai_rtd_chan(AI0, rtd_type=RTDType.PT_3750)
    assert channel.ai_rtd_a == 0.00381
    channel.ai_rtd_a = 0.058388
    assert channel.ai_rtd_a == 0.058388
    del channel.ai_rtd_a
    assert channel.ai_rtd_a == 0.00381
    channel.ai_rtd_r0 = 1000.0
    assert channel.ai_rtd_r0 == 1000.0
    assert task.devices[0].name == TESTER


def test_limits_of_an_rtd_are_those_of_0_and_80_ohm(task):
    """2.5 mA and a range of 0.2 V: 80 ohm are 221 K; no resistance at all would be 28 K."""
    channel = task.ai_channels.add_ai_rtd_chan(AI0, min_val=28.0, max_val=120.0, units=TemperatureUnits.K)
    assert (channel.ai_min, channel.ai_max) == (pytest.approx(28.0, abs=1), pytest.approx(221.0, abs=1))


def test_excitation_is_not_used_for_scaling_unless_told(task):
    channel = task.ai_channels.add_ai_voltage_chan_with_excit(AI0, voltage_excit_source=EXTERNAL, voltage_excit_val=0.1)
    assert not channel.ai_excit_use_for_scaling
    channel.ai_excit_use_for_scaling = True
    assert channel.ai_excit_use_for_scaling
    del channel.ai_excit_use_for_scaling
    assert not channel.ai_excit_use_for_scaling


def test_shunt_that_the_driver_chooses_is_external_on_a_6363(task):
    choose = CurrentShuntResistorLocation.LET_DRIVER_CHOOSE
    channel = task.ai_channels.add_ai_current_chan(AI0, shunt_resistor_loc=choose, ext_shunt_resistor_val=249.0)
    assert channel.ai_current_shunt_loc == CurrentShuntResistorLocation.EXTERNAL
