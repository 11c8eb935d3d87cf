"""What keeps a wrong number out of a scan: settings that changed, values that stand still, replies that come late."""

import pytest
from small_bench import Named, lost, small_bench
from test_acquisition import Rack, good

from bench.config.parts import ChamberGauge
from bench.records import EventKind, Quality


def events_of(rack, kind):
    return [event for event in rack.events if event.kind is kind]


# -- settings ----------------------------------------------------------------------------------------------------
@pytest.fixture
def rack():
    rack = Rack()
    rack.controller.values = {"pressure": good(1e5)}
    rack.controller.stated = {"unit": "HPA"}
    return rack


def interrupt(rack, time_s):
    """The controller is lost at time_s, and back two seconds later."""
    rack.controller.failing = {"collect": lost()}
    rack.scan(time_s)
    rack.controller.failing = {}


def test_settings_are_noted_before_the_first_scan(rack):
    rack.controller.handshakes = 1
    (event,) = [e for e in rack.acquisition.prepare() if e.kind is EventKind.SETTINGS]
    assert event.detail == {"instrument": "controller", "settings": {"unit": "HPA", "serial": "1"}}


def test_the_same_settings_after_a_reconnect_are_no_news(rack):
    rack.acquisition.prepare()
    interrupt(rack, 5.0)
    assert rack.scan(7.0)("supply_pressure")[2] == Quality.GOOD
    assert rack.acquisition.changes == []


def test_a_setting_that_changed_takes_the_reading_with_it_and_says_from_when_on_all_is_void(rack):
    interrupt(rack, 0.0)
    rack.scan(2.0)  # its settings are looked at for the first time
    interrupt(rack, 9.0)
    rack.controller.stated = {"unit": "BAR"}
    look = rack.scan(11.0)
    assert look("supply_pressure")[2] == Quality.STALE
    (event,) = events_of(rack, EventKind.SETTINGS_CHANGED)
    assert event.detail == {
        "instrument": "controller",
        "setting": "unit",
        "was": "HPA",
        "found": "BAR",
        "void_from_s": 2.0,
    }
    assert str(rack.acquisition.changes[0]) == "controller: unit was HPA, is BAR; void from 2 s on"


def test_settings_are_looked_at_once_more_at_the_end(rack):
    rack.controller.handshakes = 1
    rack.acquisition.prepare()
    rack.controller.stated = {}
    rack.clock.sleep_until(60.0)
    (event,) = [e for e in rack.acquisition.check_settings() if e.kind is EventKind.SETTINGS_CHANGED]
    assert (event.detail["found"], event.detail["void_from_s"]) == (None, 0.0)


def test_an_instrument_that_cannot_be_asked_at_the_end_is_an_event_and_hides_no_other(rack):
    rack.acquisition.prepare()
    rack.thermometers.failing = {"settings": lost("gone")}
    events = rack.acquisition.check_settings()
    assert rack.acquisition.settings["thermometers"].latest is None
    assert [e.detail.get("reason") for e in events if e.detail["instrument"] == "thermometers"] == ["not read: gone"]
    assert any(e.detail["instrument"] == "controller" for e in events)


# -- values that stand still -------------------------------------------------------------------------------------
@pytest.fixture
def lively():
    """Its thermometers show one value three times in a row at most."""
    bench = small_bench()
    air = bench.noise_class["air"].model_copy(update={"repeats_max": 3})
    rack = Rack(bench.model_copy(update={"noise_class": {**bench.noise_class, "air": air}}))
    rack.thermometers.values = {"101": good(300.0)}
    return rack


def test_one_equal_reading_too_many_is_stale_and_an_event_that_says_since_when(lively):
    seen = [lively.scan(10.0 * i)("node_gas_1")[2] for i in range(4)]
    assert seen == [Quality.GOOD] * 3 + [Quality.STALE]
    (event,) = events_of(lively, EventKind.VALUE_FROZEN)
    assert event.detail == {"channel": "node_gas_1", "since_s": 0.0}
    lively.scan(40.0)
    assert not events_of(lively, EventKind.VALUE_FROZEN)


def test_a_value_that_moves_again_is_good_again(lively):
    for i in range(6):
        lively.scan(10.0 * i)
    lively.thermometers.values = {"101": good(300.001)}
    assert lively.scan(60.0)("node_gas_1")[::2] == (300.001, Quality.GOOD)


def test_where_no_class_says_so_a_value_may_stand_still(lively):
    lively.daq.values = {"ai2": good(5.0)}
    assert {lively.scan(float(i))("gauge")[2] for i in range(50)} == {Quality.GOOD}


