import math
from datetime import date
from pathlib import Path

import pytest
from shipped_copy import copy_shipped, replace
from small_bench import small_bench

from bench.config.load import find_bench, load_bench
from bench.config.model import NoiseEntry
from bench.config.rig import rig_of
from bench.errors import ConfigError
from bench.records import Channel
from bench.rig import NoiseClass

TODAY = date(2026, 11, 23)
CERTIFICATE = "orifice_50um_working.toml"


@pytest.fixture
def copied(tmp_path):
    return copy_shipped(tmp_path)


def complaint(path, today=TODAY):
    with pytest.raises(ConfigError) as caught:
        load_bench(path, today)
    return str(caught.value)


def entry(kind, name):
    return f'[[{kind}]]\nname = "{name}"\n'


def test_the_shipped_bench_loads():
    bench = load_bench(find_bench("zvezda"), TODAY)
    assert bench.bench.name == "zvezda"
    assert [c.name for c in bench.compartment] == [
        "us_segment",
        "transfer_compartment",
        "working_compartment",
        "intermediate_chamber",
    ]
    assert bench.named_leak("working_50um").certificate.serial == "LB-050-07"


def test_every_end_switch_and_running_contact_is_a_channel():
    bench = load_bench(find_bench("zvezda"), TODAY)
    switches = {c.name: c.input for c in bench.channels if c.quantity == "switch"}
    assert switches["hatch_us_transfer_open"] == "cDAQ1Mod3/port0/line0"
    assert switches["orifice_25um_us_closed"] == "cDAQ1Mod3/port0/line16"
    assert switches["roughing_pump_running"] == "cDAQ1Mod3/port0/line15"
    assert "orifice_25um_us_open" not in switches  # that valve has no such switch


def test_the_hash_is_of_the_file_as_it_is_on_disk(copied):
    before = load_bench(copied, TODAY).sha256
    replace(copied, "# The shipped bench", "# My bench")
    assert load_bench(copied, TODAY).sha256 != before


