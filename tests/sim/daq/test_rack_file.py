"""Rack files: what they make of a device, and one line for whatever is wrong in them."""

from pathlib import Path

import numpy as np
import pytest
from nidaqmx.system import Device as NiDevice
from nidaqmx.system import System
from racks import BOARD, described, rack_served

import bench.sim.daq
from bench.errors import ConfigError
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.rack.file import find_rack, load_rack, shipped_racks
from bench.sim.daq.signals import signals_of

NOISE = '[[signal]]\nterminal = "Dev1/ai1"\nkind = "noise"\nstd = 1.0\n'
CHASSIS = '[[device]]\nname = "cDAQ1"\nproduct = "cDAQ-9189"\n'
OWN = """
[[device]]
name = "cDAQ1Mod3"
product = "NI 9999"
serial = "01DA00FF"
chassis = "cDAQ1"
slot = 3
category = "C_SERIES_MODULE"
bus = "COMPACT_DAQ"
analog_inputs = ["ai0:2"]
input_lines = ["port0/line0:3"]
output_lines = ["port1/line0:1"]
terminals = ["PFI0:1"]
ai_rate_hz = 50.0
ai_ranges = [[-60.0, 60.0]]
"""


def board(more):
    return BOARD + more


def signal(more):
    return f"{BOARD}[[signal]]\n{more}"


