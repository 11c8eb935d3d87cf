"""Files from elsewhere through the real command line: one clear line, exit 70, nothing written, nothing actuated."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shipped_copy import copy_shipped
from test_reevaluate import loaded, sealed

from bench.config.load import SHIPPED as BENCHES
from bench.manifest import files_of, fingerprint
from bench.sim.daq.rack.file import SHIPPED as RACKS
from bench.sim.scenario import SHIPPED as SCENARIOS
from procedures.campaign.load import SHIPPED as CAMPAIGNS
from procedures.cli import main

BAD = 70
LONGEST_S = 20.0
"""For one refusal, on a machine that is busy."""
quickly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class TouchedError(Exception):
    """What was given was good, and a run would begin."""


def touched(*_, **__):
    raise TouchedError


@pytest.fixture
def leakbench(monkeypatch, capsys, tmp_path):
    """Give the command its words; exit code and both outputs. No run, no rig and no campaign is begun."""
    for name in ("session.Session", "simulate.SimulatedRig", "daq.Driver", "campaign.command.CampaignFolder"):
        monkeypatch.setattr(f"procedures.{name}", touched)
    monkeypatch.setattr("procedures.check.open_instrument", touched)
    (tmp_path / "work").mkdir()

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["leakbench", *map(str, words)])
        monkeypatch.chdir(tmp_path / "work")
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, *capsys.readouterr()

    return command


def tree(folder):
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (entry.st_mode, entry.st_size, entry.st_mtime_ns) for path, entry in found.items()}


def refused(leakbench, tmp_path, words, *parts):
    before, begun_s = tree(tmp_path), time.monotonic()
    code, out, err = leakbench(*words)
    assert (code, out) == (BAD, ""), err
    (line,) = err.splitlines()
    assert line.startswith("leakbench: ")
    assert all(part in line for part in parts), line
    assert tree(tmp_path) == before
    assert time.monotonic() - begun_s < LONGEST_S


# -- files that are no text at all -----------------------------------------------------------------------------------
KINDS = {
    "bench": (BENCHES / "zvezda.toml", lambda file: ["run", "leak_sweep", "--simulate", "-b", file]),
    "bench checked": (BENCHES / "zvezda.toml", lambda file: ["check", "-b", file]),
    "bench recorded": (BENCHES / "zvezda.toml", lambda file: ["record", "-b", file]),
    "bench served": (BENCHES / "zvezda.toml", lambda file: ["sim", "-b", file]),
    "scenario": (SCENARIOS / "cabin_drift.toml", lambda file: ["run", "leak_sweep", "--simulate", file]),
    "scenario drawn": (SCENARIOS / "cabin_drift.toml", lambda file: ["sim", "--plot", file]),
    "campaign": (CAMPAIGNS / "quick.toml", lambda file: ["campaign", file, "--no-prefect"]),
    "rack": (RACKS / "demo.toml", lambda file: ["sim", "daq", "--devices", file]),
}


def write(content):
    return lambda path: path.write_bytes(content)


def huge(path):
    """A gigabyte, of which the disk has not a byte."""
    path.touch()
    os.truncate(path, 10**9)


NO_TEXT = {
    "missing": (lambda _: None, ""),
    "folder": (lambda path: path.mkdir(), "no"),
    "a pipe that nobody writes to": (os.mkfifo, "no"),
    "without end": (lambda path: path.symlink_to("/dev/zero"), "no"),
    "a gigabyte": (huge, "longer than"),
    "not UTF-8": (write(b'name = "\xff\xfe"'), "not UTF-8"),
    "zero bytes": (write(bytes(100)), "not TOML"),
    "nested deeply": (write(b"x = " + b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
    "a number without end": (write(b"x = " + b"9" * 100_000), "not TOML"),
    "empty": (write(b""), ""),
    "an unknown key": (write(b"colour = 3"), ""),
    "not a number": (write(b'[[x]]\nname = "a"\ny = nan'), "x.a.y: nan is not finite"),
    "a huge number": (write(b"x = 1e300"), "x: more than 1e+18"),
    "names that spoil the terminal": (write(b'"\\u001b[2J\\n\\u0000" = 3'), ""),
}


@pytest.mark.parametrize("kind", ["bench", "scenario", "campaign", "rack"])
@pytest.mark.parametrize("odd", NO_TEXT)
def test_what_is_no_such_file_is_refused_in_one_line(leakbench, tmp_path, kind, odd):
    make, part = NO_TEXT[odd]
    file = tmp_path / "odd.toml"
    make(file)
    refused(leakbench, tmp_path, KINDS[kind][1](file), str(file), part)


@pytest.mark.parametrize("kind", ["bench checked", "bench recorded", "bench served", "scenario drawn"])
def test_every_command_refuses_it(leakbench, tmp_path, kind):
    file = tmp_path / "odd.toml"
    file.write_bytes(b"\xff")
    refused(leakbench, tmp_path, KINDS[kind][1](file), str(file), "not UTF-8")


@pytest.mark.parametrize("odd", ["folder", "a gigabyte", "not UTF-8", "nested deeply", "empty", "not a number"])
def test_a_certificate_is_a_file_like_any_other(leakbench, tmp_path, odd):
    bench = copy_shipped(tmp_path / "copy")
    certificate = tmp_path / "copy" / "certificates" / "orifice_50um_working.toml"
    certificate.unlink()
    NO_TEXT[odd][0](certificate)
    refused(leakbench, tmp_path, KINDS["bench"][1](bench), str(bench), "certificate", NO_TEXT[odd][1])


# -- values that cannot be -------------------------------------------------------------------------------------------
WRONG = {
    "a path for a name": ("bench", 'name = "thermometers"', 'name = "../../etc/passwd"', "instrument"),
    "a line end in a name": ("bench", 'name = "us_pressure"', 'name = "us\\npressure"', "name"),
    "a volume below nothing": ("bench", "volume_m3 = 2.2", "volume_m3 = -2.2", "chamber.volume_m3"),
    "a unit that is another quantity's": ("bench", 'unit = "Pa"', 'unit = "K"', "unit"),
    "litres for cubic metres": ("bench", "volume_m3 = 2.2", 'volume_m3 = "2200 L"', "chamber.volume_m3"),
    "a picture outside the folder": ("scenario drawn", 'name = "cabin_drift"', 'name = "../../drift"', "name"),
    "a drift without end": ("scenario", "cabin_drift_k_h = 0.3", "cabin_drift_k_h = inf", "cabin_drift_k_h"),
    "a campaign's folder elsewhere": ("campaign", 'name = "quick"', 'name = "../quick"', "name"),
    "a bench elsewhere": ("campaign", 'bench = "zvezda"', 'bench = "/dev/zero"', "/dev/zero"),
    "seeds without end": ("campaign", "seeds = 40", "seeds = 9999999999999999999", "seeds"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_that_cannot_be_is_named(leakbench, tmp_path, case):
    kind, old, new, part = WRONG[case]
    file = copy_shipped(tmp_path / "copy")
    if not kind.startswith("bench"):
        file = Path(shutil.copy(KINDS[kind][0], tmp_path / "copy"))
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    refused(leakbench, tmp_path, KINDS[kind][1](file), part)


@pytest.mark.parametrize(
    "words",
    [
        ["-e", "exposure_s=nan"],
        ["-e", "exposure_s=1e300"],
        ["-e", "pressure_pa=-1"],
        ["-e", "parameters=[[["],
        ["-e", "method=../../etc/passwd:X"],
        ["--simulate", "../../etc/passwd"],
        ["--simulate", "a\0.toml"],
        ["-b", "\0"],
        ["--results", "/proc/1/fd/leakbench"],
    ],
    ids=repr,
)
def test_words_that_cannot_be_meant_are_refused(leakbench, tmp_path, words):
    refused(leakbench, tmp_path, ["run", "leak_sweep", *words])


@pytest.mark.parametrize("content", [b"a,b\n1,x", b"", b"nan", b"\xff", b"1,2\n3"])
def test_a_recorded_signal_that_is_none_is_refused(leakbench, tmp_path, content):
    """The only profiles that there are: of a rack's inputs."""
    (tmp_path / "profile.csv").write_bytes(content)
    rack = (RACKS / "demo.toml").read_text().split("[[signal]]")[0]
    signal = '[[signal]]\nterminal = "Dev1/ai0"\nkind = "file"\nfile = "profile.csv"\nrate_hz = 10.0\n'
    (tmp_path / "rack.toml").write_text(rack + signal)
    refused(leakbench, tmp_path, ["sim", "daq", "--devices", tmp_path / "rack.toml"], "profile.csv")