# (what is spoilt: old text, new text) -> (key, reason) in the one line that says so
SPOILT = {
    "unknown key": (
        'line = "cDAQ1Mod2/port0/line7"',
        'line = "x"\nvolts = 24',
        "valve.roughing_valve.volts",
        "unknown",
    ),
    "unknown section": ("[supply]", "[colour]\nred = 1\n[supply]", "colour", "unknown key"),
    "missing key": ("dew_point_k = 213.15\n", "", "gas.dew_point_k", "required"),
    "missing section": (
        "[limits]\npressure_max_pa = 110000.0\ntemperature_min_k = 283.15\ntemperature_max_k = 313.15\n",
        "",
        "limits",
        "required",
    ),
    "wrong type": ("volume_m3 = 0.4\n", 'volume_m3 = "large"\n', "compartment.working_compartment.volume_m3", "number"),
    "negative": ("volume_m3 = 2.2", "volume_m3 = -2.2", "chamber.volume_m3", "greater than 0"),
    "infinite": ("volume_m3 = 2.2", "volume_m3 = inf", "chamber.volume_m3", "finite"),
    "a limit that is not a number": ("below = 110000.0", "below = nan", "interlock.over_pressure_us.below", "finite"),
    "unknown quantity": (
        'quantity = "wall_temperature"',
        'quantity = "warmth"',
        "us_wall_1.quantity",
        "Input should be",
    ),
    "two limits in one interlock": (
        "above = 0.5",
        "above = 0.5\nbelow = 1.0",
        "emergency_stop",
        "either above or below",
    ),
    "two instruments of a name": (
        entry("instrument", "thermometers"),
        entry("instrument", "daq"),
        "daq",
        "used 2 times",
    ),
    "two channels of a name": ('name = "us_gas_2"', 'name = "us_gas_1"', "us_gas_1", "used 2 times"),
    "two valves of a name": (
        entry("valve", "equalisation_transfer_working"),
        entry("valve", "equalisation_us_transfer"),
        "equalisation_us_transfer",
        "used 2 times",
    ),
    "two interlocks of a name": (
        entry("interlock", "burst_disc"),
        entry("interlock", "relief_valve"),
        "relief_valve",
        "used 2 times",
    ),
    "a valve and a leak of one name": (entry("leak", "us_25um"), entry("leak", "fill_valve"), "fill_valve", "2 times"),
    "one line for two valves": (
        'line = "cDAQ1Mod2/port0/line4"',
        'line = "cDAQ1Mod2/port0/line3"',
        "line cDAQ1Mod2/port0/line3",
        "drives 2 actuators",
    ),
    "one input for two channels": (
        'input = "cDAQ1Mod3/port0/line27"',
        'input = "cDAQ1Mod3/port0/line26"',
        "input cDAQ1Mod3/port0/line26",
        "2 channels",
    ),
    "no such instrument": (
        'instrument = "gauge_controller"',
        'instrument = "gauges"',
        "channel.chamber_pirani.instrument",
        "'gauges' is not in this file",
    ),
    "no such instrument for a valve": (
        entry("valve", "orifice_25um_us"),
        entry("valve", "orifice_25um_us") + 'instrument = "plc"\n',
        "instrument",
        "'plc' is not in this file",
    ),
    "no such compartment": (
        '["us_segment", "chamber"]',
        '["segment", "chamber"]',
        "orifice_25um_us.connects",
        "'segment'",
    ),
    "a leak where no compartment is": (
        'compartment = "us_segment"\nkind',
        'compartment = "chamber"\nkind',
        "leak.us_25um.compartment",
        "'chamber' is not",
    ),
    "no such valve for a leak": ('valve = "orifice_25um_us"', 'valve = "orifice"', "leak.us_25um.valve", "'orifice'"),
    "no such valve for the pump": ('valve = "roughing_valve"', 'valve = "gate"', "pump.roughing_pump.valve", "'gate'"),
    "no such supply valve": ('valve = "fill_valve"', 'valve = "tap"', "supply.valve", "'tap'"),
    "no such controller": ('controller = "pressure_controller"', 'controller = "pc"', "supply.controller", "'pc'"),
    "no such noise class": ('noise = "pirani"', 'noise = "piranha"', "channel.chamber_pirani.noise", "'piranha'"),
    "no such interlock channel": (
        'name = "burst_disc"\nchannel = "burst_disc_intact"',
        'name = "burst_disc"\nchannel = "burst_disc"',
        "interlock.burst_disc.channel",
        "'burst_disc'",
    ),
    "an interlock that guards nothing": (
        '"OpenValve:orifice_*"',
        '"OpenValve:orfice_*"',
        "interlock.leak_into_vacuum.guards",
        "'OpenValve:orfice_*' matches no command",
    ),
    "no such other channel of an interlock": (
        'minus = "chamber_transducer_2"',
        'minus = "chamber_gauge"',
        "interlock.chamber_transducers_agree.minus",
        "'chamber_gauge' is not in this file",
    ),
    "a pressure that no interlock waits for": (
        'unless = "hatch_us_transfer_open"',
        'unless = "us_pressure"',
        "interlock.hatch_us_transfer_balanced.unless",
        "'us_pressure' is no switch",
    ),
    "what an interlock shuts may be opened at once": (
        'above = 1000.0\nhysteresis = 200.0\nguards = [\n    "OpenValve:vent_valve", ',
        "above = 1000.0\nhysteresis = 200.0\nguards = [\n    ",
        "interlock.reverse_us.actions",
        "no guard forbids OpenValve:vent_valve",
    ),
    "an interlock that shuts what is not there": (
        '{ command = "StopFilament", target = "residual_gas_analyser" }',
        '{ command = "StopFilament", target = "rga" }',
        "interlock.filament_in_vacuum.actions",
        "'rga' is not in this file",
    ),
    "a size of no difference": (
        'minus = "chamber_transducer_2"\n',
        "",
        "interlock.chamber_transducers_agree",
        "magnitude is of a difference",
    ),
    "a relief that saves the day": (
        "set_pressure_pa = 115000.0\nreseat_pressure_pa = 112000.0",
        "set_pressure_pa = 110000.0\nreseat_pressure_pa = 109000.0",
        "relief.relief_us.set_pressure_pa",
        "not above limits.pressure_max_pa",
    ),
    "a burst disc that heals": (
        "set_pressure_pa = 125000.0\n",
        "set_pressure_pa = 125000.0\nreseat_pressure_pa = 112000.0\n",
        "relief.burst_disc_us",
        "belongs to a valve",
    ),
    "a relief of no compartment": (
        'name = "relief_us"\ncompartment = "us_segment"',
        'name = "relief_us"\ncompartment = "segment"',
        "relief.relief_us.compartment",
        "'segment'",
    ),
    "no such target of the safe state": (
        'command = "CloseValve"\ntarget = "vent_valve"',
        'command = "CloseValve"\ntarget = "vent"',
        "safe_state.CloseValve",
        "'vent'",
    ),
    "a pump closed like a valve": (
        'command = "StopPump"',
        'command = "CloseValve"',
        "safe_state.CloseValve.target",
        "'roughing_pump'",
    ),
    "no pressure in a compartment": (
        'name = "us_pressure"\nquantity = "pressure"',
        'name = "us_pressure"\nquantity = "supply_pressure"',
        "compartment.us_segment",
        "exactly one channel of quantity 'pressure'",
    ),
    "two pressures in a compartment": (
        'quantity = "pressure"\nunit = "Pa"\ninstrument = "daq"\ninput = "cDAQ1Mod1/ai1"\ncompartment = "transfer_c',
        'quantity = "pressure"\nunit = "Pa"\ninstrument = "daq"\ninput = "cDAQ1Mod1/ai1"\ncompartment = "working_c',
        "compartment.transfer_compartment",
        "exactly one",
    ),
    "fractions that leave gas out": ("volume_fraction = 0.4", "volume_fraction = 0.3", "us_segment", "adds up to 0.9"),
    "a safety step that needs power": (
        'travel_s = 1.0\nwithout_power = "closed"\n\n[[valve]]\nname = "roughing_valve"',
        'travel_s = 1.0\nwithout_power = "stays"\n\n[[valve]]\nname = "roughing_valve"',
        "safe_state.CloseValve.fill_valve",
        "must not need power",
    ),
    "a safety step over a link": (
        'target = "pressure_controller"\nsafety = false',
        'target = "pressure_controller"\nsafety = true',
        "safe_state.StopControl.pressure_controller",
        "cannot be a safety step",
    ),
    "a hole with a length": (
        'kind = "orifice"\nnominal_diameter_m = 25e-6',
        'kind = "orifice"\nnominal_length_m = 0.01\nnominal_diameter_m = 25e-6',
        "leak.us_25um",
        "belongs to a capillary",
    ),
    "a hole that is set": (
        'kind = "orifice"\nnominal_diameter_m = 25e-6',
        'kind = "orifice"\nflow_kg_s = 1e-7\nnominal_diameter_m = 25e-6',
        "leak.us_25um",
        "belong to a programmable leak",
    ),
    "a programmable leak of no flow": (
        "flow_kg_s = 3e-7\n",
        "",
        "leak.programmable_us",
        "belong to a programmable leak",
    ),
    "a programmable leak with a diameter": (
        "flow_kg_s = 3e-7",
        "flow_kg_s = 3e-7\nnominal_diameter_m = 5e-5",
        "leak.programmable_us",
        "belongs to an orifice or a capillary",
    ),
    "a programmable leak of no controller": (
        'valve = "select_us"\ncontroller = "leak_flow"',
        'valve = "select_us"\ncontroller = "leak_flaw"',
        "leak.programmable_us.controller",
        "'leak_flaw' is not",
    ),
    "a programmable leak through another compartment's valve": (
        'valve = "select_us"\ncontroller',
        'valve = "select_transfer"\ncontroller',
        "leak.programmable_us.valve",
        "does not lead from us_segment to leak_flow",
    ),
    "a programmable leak that does not end in the chamber": (
        'connects = ["leak_manifold", "chamber"]',
        'connects = ["leak_manifold", "makeup_line"]',
        "leak.programmable_us.controller",
        "does not lead into the chamber",
    ),
    "a programmable leak beyond its controller": (
        "flow_kg_s = 3e-7",
        "flow_kg_s = 3e-6",
        "leak.programmable_us.flow_kg_s",
        "above the 1.9e-06 kg/s",
    ),
    "a microphone through the wall": (
        "position_m = [0.2, -0.25, 0.1]",
        "position_m = [0.2, -0.26, 0.1]",
        "microphone.us_microphone_1.position_m",
        "outside of the box of us_segment",
    ),
    "a leak elsewhere": (
        "position_m = [0.25, 0.25, 0.1]",
        "position_m = [0.85, 0.25, 0.1]",
        "leak.us_25um.position_m",
        "outside",
    ),
    "a compartment without walls for sound": (
        "\nbox = { origin_m = [0.0, -0.25, -0.25], size_m = [0.8, 0.5, 0.5] }",
        "",
        "microphone.us_microphone_1",
        "compartment us_segment has no box",
    ),
    "a band beyond what is sampled": ("50000.0]", "150000.0]", "acoustics", "no band below half of rate_hz"),
    "a microphone on another's input": (
        'input = "PXI1Slot2/ai1"',
        'input = "PXI1Slot2/ai0"',
        "daq, input PXI1Slot2/ai0",
        "is 2 channels",
    ),
    "a heater of no compartment": (
        'compartment = "us_segment"\ninstrument = "heater_supply"',
        'compartment = "chamber"\ninstrument = "heater_supply"',
        "heater.heater_us.compartment",
        "'chamber' is not",
    ),
    "two heaters on one output": ("output = 2", "output = 1", "heater_supply, output 1", "feeds 2 heaters"),
    "two heaters on one wall": (
        'compartment = "working_compartment"\ninstrument = "heater_supply"',
        'compartment = "us_segment"\ninstrument = "heater_supply"',
        "us_segment",
        "is heated by 2 heaters",
    ),
    "a heater on a third output": ("output = 2", "output = 3", "heater.heater_working.output", "1 or 2"),
    "one controller of two flows": (
        'name = "leak_flow"\ninstrument = "leak_flow"\nconnects',
        'name = "leak_flow"\ninstrument = "makeup_flow"\nconnects',
        "makeup_flow",
        "sets 2 flows",
    ),
    "a flow to nowhere": (
        'connects = ["leak_manifold", "chamber"]',
        'connects = ["leak_manifold", "room"]',
        "flow_controller.leak_flow.connects",
        "'room' is not",
    ),
    "a flow that nobody sets": (
        'quantity = "flow"\nunit = "kg/s"\ninstrument = "leak_flow"',
        'quantity = "flow"\nunit = "kg/s"\ninstrument = "leak_detector"',
        "channel.leak_flow.instrument",
        "'leak_detector'",
    ),
    "a power of no heater": (
        'input = "power_2"',
        'input = "power3"',
        "heater_working_power.input",
        "no output that has",
    ),
    "a contactor without a line": (
        'line = "cDAQ1Mod2/port0/line9"\n',
        "",
        "pump.roughing_pump",
        "line and running_switch belong together",
    ),
    "a wall without a compartment": (
        'compartment = "us_segment"\nrange = [0.0, 1.0]\nswitch_k',
        "range = [0.0, 1.0]\nswitch_k",
        "channel.us_wall_cool",
        "name the compartment",
    ),
    "two vessels of a name": (entry("vessel", "makeup_line"), entry("vessel", "fore_line"), "fore_line", "2 times"),
    "a safety step by a drive": (
        'target = "turbo_pump"\nsafety = false',
        'target = "turbo_pump"',
        "safe_state.StopPump.turbo_pump",
        "cannot be a safety step",
    ),
    "a safety step by a supply": (
        'target = "heater_us"\nsafety = false',
        'target = "heater_us"',
        "safe_state.StopHeater.heater_us",
        "cannot be a safety step",
    ),
    "a flow to stop that is a valve": (
        'command = "StopFlow"\ntarget = "leak_flow"',
        'command = "StopFlow"\ntarget = "fill_valve"',
        "safe_state.StopFlow.target",
        "'fill_valve'",
    ),
    "a coil that changes nothing": (
        'line = "cDAQ1Mod2/port0/line3"',
        'line = "cDAQ1Mod2/port0/line3"\nenergised = "closed"',
        "equalisation_us_transfer.without_power",
        "when energised",
    ),
    "a certificate that is not there": (
        "orifice_25um_us.toml",
        "lost.toml",
        "leak.us_25um.certificate",
        "lost.toml: cannot be read: No such file",
    ),
    "a certificate written in place": (
        '"../certificates/orifice_25um_us.toml"',
        "{ value_kg_s = 1e-7 }",
        "leak.us_25um.certificate",
        "name of the certificate's file",
    ),
}