WRONG = {
    "not TOML": ("[[device]\n", "not TOML: "),
    "nothing": ("", "device: there is none"),
    "unknown key": (board('colour = "grey"'), "device.Dev1.colour: unknown key"),
    "unknown table": (board('[[channel]]\nname = "x"'), "channel: unknown key"),
    "no name": ('[[device]]\nproduct = "PCIe-6363"', "device.0.name: Field required"),
    "name": (board("").replace("Dev1", "Dev/1"), "device.Dev/1.name: String should match pattern"),
    "twice": (BOARD + BOARD.replace("Dev1", "dev1"), "device.dev1: 2 of that name"),
    "product": (board("").replace("PCIe-6363", "PCIe-9"), "device.Dev1: product: 'PCIe-9' is not in the catalogue"),
    "serial": (board('serial = "xyz"'), "device.Dev1.serial: 'xyz' has other than hexadecimal digits"),
    "large serial": (board("serial = 0x100000000"), "device.Dev1.serial: Input should be less than 4294967296"),
    "no chassis": (board('chassis = "cDAQ1"'), "device.Dev1.chassis: there is no chassis 'cDAQ1' in this file"),
    "in no chassis": (board('chassis = "Dev1"'), "device.Dev1.chassis: there is no chassis 'Dev1' in this file"),
    "slot": (board("slot = 1"), "device.Dev1.slot: it is in no chassis"),
    "slot taken": (CHASSIS + OWN + OWN.replace("Mod3", "Mod4"), "device.cDAQ1Mod4.slot: slot 3 of cDAQ1 is taken"),
    "range": (board("ai_ranges = [[5.0, -5.0]]"), "device.Dev1.ai_ranges: each range is [low, high] with low < high"),
    "rate": (board("ao_rate_hz = 0.0"), "device.Dev1.ao_rate_hz: a rate is above 0"),
    "inputs": (board('analog_inputs = ["ai7:0"]'), "device.Dev1.analog_inputs: 'ai7:0' is not of the form 'ai0:7'"),
    "lines": (board('lines = ["line0"]'), "device.Dev1.lines: 'line0' is not of the form 'port0/line0:7'"),
    "category": (board('category = "TOASTER"'), "device.Dev1: category: one of M_SERIES_DAQ, "),
    "measures": (board('measures = ["SMELL"]'), "device.Dev1: measures: 'SMELL' is none of VOLTAGE, "),
    "kind": (signal('terminal = "Dev1/ai0"\nkind = "saw"'), "signal.Dev1/ai0: Input tag 'saw' found"),
    "value": (signal('terminal = "Dev1/ai0"\nkind = "constant"'), "signal.Dev1/ai0.constant.value: Field required"),
    "infinite": (
        signal('terminal = "Dev1/ai0"\nkind = "constant"\nvalue = inf'),
        "signal.0.value: inf is not finite",
    ),
    "two periods": (
        signal('terminal = "Dev1/ai0"\nkind = "sine"\nperiod_s = 1.0\nfrequency_hz = 1.0'),
        "signal.Dev1/ai0.sine: give frequency_hz or period_s",
    ),
    "terminal": (
        signal('terminal = "Dev1/ai32"\nkind = "constant"\nvalue = 1.0'),
        "signal.Dev1/ai32.terminal: Physical channel specified does not exist on this device., Physical Channel Name",
    ),
    "device of terminal": (
        signal('terminal = "Dev2/ai0"\nkind = "constant"\nvalue = 1.0'),
        "signal.Dev2/ai0.terminal: Device identifier is invalid., Device Specified: Dev2",
    ),
    "sine on a line": (
        signal('terminal = "Dev1/port0"\nkind = "sine"\nperiod_s = 1.0'),
        "signal.Dev1/port0.kind: a line has one of constant, square, file, loopback",
    ),
    "two signals": (BOARD + NOISE + NOISE.replace("ai1", "ai0:1"), "signal: Dev1/ai1 has 2 of them"),
    "wires": (
        signal('terminal = "Dev1/ai0:2"\nkind = "loopback"\nsource = "Dev1/ao0:1"'),
        "signal.Dev1/ai0:2.source: 2 outputs for 3 inputs",
    ),
    "an input as source": (
        signal('terminal = "Dev1/ai0"\nkind = "loopback"\nsource = "Dev1/ai1"'),
        "signal.Dev1/ai0.source: Physical channel specified does not exist",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line_of_file_key_and_reason(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        described(tmp_path, text)
    line = str(caught.value)
    assert line.startswith(f"{tmp_path / 'rack.toml'}: {said}")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "samples.csv"),
        ("1,2\n3,4\n", "2 columns for 3 terminals"),
        ("volts\n1\n", "could not convert"),
        ("nan\n", "a column of finite numbers is wanted"),
    ],
)
def test_a_recording_that_cannot_be_used_is_one_line(tmp_path, written, said):
    if written is not None:
        (tmp_path / "samples.csv").write_text(written)
    text = signal('terminal = "Dev1/ai0:2"\nkind = "file"\nfile = "samples.csv"\nrate_hz = 1.0')
    with pytest.raises(ConfigError) as caught:
        signals_of(described(tmp_path, text), Outputs())
    assert str(caught.value).startswith(f"{tmp_path / 'samples.csv'}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_product_of_one_s_own_is_what_the_client_sees(tmp_path):
    with rack_served(tmp_path, CHASSIS + OWN) as rig:
        module = NiDevice("cDAQ1Mod3", grpc_options=rig.options())
        assert (module.product_type, module.serial_num, module.is_simulated) == ("NI 9999", 0x01DA00FF, True)
        assert module.ai_physical_chans.channel_names == [f"cDAQ1Mod3/ai{index}" for index in range(3)]
        assert module.di_lines.channel_names == [f"cDAQ1Mod3/port0/line{index}" for index in range(4)]
        assert module.do_lines.channel_names == [f"cDAQ1Mod3/port1/line{index}" for index in range(2)]
        assert module.ai_voltage_rngs == [-60.0, 60.0]
        assert module.ai_max_single_chan_rate == 50.0
        assert module.compact_daq_slot_num == 3
        assert module.terminals == ["/cDAQ1Mod3/PFI0", "/cDAQ1Mod3/PFI1"]
        assert module.compact_daq_chassis_device.chassis_module_devices[0].name == "cDAQ1Mod3"


def test_a_key_of_a_device_replaces_the_catalogue_s(tmp_path):
    device = described(tmp_path, BOARD + 'analog_inputs = ["ai0:3"]\nwatchdog = false\n').rack.devices["Dev1"]
    assert device.ai == tuple(f"Dev1/ai{index}" for index in range(4))
    assert (device.abilities.watchdog, device.abilities.ai_rate_hz, len(device.do_lines)) == (False, 2e6, 48)


def test_a_module_that_does_not_say_its_slot_has_the_first_free_one(tmp_path):
    modules = (
        OWN
        + OWN.replace("Mod3", "Mod1").replace("slot = 3", "")
        + OWN.replace("Mod3", "Mod2").replace("3\ncat", "1\ncat")
    )
    devices = described(tmp_path, CHASSIS + modules).rack.devices
    assert {name: devices[name].slot for name in ("cDAQ1Mod1", "cDAQ1Mod2", "cDAQ1Mod3")} == {
        "cDAQ1Mod1": 2, "cDAQ1Mod2": 1, "cDAQ1Mod3": 3,
    }  # fmt: skip


@pytest.mark.parametrize("name", shipped_racks())
def test_a_shipped_rack_can_be_served(name):
    found = load_rack(find_rack(name))
    assert found.why
    volts = signals_of(found, Outputs()).analog(
        next(device.ai[0] for device in found.rack.devices.values() if device.ai), np.array([1.0]), (-10.0, 10.0)
    )
    assert np.isfinite(volts).all()


def test_the_client_s_own_tests_find_their_devices_in_order(tmp_path):
    """The first simulated board is a tester; the one that is not simulated comes after all others."""
    file = find_rack("nidaqmx_tests")
    with rack_served(tmp_path, file.read_text()) as rig:
        devices = list(System.remote(rig.options()).devices)
        boards = [device.name for device in devices if device.product_type == "PCIe-6363"]
        assert boards == [*(f"nidaqmxMultithreadingTester{index}" for index in (1, 2, 3, 4)), "realDaq"]
        assert [device.name for device in devices if not device.is_simulated] == ["realDaq"]
        assert len(devices) == 26


def test_the_rack_file_that_the_documentation_shows_can_be_served(tmp_path):
    readme = Path(bench.sim.daq.__file__).with_name("README.md").read_text()
    found = described(tmp_path, readme.partition("```toml\n")[2].partition("```")[0])
    assert list(found.rack.devices) == ["Dev1", "cDAQ1", "cDAQ1Mod1", "cDAQ1Mod2"]
    assert (len(found.rack.devices["cDAQ1Mod1"].ai), found.rack.devices["cDAQ1Mod2"].slot) == (16, 2)
    assert len(found.connections) == 2


def test_a_rack_that_is_not_there_names_those_that_are():
    with pytest.raises(ConfigError, match=r"lab: no such rack file.*shipped: demo, nidaqmx_tests"):
        find_rack("lab")
