"""The command's words and exit codes, short of running anything: a whole sweep is among the tests of flows."""

import signal

import pytest
from shipped_copy import copy_shipped, replace

from bench.clock import VirtualClock
from bench.recorder import Recorder
from bench.records import Channel, Event, EventKind
from bench.sim.scenario import SHIPPED as SCENARIOS
from procedures.cli import main, spell_out

BAD = 70
CERTIFICATE = "orifice_50um_working.toml"


@pytest.fixture
def leakbench(monkeypatch, capsys, tmp_path):
    """Give the command its words; returns (exit code, standard output, standard error). Nothing may be conducted."""

    def touched(*_):
        raise AssertionError("an instrument would have been touched")

    def command(*words):
        monkeypatch.setattr("procedures.session.Session", touched)
        monkeypatch.setattr("sys.argv", ["leakbench", *words])
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return command


def refused(result, *parts):
    """One line on standard error that says all parts, nothing on standard output, exit code 70."""
    code, out, err = result
    assert (code, out) == (BAD, "")
    (line,) = err.splitlines()
    assert line.startswith("leakbench: ")
    assert all(part in line for part in parts), line


HELPED = ("run", "list", "verify", "truth", "reevaluate")
REFUSED = {
    "unknown procedure": (["leek_sweep"], ["leek_sweep: no such procedure", "leak_sweep"]),
    "unknown scenario": (["leak_sweep", "--simulate", "storm"], ["storm.toml", "no such scenario", "quiet"]),
    "unknown bench": (["leak_sweep", "-b", "mir"], ["mir: no such bench file", "zvezda"]),
    "unknown plan key": (["leak_sweep", "-e", "exposre_s=1"], ["-e exposre_s: unknown key", "exposure_s"]),
    "no value": (["leak_sweep", "-e", "exposure_s"], ["-e exposure_s: write it as KEY=VALUE"]),
    "value of the wrong type": (["leak_sweep", "-e", "exposure_s=long"], ["-e exposure_s: "]),
    "unknown leak": (["leak_sweep", "-e", "leaks=mir"], ["leaks: mir", "zvezda.toml", "us_50um"]),
    "override without a reason": (["leak_sweep", "--override-certificate", "us_50um"], ["--reason", "belong together"]),
    "a reason for nothing": (["leak_sweep", "--reason", "tired"], ["--override-certificate", "belong together"]),
    "override that nothing needs": (
        ["leak_sweep", "--override-certificate", "us_50um", "--reason", "tired"],
        ["override of us_50um: nothing is wrong with its certificate"],
    ),
    "unknown method": (["leak_sweep", "-e", "method=foo"], ["method: foo", "compensated_mass"]),
}


@pytest.mark.parametrize(("words", "parts"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_one_line_and_no_run_folder(leakbench, tmp_path, words, parts):
    refused(leakbench("run", *words), *parts)
    assert list(tmp_path.iterdir()) == []


def test_json_changes_nothing_about_a_refusal(leakbench):
    refused(leakbench("run", "leek_sweep", "--json"), "leek_sweep: no such procedure")


def spoil_key(file):
    replace(file, 'line = "cDAQ1Mod2/port0/line7"', 'line = "cDAQ1Mod2/port0/line7"\nvolts = 24')


def spoil_channel(file):
    replace(file, 'name = "us_pressure"\nquantity = "pressure"', 'name = "us_pressure"\nquantity = "supply_pressure"')


def spoil_driver(file):
    replace(file, 'driver = "ni_daq"', 'driver = "abacus"')


def spoil_certificate(file):
    replace(file.parent.parent / "certificates" / CERTIFICATE, "due = 2099-12-31", "due = 2026-06-16")


def spoil_serial(file):
    replace(file, 'valve = "orifice_50um_working"\n', 'valve = "orifice_50um_working"\nserial = "LB-050-8"\n')


SPOILT = {
    "unknown key": (spoil_key, ["valve.roughing_valve.volts", "unknown key"]),
    "missing channel": (spoil_channel, ["compartment.us_segment", "exactly one channel of quantity 'pressure'"]),
    "unknown driver": (spoil_driver, ["instrument.daq.driver", "abacus"]),
    "overdue certificate": (spoil_certificate, [CERTIFICATE, "LB-050-07 was due on 2026-06-16"]),
    "wrong serial": (spoil_serial, [CERTIFICATE, "certificate is of serial LB-050-07, the leak is LB-050-8"]),
}


@pytest.mark.parametrize("simulated", [[], ["--simulate"]], ids=["real", "simulated"])
@pytest.mark.parametrize(("spoil", "parts"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_bench_is_refused_before_any_instrument_is_touched(leakbench, tmp_path, spoil, parts, simulated):
    file = copy_shipped(tmp_path)
    spoil(file)
    refused(leakbench("run", "leak_sweep", "-b", str(file), *simulated), str(file), *parts)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", "leak_sweep", "--sed", "3"],
        ["run", "leak_sweep", "--seed", "-3"],
        ["run", "leak_sweep", "--seed", "three"],
        ["run", "leak_sweep", "-e"],
        ["walk"],
    ],
    ids=" ".join,
)
def test_words_that_make_no_command_are_bad_arguments(leakbench, words):
    code, out, err = leakbench(*words)
    assert (code, out) == (BAD, "")
    assert err


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in HELPED)])
def test_help_is_no_failure(leakbench, words):
    code, out, _ = leakbench(*words)
    assert code == 0
    assert "Usage: " in out