NUMBERS = st.sampled_from(
    ["-1", "0", "1e18", "-1e-300", "nan", "inf", "true", '"../.."', '""', "[]", "{}", "2026-02-29"]
)


@quickly
@given(data=st.data())
@pytest.mark.parametrize(
    "kind", ["scenario", "rack", *(pytest.param(kind, marks=pytest.mark.long) for kind in ("bench", "campaign"))]
)
def test_any_value_replaced_by_any_other_is_taken_or_refused_in_one_line(leakbench, tmp_path, kind, data):
    """Never a traceback, whichever line it is."""
    file = copy_of(tmp_path, kind)
    lines = (KINDS[kind][0]).read_text().splitlines()
    places = [place for place, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    place = data.draw(st.sampled_from(places))
    lines[place] = f"{lines[place].partition('=')[0]}= {data.draw(NUMBERS)}"
    file.write_text("\n".join(lines))
    try:
        refused(leakbench, tmp_path, KINDS[kind][1](file))
    except TouchedError:
        return


def copy_of(tmp_path, kind):
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    bench = copy_shipped(tmp_path / "copy")
    return bench if kind == "bench" else tmp_path / "copy" / "mutated.toml"


# -- run folders -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def good(tmp_path_factory):
    root = tmp_path_factory.mktemp("good")
    return sealed(root / "run", loaded(root / "bench"))


@pytest.fixture
def run(good, tmp_path):
    return Path(shutil.copytree(good, tmp_path / "run"))


def reseal(folder):
    """As somebody would who means harm: every hash is right."""
    files = {name: fingerprint(folder / name) for name in files_of(folder) if (folder / name).is_file()}
    (folder / "manifest.json").write_text(json.dumps({"schema_version": 1, "files": files}))


READ = {
    "truth": lambda run: ["truth", run],
    "reevaluate": lambda run: ["reevaluate", run],
    "replay": lambda run: ["replay", run, "-m", "pressure_decay"],
}
NO_RUN = {"run.json": ["truth", "reevaluate", "replay"], "bench.json": ["truth", "reevaluate", "replay"]}
NO_RUN |= {"events.jsonl": ["truth", "replay"], "scores.json": ["reevaluate"], "truth.json": ["reevaluate"]}
ODD_JSON = {
    "not UTF-8": b"\xff\n",
    "nested deeply": b"[" * 100_000 + b"\n",
    "a list": b"[1, 2]\n",
    "a number": b"3\n",
    "NaN": b'{"time_s": NaN, "kind": "gap", "detail": {}, "channels": NaN}\n',
    "other keys": b'{"channels": [{"name": 3}], "leaks": 7}\n',
}


@pytest.mark.parametrize(("name", "command"), [(name, word) for name, words in NO_RUN.items() for word in words])
@pytest.mark.parametrize("odd", ODD_JSON)
def test_a_run_folder_with_something_else_in_it_is_refused(leakbench, tmp_path, run, name, command, odd):
    (run / name).write_bytes(ODD_JSON[odd])
    reseal(run)
    refused(leakbench, tmp_path, READ[command](run), str(run))


def other_columns(run):
    pd.DataFrame({"x": [1.0]}).to_parquet(run / "scans.parquet")


def other_types(run):
    table = pd.read_parquet(run / "scans.parquet")
    table.astype(dict.fromkeys(table.columns, str)).to_parquet(run / "scans.parquet")


def cut(run):
    os.truncate(run / "scans.parquet", (run / "scans.parquet").stat().st_size // 2)


def no_parquet(run):
    (run / "scans.parquet").write_bytes(b"PAR1" + b"\xff" * 1000 + b"PAR1")


def a_gigabyte_claimed(run):
    """An Arrow stream whose first message says that it is a gigabyte long."""
    (run / "scans.parquet").unlink()
    (run / "scans.arrows").write_bytes(b"\xff\xff\xff\xff" + (10**9).to_bytes(4, "little") + b"\0" * 64)


def without_scans(run):
    (run / "scans.parquet").unlink()


@pytest.mark.parametrize("command", ["truth", "replay", "reevaluate"])
@pytest.mark.parametrize("spoil", [other_columns, other_types, cut, no_parquet, without_scans])
def test_scans_that_are_none_are_refused(leakbench, tmp_path, run, spoil, command):
    spoil(run)
    reseal(run)
    refused(leakbench, tmp_path, READ[command](run), str(run))


def test_a_stream_that_claims_a_gigabyte_is_a_torn_one(leakbench, run):
    """Nothing is there to be read; nothing is set aside for it either."""
    a_gigabyte_claimed(run)
    assert leakbench(*READ["replay"](run))[0] in (0, BAD)


@pytest.mark.parametrize("command", ["truth", "replay", "reevaluate", "verify"])
def test_a_folder_that_is_no_run_is_refused(leakbench, tmp_path, command):
    (tmp_path / "empty").mkdir()
    code, out, err = leakbench(*READ.get(command, lambda run: ["verify", run])(tmp_path / "empty"))
    assert (code, out, len(err.splitlines())) == (50 if command == "verify" else BAD, "", 1)


def test_a_manifest_that_names_files_elsewhere_finds_them_missing(leakbench, run):
    stated = json.loads((run / "manifest.json").read_text())
    stated["files"]["../bench/bench.toml"] = fingerprint(run / "run.json")
    (run / "manifest.json").write_text(json.dumps(stated))
    code, _, err = leakbench("verify", run)
    assert (code, err) == (50, f"{run}: ../bench/bench.toml: missing\n")


JSONS = st.sampled_from([None, -1, 1e308, "", "../../etc/passwd", "<script>", [], {}, [[]], True, {"x": None}])


def replaced(value, data):
    """The same, with something in it replaced by something else."""
    inner = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inner or data.draw(st.integers(0, 3)) == 0:
        return data.draw(JSONS)
    place = data.draw(st.sampled_from(inner))
    copy = value.copy()
    copy[place] = replaced(value[place], data)
    return copy


@quickly
@given(data=st.data())
@pytest.mark.long
@pytest.mark.parametrize("command", READ)
def test_any_part_of_a_run_replaced_by_anything_else_is_taken_or_refused(leakbench, good, tmp_path, command, data):
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    run = Path(shutil.copytree(good, tmp_path / "run"))
    name = data.draw(st.sampled_from(["run.json", "bench.json", "scores.json", "truth.json", "events.jsonl"]))
    lines = (run / name).read_text().splitlines() if name == "events.jsonl" else [(run / name).read_text()]
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = json.dumps(replaced(json.loads(lines[place]), data))
    (run / name).write_text("\n".join([*lines, ""]))
    reseal(run)
    code, out, err = leakbench(*READ[command](run))
    assert code in (0, 20, 30, 50, BAD)
    if code == BAD:
        assert (out, len(err.splitlines())) == ("", 1)
