import math
from collections.abc import Callable

import pytest
from small_bench import Named, lost, small_bench

from bench.acquisition import Acquisition
from bench.clock import VirtualClock
from bench.config.model import Bench
from bench.records import EventKind, Quality
from bench.station import Station
from drivers.errors import ProtocolError, ReplyTimeout
from drivers.measured import Measured, Status

BENCH = small_bench()


class Probe:
    """Answers with what the test put into values, after answer_s; every call is noted in the log all probes share."""

    def __init__(self, name: str, clock: VirtualClock, log: list[str]) -> None:
        self.name, self.clock, self.log = name, clock, log
        self.values: dict[str, Measured] = {}
        self.answer_s = 0.0
        self.failing: dict[str, Exception] = {}
        self.stated: dict[str, str] = {}
        self.handshakes = 0
        self.ready_from_s = -math.inf

    def ready(self, wait_s: float) -> bool:
        """Waiting takes time, and the reply is there from ready_from_s on."""
        if self.clock.now() < self.ready_from_s:
            self.clock.sleep(wait_s)
        return self.clock.now() >= self.ready_from_s

    def note(self, call: str) -> None:
        self.log.append(f"{call} {self.name}")
        if call in self.failing:
            raise self.failing[call]

    def request(self) -> None:
        self.note("request")

    def collect(self) -> dict[str, Measured]:
        self.clock.sleep(self.answer_s)
        self.note("collect")
        return self.values

    def reconnect(self) -> None:
        self.note("reconnect")
        self.handshakes += 1

    def identity(self) -> Named:
        return Named()

    def settings(self) -> dict[str, str]:
        self.note("settings")
        return self.stated


class TimedProbe(Probe):
    def start(self) -> None:
        self.note("start")


class Rack:
    """The small bench's three instruments as probes, and the acquisition over them."""

    def __init__(self, bench: Bench = BENCH) -> None:
        self.places = {channel.name: place for place, channel in enumerate(bench.channels)}
        self.clock, self.log = VirtualClock(), []
        self.thermometers, self.controller = (
            Probe(name, self.clock, self.log) for name in ("thermometers", "controller")
        )
        self.daq = TimedProbe("daq", self.clock, self.log)
        instruments = {"thermometers": self.thermometers, "controller": self.controller, "daq": self.daq}
        self.acquisition = Acquisition(Station(bench, instruments), self.clock)
        self.events = ()

    def scan(self, time_s: float | None = None) -> Callable[[str], tuple[float, float, Quality]]:
        """Take one at time_s; look up (value, offset, quality) by channel."""
        if time_s is not None:
            self.clock.sleep_until(time_s)
        scan, self.events = self.acquisition.scan()
        self.time_s = scan.time_s
        return lambda name: (
            float(scan.values[self.places[name]]),
            float(scan.offsets_s[self.places[name]]),
            Quality(scan.quality[self.places[name]]),
        )

    def calls(self, name: str, *times_s: float) -> list[list[str]]:
        """What was asked of an instrument in scans at these times."""
        found = []
        for time_s in times_s:
            self.log.clear()
            self.scan(time_s)
            found.append([call.split()[0] for call in self.log if call.endswith(name)])
        return found


@pytest.fixture
def rack():
    return Rack()


def good(value, offset_s=0.0):
    return Measured(value, Status.GOOD, offset_s)


def test_all_requests_go_out_before_the_first_reply_is_read_hardware_timed_first(rack):
    rack.scan()
    assert rack.log == [
        "request daq",
        "request thermometers",
        "request controller",
        "collect daq",
        "collect thermometers",
        "collect controller",
    ]


def test_a_scan_is_stamped_when_it_is_asked_for_not_when_it_is_complete(rack):
    rack.controller.answer_s = 0.3
    rack.scan(5.0)
    assert rack.time_s == 5.0
    assert rack.clock.now() == 5.3


