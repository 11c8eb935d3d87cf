"""Watchdog timers: what the official client expects of them."""

import time
from contextlib import ExitStack

import pytest
from daq_bed import refused
from daq_testers import REAL, TESTER
from nidaqmx.constants import (
    AcquisitionType,
    Edge,
    Level,
    WatchdogAOExpirState,
    WatchdogCOExpirState,
)
from nidaqmx.system.watchdog import AOExpirationState, COExpirationState, DOExpirationState, WatchdogTask

LINE = f"{TESTER}/port0/line0"


@pytest.fixture
def make_watchdog(options):
    with ExitStack() as stack:
        yield (
            lambda device=TESTER, timeout=0.5: stack.enter_context(
                WatchdogTask(device, "", timeout, grpc_options=options())
            )
        )


@pytest.fixture
def on_line(make_watchdog):
    """A watchdog over one line, not started."""
    made = make_watchdog()
    made.cfg_watchdog_do_expir_states([DOExpirationState(LINE, Level.TRISTATE)])
    return made


def module(system, product_type):
    chassis = next(d for d in system.devices if d.product_type == "cDAQ-9189" and d.is_simulated)
    return next(d for d in chassis.chassis_module_devices if d.product_type == product_type)


def test_watchdog_starts_without_states_and_has_not_expired(make_watchdog):
    made = make_watchdog()
    made.start()
    assert not made.expired


def test_expired_cannot_be_read_before_the_start(make_watchdog):
    with refused(-200983):
        _ = make_watchdog().expired


@pytest.mark.parametrize(
    ("name", "default", "other"),
    [("expir_trig_dig_edge_edge", Edge.RISING, Edge.FALLING), ("expir_trig_dig_edge_src", "", "PFI0")],
)
def test_expiration_trigger_properties_come_back(on_line, name, default, other):
    assert getattr(on_line, name) == default
    setattr(on_line, name, other)
    assert getattr(on_line, name) == other
    delattr(on_line, name)
    assert getattr(on_line, name) == default


def test_timeout_is_the_one_asked_and_ten_seconds_when_reset(on_line):
    assert on_line.timeout == 0.5
    on_line.timeout = 2
    assert on_line.timeout == 2
    del on_line.timeout
    assert on_line.timeout == 10


def test_state_of_a_line_is_changed_by_name(on_line):
    state = on_line.expiration_states[LINE]
    assert state.do_state == Level.TRISTATE
    state.do_state = Level.LOW
    assert state.do_state == Level.LOW
    del state.do_state


def test_loss_of_network_can_be_a_trigger(make_watchdog):
    made = make_watchdog("cdaqChassisTester")
    made.expir_trig_trig_on_network_conn_loss = True
    assert made.expir_trig_trig_on_network_conn_loss
    del made.expir_trig_trig_on_network_conn_loss
    assert not made.expir_trig_trig_on_network_conn_loss


def test_watchdog_of_a_chassis_holds_voltages_of_its_module(system, make_watchdog):
    names = module(system, "NI 9263").ao_physical_chans.channel_names[:2]
    made = make_watchdog("cdaqChassisTester", 0.8)
    made.cfg_watchdog_ao_expir_states([AOExpirationState(n, 0.0, WatchdogAOExpirState.VOLTAGE) for n in names])
    made.start()
    assert not made.expired
    assert made.timeout == 0.8
    assert made.expiration_states[names[1]].ao_state == 0.0
    assert made.expiration_states[names[1]].ao_output_type == WatchdogAOExpirState.VOLTAGE
    made.clear_expiration()


def test_watchdog_of_a_chassis_holds_counters_of_its_module(system, make_watchdog):
    names = module(system, "NI 9401").co_physical_chans.channel_names[:2]
    made = make_watchdog("cdaqChassisTester", 0.8)
    made.cfg_watchdog_co_expir_states([COExpirationState(n, WatchdogCOExpirState.LOW) for n in names])
    made.start()
    assert not made.expired
    assert made.expiration_states[names[1]].co_state == WatchdogCOExpirState.LOW


def test_watchdog_expires_is_cleared_and_is_kept_awake(make_watchdog):
    made = make_watchdog(REAL)
    made.cfg_watchdog_do_expir_states([DOExpirationState(f"{REAL}/port1/line5", Level.TRISTATE)])
    made.start()
    assert not made.expired
    time.sleep(0.6)
    assert made.expired
    made.clear_expiration()
    assert not made.expired
    made.stop()
    made.start()
    for _ in range(5):
        made.reset_timer()
        time.sleep(0.12)
        assert not made.expired
    made.stop()


def test_expiry_puts_an_output_where_it_was_told_and_stops_a_counter(make_watchdog, make_task):
    seen, out, counter, sampled = (make_task() for _ in range(4))
    seen.ai_channels.add_ai_voltage_chan(f"{REAL}/_ao2_vs_aognd", min_val=-10.0, max_val=10.0)
    out.ao_channels.add_ao_voltage_chan(f"{REAL}/ao2")
    out.write(3.0)
    counter.co_channels.add_co_pulse_chan_freq(f"{REAL}/ctr1", freq=1000.0)
    counter.timing.cfg_implicit_timing(AcquisitionType.CONTINUOUS)
    sampled.di_channels.add_di_chan(f"{REAL}/port0/line0")
    sampled.timing.cfg_samp_clk_timing(1000.0, f"/{REAL}/Ctr1InternalOutput", sample_mode=AcquisitionType.CONTINUOUS)
    made = make_watchdog(REAL, 0.1)
    made.cfg_watchdog_ao_expir_states([AOExpirationState(f"{REAL}/ao2", -1.0, WatchdogAOExpirState.VOLTAGE)])
    made.cfg_watchdog_co_expir_states([COExpirationState(f"{REAL}/ctr1", WatchdogCOExpirState.LOW)])
    assert seen.read() == pytest.approx(3.0)
    for task in (sampled, counter, made):
        task.start()
    time.sleep(0.15)
    assert made.expired
    assert seen.read() == pytest.approx(-1.0)
    left = sampled.in_stream.avail_samp_per_chan
    assert left >= 99
    time.sleep(0.02)
    assert sampled.in_stream.avail_samp_per_chan == left
    with refused(-200678):
        out.write(0.0)
    made.clear_expiration()
    out.write(0.0)
    made.stop()