@pytest.mark.parametrize(("old", "new", "key", "reason"), SPOILT.values(), ids=SPOILT)
def test_one_line_names_the_file_the_key_and_the_reason(copied, old, new, key, reason):
    replace(copied, old, new)
    line = complaint(copied)
    assert line.startswith(f"{copied}: ")
    assert key in line
    assert reason in line
    assert "\n" not in line


def test_a_line_says_how_much_more_is_wrong(copied):
    replace(copied, "dew_point_k = 213.15\n", "")
    replace(copied, "volume_m3 = 2.2", "volume_m3 = -2.2")
    assert complaint(copied).endswith("(and 1 more)")


def test_a_file_that_is_no_toml_is_named_with_the_place(copied):
    replace(copied, "[gas]", "[gas")
    line = complaint(copied)
    assert line.startswith(f"{copied}: not TOML: ")
    (number,) = [n for n, text in enumerate(copied.read_text().splitlines(), 1) if text.startswith("[gas ")]
    assert f"line {number}" in line
    assert "\n" not in line


def test_a_file_that_is_no_text_is_no_toml(copied):
    copied.write_bytes(b"\xff\xfe\x00")
    assert complaint(copied).startswith(f"{copied}: not UTF-8: ")


def test_a_bench_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ConfigError, match=r"^mir: no such bench file.*shipped: rig580, zvezda"):
        find_bench("mir")