def test_the_recorded_value_is_the_reading_scaled_and_shifted(rack):
    rack.daq.values = {"ai0": good(6.0), "di0": good(1.0)}
    look = rack.scan()
    assert look("node_pressure") == (6.0 * 15_000.0 + 100.0, 0.0, Quality.GOOD)
    assert look("orifice_closed") == (1.0, 0.0, Quality.GOOD)


def test_a_reading_has_its_own_time(rack):
    rack.thermometers.answer_s, rack.controller.answer_s = 0.2, 0.5
    rack.daq.values = {"ai0": good(6.0, offset_s=-0.45)}
    rack.thermometers.values = {"101": good(300.0, offset_s=-0.05)}
    rack.controller.values = {"pressure": good(1e5)}
    look = rack.scan(1.0)
    assert look("node_pressure")[1] == pytest.approx(-0.45)
    assert look("node_gas_1")[1] == pytest.approx(0.15)
    assert look("supply_pressure")[1] == pytest.approx(0.35)  # half way between question and answer


@pytest.mark.parametrize(
    ("status", "quality"),
    [
        (Status.GOOD, Quality.GOOD),
        (Status.UNDERRANGE, Quality.UNDERRANGE),
        (Status.OVERRANGE, Quality.OVERRANGE),
        (Status.FAULT, Quality.SENSOR_FAULT),
    ],
)
def test_what_the_instrument_says_of_a_reading_is_recorded_beside_it(rack, status, quality):
    rack.daq.values = {"ai0": Measured(6.0, status)}
    assert rack.scan()("node_pressure")[2] == quality


@pytest.mark.parametrize(
    ("volts", "quality"),
    [
        (-0.01, Quality.UNDERRANGE),  # -50 Pa, below the channel's range though the converter is content
        (0.0, Quality.GOOD),
        (9.9, Quality.GOOD),
        (10.0, Quality.OVERRANGE),  # 150.1 kPa
        (math.nan, Quality.SENSOR_FAULT),
        (math.inf, Quality.SENSOR_FAULT),
    ],
)
def test_a_value_outside_the_channels_range_is_not_good(rack, volts, quality):
    rack.daq.values = {"ai0": good(volts)}
    assert rack.scan()("node_pressure")[2] == quality


def test_a_channel_never_read_is_stale_and_has_no_value(rack):
    value, _, quality = rack.scan()("node_pressure")
    assert math.isnan(value)
    assert quality == Quality.STALE


def test_a_slow_instrument_is_asked_once_a_period(rack):
    asked = rack.calls("thermometers", *range(21))
    assert [time_s for time_s, calls in enumerate(asked) if calls] == [0, 10, 20]


def test_a_slow_instruments_value_is_held_for_its_period_with_its_own_time_then_stale(rack):
    rack.thermometers.values = {"101": good(300.0, offset_s=0.2)}
    assert rack.scan(0.0)("node_gas_1") == (300.0, 0.2, Quality.GOOD)
    rack.thermometers.values = {}
    seen = {time_s: rack.scan(time_s)("node_gas_1") for time_s in (1.0, 9.0, 10.0, 11.0)}
    assert seen[1.0] == (300.0, pytest.approx(-0.8), Quality.HELD)
    assert seen[9.0] == (300.0, pytest.approx(-8.8), Quality.HELD)
    assert seen[10.0][2] == Quality.HELD  # taken 9.8 s ago
    assert seen[11.0] == (300.0, pytest.approx(-10.8), Quality.STALE)


def test_a_bad_value_of_a_slow_instrument_is_not_held(rack):
    rack.thermometers.values = {"101": good(300.0)}
    rack.scan(0.0)
    rack.thermometers.values = {"101": Measured(math.nan, Status.FAULT)}
    assert rack.scan(10.0)("node_gas_1")[2] == Quality.SENSOR_FAULT
    assert rack.scan(11.0)("node_gas_1")[::2] == (300.0, Quality.STALE)