# -- replies that come late --------------------------------------------------------------------------------------
def slow(rack, until_s):
    """The controller has its reply ready from until_s on."""
    rack.controller.ready_from_s = until_s
    return rack


def test_a_late_reply_is_waited_for_half_a_period_and_taken_in_a_later_scan(rack):
    rack.scan(0.0)
    slow(rack, 12.2)
    looks = [rack.scan(time_s)("supply_pressure") for time_s in (10.0, 11.0, 12.0)]
    assert [quality for _, _, quality in looks] == [Quality.STALE, Quality.STALE, Quality.GOOD]
    assert rack.log.count("request controller") == 2  # one at 0, one at 10: it is not asked again while it is due
    assert rack.clock.now() == pytest.approx(12.2, abs=0.06)


def test_whoever_is_waited_for_does_not_cost_the_others_their_grid(rack):
    slow(rack, 1e9)
    rack.daq.values = {"ai0": good(6.0)}
    rack.scan(10.0)
    assert rack.clock.now() == pytest.approx(10.5, abs=0.06)


def test_of_many_that_were_lost_together_one_is_called_back_in_a_scan(rack):
    probes = (rack.thermometers, rack.controller, rack.daq)
    for probe in probes:
        probe.failing = {"request": lost(), "reconnect": lost()}
    rack.scan(0.0)
    called = []
    for time_s in (10.0, 11.0, 12.0):
        rack.log.clear()
        rack.scan(time_s)
        called.append([call.split()[1] for call in rack.log if call.startswith("reconnect")])
    assert sorted(called) == [["controller"], ["daq"], ["thermometers"]]


# -- one chamber pressure ----------------------------------------------------------------------------------------
def test_the_chamber_s_pressure_comes_with_the_number_of_its_gauge():
    bench = small_bench()
    gauges = (ChamberGauge(channel="gauge", above_pa=1.0, below_pa=1000.0, gas_factor=2.0),)
    rack = Rack(bench.model_copy(update={"chamber_gauge": gauges}))
    rack.daq.values = {"ai2": good(5.0, offset_s=-0.1)}
    look = rack.scan(0.0)
    assert look("chamber_pressure") == (10.0, -0.1, Quality.GOOD)
    assert look("chamber_pressure_gauge")[0] == 1.0
    (event,) = events_of(rack, EventKind.GAUGE_CHOSEN)
    assert event.detail == {"channel": "chamber_pressure", "gauge": "gauge"}
    rack.daq.values = {"ai2": good(5000.0)}
    look = rack.scan(1.0)
    assert look("chamber_pressure")[2] == Quality.STALE
    assert look("chamber_pressure_gauge")[::2] == (0.0, Quality.GOOD)


# -- a clock that is never quite on time --------------------------------------------------------------------------
def test_scans_that_are_not_quite_a_period_apart_ask_all_the_same(rack):
    asked = rack.calls("controller", 0.0, 1.007, 2.001, 3.009, 4.0)
    assert ["request" in calls for calls in asked] == [True] * 5


def test_the_first_scan_asks_though_it_is_less_than_a_period_after_the_preparation(rack):
    rack.clock.sleep_until(0.6)
    rack.acquisition.prepare()
    assert rack.calls("controller", 1.0) == [["request", "collect"]]


# -- who is asked, and when --------------------------------------------------------------------------------------
def test_another_unit_of_the_same_kind_at_the_address_is_a_change(rack):
    rack.controller.handshakes = 1
    rack.acquisition.prepare()
    interrupt(rack, 5.0)
    rack.controller.identity = lambda: Named(serial="2")
    rack.scan(7.0)
    assert str(rack.acquisition.changes[0]).startswith("controller: serial was 1, is 2; void from")


def test_a_reply_that_nobody_looked_at_for_long_is_of_another_time_and_not_taken(rack):
    rack.scan(0.0)
    slow(rack, 13.0)
    rack.scan(12.0)
    assert rack.scan(300.0)("supply_pressure")[2] == Quality.STALE
    assert [event.kind for event in rack.events if event.detail["instrument"] == "controller"] == [EventKind.LINK_LOST]


def test_at_the_end_an_instrument_that_was_off_is_roused_before_its_settings_are_compared(rack):
    rack.acquisition.prepare()
    rack.log.clear()
    rack.acquisition.check_settings()
    assert [call for call in rack.log if call.endswith("controller")] == [
        "request controller",
        "collect controller",
        "settings controller",
    ]