def test_a_path_goes_before_a_shipped_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("zvezda").touch()
    assert find_bench("zvezda") == Path("zvezda")


def test_an_overdue_certificate_refuses_the_bench(copied):
    certificate = copied.parent.parent / "certificates" / CERTIFICATE
    replace(certificate, "due = 2099-12-31", "due = 2026-11-22")
    line = complaint(copied)
    assert line.startswith(f"{copied}: leak.working_50um.certificate: ")
    assert CERTIFICATE in line
    assert "certificate LB-050-07 was due on 2026-11-22; recalibrate the leak" in line
    assert "\n" not in line


def test_a_certificate_is_good_on_its_last_day(copied):
    certificate = copied.parent.parent / "certificates" / CERTIFICATE
    replace(certificate, "due = 2099-12-31", "due = 2026-11-23")
    assert load_bench(copied, TODAY).named_leak("working_50um").certificate.due == TODAY


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("u_drift_relative", "drift", "drift", "unknown key"),
        ("value = 4.2847e-07", "value = 0.0", "value", "greater than 0"),
        ("due = 2099-12-31", "due = 2099-13-31", "not TOML", "line 18"),
    ],
)
def test_a_spoilt_certificate_is_named_with_the_leak_it_is_of(copied, old, new, key, reason):
    replace(copied.parent.parent / "certificates" / CERTIFICATE, old, new)
    line = complaint(copied)
    assert "leak.working_50um.certificate" in line
    assert CERTIFICATE in line
    assert key in line
    assert reason in line
    assert "\n" not in line