def test_the_bare_command_says_how_to_use_it(leakbench):
    _, out, err = leakbench()
    assert "Usage: " in out + err


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ([], []),
        (["run", "x", "--simulate"], ["run", "x", "--simulate", "quiet"]),
        (["run", "x", "--simulate", "cabin_drift"], ["run", "x", "--simulate", "cabin_drift"]),
        (["run", "x", "--simulate", "--json"], ["run", "x", "--simulate", "quiet", "--json"]),
        (["run", "x", "--simulate", "-e", "a=b"], ["run", "x", "--simulate", "quiet", "-e", "a=b"]),
        (["run", "x", "--simulate=storm"], ["run", "x", "--simulate=storm"]),
        (["run", "x", "--json"], ["run", "x", "--json"]),
    ],
)
def test_simulate_alone_means_the_quiet_scenario(given, spelled):
    assert spell_out(given) == spelled


def test_list_names_procedures_benches_and_scenarios_each_with_a_reason(leakbench):
    code, out, _ = leakbench("list")
    assert code == 0
    blocks, title = {}, ""
    for line in out.splitlines():
        if line.startswith("  "):
            name, _, text = line.strip().partition(" ")
            blocks[title][name] = text.strip()
        else:
            title = line
            blocks[title] = {}
    assert {title: set(names) for title, names in blocks.items()} == {
        "procedures": {"leak_sweep"},
        "benches": {"rig580", "zvezda", "zvezda_mks"},
        "scenarios (--simulate)": {path.stem for path in SCENARIOS.glob("*.toml")},
    }
    assert all(text for names in blocks.values() for text in names.values())


@pytest.fixture
def sealed(tmp_path):
    folder = tmp_path / "000001-leak_sweep"
    folder.mkdir()
    recorder = Recorder(folder, [Channel("p", "pressure", "Pa", 0.0, 1e5, 1.0)], {})
    recorder.event(Event(VirtualClock().now(), EventKind.RUN_BEGUN))
    recorder.seal()
    return folder


def test_verify_finds_a_sealed_folder_as_it_was(leakbench, sealed):
    assert leakbench("verify", str(sealed)) == (0, f"{sealed}: every file is as it was sealed\n", "")


def test_verify_names_every_damaged_file(leakbench, sealed):
    (sealed / "events.jsonl").write_text("{}\n")
    (sealed / "run.json").unlink()
    code, out, err = leakbench("verify", str(sealed))
    assert (code, out) == (50, "")
    assert err.splitlines() == [f"{sealed}: run.json: missing", f"{sealed}: events.jsonl: hash differs"]


def test_verify_of_a_run_that_was_never_closed_says_so(leakbench, sealed):
    (sealed / "manifest.json").unlink()
    code, _, err = leakbench("verify", str(sealed))
    assert code == 50
    assert "INTERRUPTED" in err


def test_verify_of_a_folder_that_is_not_there_is_a_bad_argument(leakbench, tmp_path):
    refused(leakbench("verify", str(tmp_path / "nowhere")), "nowhere: no such run folder")


@pytest.mark.parametrize("command", ["truth", "reevaluate"])
def test_so_is_a_truth_of_it(leakbench, tmp_path, command):
    refused(leakbench(command, str(tmp_path / "nowhere")), "nowhere: no such run folder")


def test_verify_says_of_a_blind_run_that_it_was_none(leakbench, tmp_path):
    recorder = Recorder(tmp_path, [Channel("p", "pressure", "Pa", 0.0, 1e5, 1.0)], {"blind": {"commitment": "ab"}})
    recorder.seal()
    code, out, err = leakbench("verify", str(tmp_path))
    assert (code, out) == (50, "")
    assert err == f"{tmp_path}: blind: what was hidden was never revealed\n"


def test_a_run_that_was_not_scored_is_not_scored_anew(leakbench, sealed):
    refused(leakbench("reevaluate", str(sealed)), "was not scored")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_anything_was_touched_is_an_abort(leakbench, monkeypatch, number):
    monkeypatch.setattr("procedures.order.make_order", lambda *_, **__: signal.raise_signal(number))
    before = signal.getsignal(signal.SIGTERM)
    try:
        code, out, _ = leakbench("run", "leak_sweep")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (code, out) == (40, "")
