"""`leakbench check` and `leakbench record`, on a bench that is simulated and on one that is not there."""

import json

import pytest
from shipped_copy import copy_shipped, replace

from bench.sim.rack.transcript import parse
from procedures.cli import main


def leakbench(monkeypatch, *words):
    """Its exit code."""
    monkeypatch.setattr("sys.argv", ["leakbench", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code


def test_every_instrument_says_who_it_is(monkeypatch, capsys):
    assert leakbench(monkeypatch, "check", "--json") == 0
    found = {about["name"]: about for about in json.loads(capsys.readouterr().out)}
    assert found["gauge_controller"]["identity"]["model"] == "TPG366"
    assert found["gauge_controller"]["settings"]["unit"] == "hPa"
    assert all(about["problems"] == [] for about in found.values())
    assert all(about["round_trip_s"] > 0.0 for about in found.values() if "driver" in about)
    turns = [found["reverse_us"][key] for key in ("trips_at", "releases_at")]
    assert turns == pytest.approx([1000.0, 1200.0])


def test_what_is_not_as_the_bench_file_says_is_named_and_hides_no_other(monkeypatch, capsys, tmp_path):
    file = copy_shipped(tmp_path)
    replace(file, 'driver = "pfeiffer_tpg366"\n', 'driver = "pfeiffer_tpg366"\nserial = "1"\n')
    replace(file, 'settings = { unit = "hPa" }', 'settings = { unit = "Pa" }')
    assert leakbench(monkeypatch, "check", "--bench", str(file), "--simulate", "quiet") == 50
    said = capsys.readouterr()
    assert "PROBLEM: serial is 44990000, the bench file expects 1" in said.out
    assert "PROBLEM: unit is hPa, the bench file expects Pa" in said.out
    assert said.err == "leakbench: not to be relied on: gauge_controller\n"
    assert said.out.count("as the bench file says") >= 3


def test_a_bench_that_is_not_there_is_one_problem_each(monkeypatch, capsys, tmp_path):
    file = tmp_path / "bench.toml"
    file.write_text(copy_shipped(tmp_path / "shipped").read_text().replace(".bench::", ".invalid::"))
    file.write_text(file.read_text().replace('"../certificates', '"'))
    assert leakbench(monkeypatch, "check", "--bench", str(file)) == 50
    assert "PROBLEM: LinkLost: " in capsys.readouterr().out


def test_a_session_is_written_down_and_can_be_read_again(monkeypatch, capsys, tmp_path):
    folder = tmp_path / "session"
    assert leakbench(monkeypatch, "record", "--for", "3", "--output", str(folder)) == 0
    files = [line for line in capsys.readouterr().out.splitlines() if line]
    assert str(folder / "gauge_controller.txt") in files
    gauges = parse((folder / "gauge_controller.txt").read_text()).exchanges
    assert sum(exchange.sent == b"PRX\r" for exchange in gauges) == 4  # one before the first scan
    assert any(exchange.reply.startswith(b"TPG366,") for exchange in gauges)


def test_where_nothing_can_be_written_is_said_before_anything_is_asked(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").touch()
    assert leakbench(monkeypatch, "record", "--output", str(tmp_path / "file" / "session")) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert "no folder for transcripts can be made there" in line