def test_a_method_is_told_what_the_bench_file_states_and_no_more():
    rig = rig_of(small_bench())
    assert rig.gas_constant_j_kg_k == 287.055
    (hatch,) = rig.hatches
    assert (hatch.connects, hatch.closed_channel) == (("node", "annex"), "hatch_closed")
    node = rig.compartments["node"]
    assert (node.volume_m3, node.u_volume_m3) == (0.4, 0.002)
    assert [(gauge.channel, gauge.u_pa) for gauge in node.gauges] == [("node_pressure", 50.0)]
    assert [(t.channel, t.volume_fraction) for t in node.thermometers] == [("node_gas_1", 0.75), ("node_gas_2", 0.25)]


def test_the_accuracy_of_the_worst_thermometer_counts():
    assert rig_of(small_bench()).compartments["node"].u_temperature_k == 0.05


def test_a_channel_without_a_noise_class_is_taken_as_silent():
    first, second = rig_of(small_bench()).compartments["node"].thermometers
    assert first.noise == NoiseClass(white=0.002, representativeness=0.03)
    assert second.noise == NoiseClass(white=0.0)


def test_a_method_is_not_told_what_only_a_simulated_sensor_has():
    stated = NoiseEntry(white=0.1, representativeness=0.2, correlation_time_s=60.0, resolution=0.3, flicker=0.4)
    assert stated.record() == NoiseClass(0.1, 0.2, 60.0, 0.3)