def test_a_fast_channel_with_nothing_new_is_stale_at_once(rack):
    rack.daq.values = {"ai0": good(6.0)}
    rack.scan(0.0)
    rack.daq.values = {}
    assert rack.scan(1.0)("node_pressure")[::2] == (90_100.0, Quality.STALE)


@pytest.mark.parametrize("call", ["request", "collect"])
@pytest.mark.parametrize("error", [lost(), ReplyTimeout("2 s"), ProtocolError("what?")])
def test_an_instrument_that_fails_leaves_the_others_their_scan(rack, call, error):
    rack.daq.values, rack.controller.values = {"ai0": good(6.0)}, {"pressure": good(1e5)}
    rack.controller.failing[call] = error
    look = rack.scan()
    assert look("node_pressure")[2] == Quality.GOOD
    assert look("supply_pressure")[2] == Quality.STALE


def test_a_fault_of_the_program_is_not_taken_for_a_lost_link(rack):
    rack.controller.failing["collect"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        rack.scan()


def test_a_lost_link_is_one_event_that_names_instrument_and_reason(rack):
    rack.controller.failing = {"collect": lost("cable pulled"), "reconnect": lost("still no cable")}
    events = []
    for time_s in range(30):
        rack.scan(time_s)
        events += rack.events
    (event,) = events
    assert (event.time_s, event.kind) == (0.0, EventKind.LINK_LOST)
    assert event.detail == {"instrument": "controller", "reason": "LinkLost: cable pulled"}


def test_a_dead_instrument_is_tried_ever_more_rarely_and_never_given_up(rack):
    rack.controller.failing = {"request": lost(), "reconnect": lost()}
    tried = rack.calls("controller", *range(300))
    tries_s = [time_s for time_s, calls in enumerate(tried) if "reconnect" in calls]
    assert tries_s == [2, 6, 14, 30, 62, 122, 182, 242]


def test_an_instrument_that_takes_the_connection_but_never_answers_is_tried_ever_more_rarely_too(rack):
    rack.controller.failing = {"collect": ReplyTimeout("2 s")}
    tried = rack.calls("controller", *range(130))
    assert [time_s for time_s, calls in enumerate(tried) if "reconnect" in calls] == [2, 6, 14, 30, 62, 122]


def test_between_tries_a_lost_instrument_costs_no_time(rack):
    rack.controller.failing = {"request": lost()}
    rack.scan(0.0)
    assert rack.calls("controller", 1.0) == [[]]


def test_an_instrument_that_is_back_is_in_the_scan_at_once_and_is_an_event(rack):
    rack.controller.values = {"pressure": good(1e5)}
    rack.controller.failing = {"collect": lost()}
    rack.scan(0.0)
    rack.controller.failing = {}
    look = rack.scan(2.0)
    assert look("supply_pressure") == (1e5, 0.0, Quality.GOOD)
    event, settings = rack.events
    assert (event.kind, event.detail["instrument"]) == (EventKind.LINK_RESTORED, "controller")
    assert (settings.kind, settings.detail["instrument"]) == (EventKind.SETTINGS, "controller")


def test_patience_is_back_once_values_are_back(rack):
    rack.controller.failing = {"collect": lost(), "reconnect": lost()}
    rack.calls("controller", *range(20))  # tried at 2, 6, 14; next at 30
    rack.controller.failing = {}
    rack.calls("controller", 30)
    rack.controller.failing = {"collect": lost()}
    tried = rack.calls("controller", *range(31, 40))
    assert [31 + index for index, calls in enumerate(tried) if "reconnect" in calls] == [33, 37]


def test_a_hardware_timed_instrument_that_is_back_is_started_again(rack):
    rack.daq.failing = {"collect": lost()}
    rack.scan(0.0)
    rack.daq.failing = {}
    assert rack.calls("daq", 2.0) == [["reconnect", "start", "request", "collect", "settings"]]
