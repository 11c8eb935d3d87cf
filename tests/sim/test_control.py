import json

import pytest

from bench.sim.rack.control import Control, Wired
from bench.sim.rack.device import Device
from bench.sim.rack.wire_faults import WireFaultKind


class Echo:
    def receive(self, data):
        return data


@pytest.fixture
def device():
    return Device(Echo, now_s=lambda: 100.0)


@pytest.fixture
def lost():
    return []


@pytest.fixture
def control(device, lost):
    return Control({"gauges": Wired(device, lambda: 100.0, lambda: lost.append("gauges"))})


def told(control, **order):
    return json.loads(control.receive(json.dumps(order).encode() + b"\n"))


def test_a_fault_strikes_and_is_healed(control, device):
    assert told(control, do="fault", instrument="gauges", kind="no_reply") == {"ok": {"gauges": ["no_reply"]}}
    assert device.hear(b"x") == b""
    assert told(control, do="heal", instrument="gauges") == {"ok": {"gauges": []}}
    assert device.hear(b"x") == b"x"


def test_a_fault_for_a_time_is_of_the_rig_s_time(control, device):
    told(control, do="fault", instrument="gauges", kind="nak", for_s=5.0)
    (fault,) = device._faults
    assert (fault.kind, fault.begin_s, fault.end_s) == (WireFaultKind.NAK, 100.0, 105.0)


def test_power_is_lost_to_the_rig_too(control, lost):
    told(control, do="fault", instrument="gauges", kind="power_cycle", for_s=5.0)
    assert lost == ["gauges"]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"do": "fault", "instrument": "toaster", "kind": "nak"}, r"toaster: no such instrument \(there are: gauges\)"),
        ({"do": "fault", "instrument": "gauges", "kind": "tired"}, "kind: one of no_reply, .* not tired"),
        ({"do": "fault", "instrument": "gauges", "kind": "nak", "for_s": -1}, "for_s: Input should be greater than 0"),
        ({"do": "fault", "instrument": "gauges", "kind": "nak", "at": "ai0"}, "a fault of the wire is at no terminal"),
        ({"do": "dance"}, "do: one of fault, heal, list"),
        ({"do": "heal", "instrument": "gauges", "now": True}, "now: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_obeyed_is_said(control, order, said):
    import re

    assert re.search(said, told(control, **order)["error"])


@pytest.mark.parametrize("line", [b"hello\n", b"[1]\n", b"\xff\xfe\n"])
def test_what_is_no_order_is_answered_all_the_same(control, line):
    assert "error" in json.loads(control.receive(line))


def test_half_an_order_is_forgotten_with_who_gave_it(control):
    assert control.receive(b'{"do":') == b""
    control.hung_up()
    assert "ok" in told(control, do="list")


def test_orders_may_come_in_pieces_and_together(control):
    line = b'{"do": "list"}\n'
    assert control.receive(line[:5]) == b""
    assert control.receive(line[5:] + line).count(b"\n") == 2