@pytest.mark.parametrize("clock", ["clock_offset_s = 0.1", "clock_skew = 1e-6", "clock_skew = -1.0"])
def test_a_clock_that_asks_for_the_future_or_runs_backwards_is_refused(copied, clock):
    replace(copied, "[noise_class.pirani]\n", f"[noise_class.pirani]\n{clock}\n")
    assert "noise_class.pirani" in complaint(copied)


def test_a_bench_file_copied_alone_finds_the_shipped_certificates(tmp_path):
    copied = tmp_path / "mine.toml"
    copied.write_text(find_bench("zvezda").read_text())
    shipped = load_bench(find_bench("zvezda"), date(2026, 11, 23))
    assert load_bench(copied, date(2026, 11, 23)).leak == shipped.leak


def extending(copied, text):
    path = copied.with_name("mine.toml")
    path.write_text(f'extends = "zvezda.toml"\n{text}')
    return path


MKS = '[[instrument]]\nname = "gauge_controller"\ndriver = "mks_937b"\naddress = "ASRL/dev/ttyS3::INSTR"\n'


def test_an_entry_of_the_same_name_replaces_the_one_of_the_file_that_is_extended(copied):
    base, mine = load_bench(copied, TODAY), load_bench(extending(copied, MKS), TODAY)
    assert [i.name for i in mine.instrument] == [i.name for i in base.instrument]
    drivers = {(a.name, b.driver) for a, b in zip(base.instrument, mine.instrument, strict=True) if a != b}
    assert drivers == {("gauge_controller", "mks_937b")}
    assert mine.channels == base.channels


def test_what_is_new_is_added_and_tables_are_joined(copied):
    more = '[bench]\nlocation = "cellar"\n[[vessel]]\nname = "barrel"\nvolume_m3 = 0.1\npressure_pa = 1e5\n'
    mine = load_bench(extending(copied, more), TODAY)
    assert [v.name for v in mine.vessel][-1] == "barrel"
    assert (mine.bench.name, mine.bench.location) == ("zvezda", "cellar")


def test_the_hash_of_a_file_that_extends_another_is_of_both(copied):
    path = extending(copied, MKS)
    first = load_bench(path, TODAY).sha256
    path.write_text(path.read_text() + "# mine\n")
    second = load_bench(path, TODAY).sha256
    replace(copied, "# The shipped bench", "# Another bench")
    assert len({first, second, load_bench(path, TODAY).sha256}) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[pump]\n", "pump: Input should be a valid tuple"),
        (
            entry("vessel", "fore_line"),
            "vessel.fore_line.volume_m3: Field required (and 1 more)",
        ),  # replaced as a whole
        (2 * MKS, "gauge_controller: name used 2 times"),
    ],
)
def test_what_is_wrong_with_both_together_is_said_of_the_file_that_extends(copied, text, reason):
    path = extending(copied, text)
    assert complaint(path) == f"{path}: {reason}"


def test_files_that_extend_each_other_are_refused(copied):
    path = extending(copied, "")
    replace(copied, "[bench]\n", 'extends = "mine.toml"\n[bench]\n')
    assert "extends: mine.toml extends this file" in complaint(path)


def test_a_file_that_extends_a_shipped_one_works_where_it_is(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "zvezda.toml"\n')
    assert load_bench(path, TODAY).leak == load_bench(find_bench("zvezda"), TODAY).leak


def test_the_bench_of_published_targets_has_580_litres_whose_mean_temperatures_are_good_to_50_mk():
    bench = load_bench(find_bench("rig580"), TODAY)
    litres = {c.name: 1e3 * c.volume_m3 for c in bench.compartment}
    assert litres == {"transfer_compartment": 120.0, "working_compartment": 400.0, "intermediate_chamber": 60.0}
    point_k = bench.noise_class["gas_pt100"].representativeness
    for name in litres:
        gas = [c for c in bench.channel if c.compartment == name and c.quantity == "gas_temperature"]
        assert point_k * math.hypot(*(c.volume_fraction for c in gas)) == pytest.approx(0.05, abs=1e-4)


def test_the_shipped_bench_with_another_gauge_controller_loads():
    bench = load_bench(find_bench("zvezda_mks"), TODAY)
    assert {i.name: i.driver for i in bench.instrument}["gauge_controller"] == "mks_937b"


@pytest.mark.parametrize(
    ("unit", "column"),
    [("Pa", "x_pa"), ("1", "x_state"), ("Hz", "x_hz"), ("W", "x_w"), ("kg/s", "x_kg_s"), ("Pa m3/s", "x_pa_m3_s")],
)
def test_a_column_says_the_unit(unit, column):
    assert Channel("x", "flow", unit, 0.0, 1.0, 0.0).column == column


@pytest.mark.parametrize(
    ("quantity", "column"),
    [
        ("switch", "x_state"),
        ("gauge_number", "x_state"),
        ("relative_humidity", "x_fraction"),
        ("spectral_kurtosis", "x_excess"),
    ],
)
def test_a_bare_number_s_column_says_what_kind_of_number_it_is(quantity, column):
    assert Channel("x", quantity, "1", 0.0, 1.0, 0.0).column == column


def test_every_microphone_has_two_channels_of_its_compartment():
    bench = load_bench(find_bench("zvezda"), TODAY)
    made = {channel.name: channel for channel in bench.channels}
    assert len(bench.microphone) == 8
    for microphone in bench.microphone:
        power, kurtosis = made[f"{microphone.name}_band_power"], made[f"{microphone.name}_kurtosis"]
        assert power.compartment == kurtosis.compartment == microphone.compartment
        assert [power.record().column, kurtosis.record().column] == [
            f"{microphone.name}_band_power_pa2",
            f"{microphone.name}_kurtosis_excess",
        ]
