"""A folder of transcripts in the simulated instruments' place."""

from datetime import date

import pytest

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.errors import ConfigError
from bench.sim.host import serve
from bench.sim.makers import check_simulated
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from procedures.check import check
from procedures.record import record

BENCH, QUIET = load_bench(find_bench("zvezda"), date(2026, 11, 24)), load_scenario("quiet")


@pytest.fixture
def rig():
    compile_plant(BENCH, QUIET)
    return SimulatedRig(BENCH, QUIET, 1, VirtualClock())


def test_every_instrument_that_was_recorded_can_be_checked_and_recorded_again(tmp_path, rig):
    with serve(rig) as rack:
        first = list(record(rack.bench, rig.clock, 5.0, tmp_path / "first"))
    with serve(SimulatedRig(BENCH, QUIET, 1, VirtualClock()), transcripts=tmp_path / "first") as rack:
        assert [found.problems for found in check(rack.bench)] == [[]] * len(BENCH.instrument)
        again = list(record(rack.bench, VirtualClock(), 5.0, tmp_path / "again"))
    assert len(first) == len(again) == len(BENCH.instrument) - 1  # the chassis has no bytes of its own
    for one, other in zip(first, again, strict=True):
        assert one.read_text().splitlines()[1:] == other.read_text().splitlines()[1:]


@pytest.mark.parametrize("text", [b"> a\\n\nwhat\n", b"> \xff\n"])
def test_what_is_no_transcript_is_named(tmp_path, rig, text):
    (tmp_path / "barometer.txt").write_bytes(text)
    with pytest.raises(ConfigError, match=r"barometer\.txt"), serve(rig, transcripts=tmp_path):
        pass


def test_who_was_recorded_need_not_be_simulated_by_anybody(tmp_path):
    (tmp_path / "barometer.txt").write_text("> P?\\n\n< 1013\\n\n")
    entries = tuple(
        entry.model_copy(update={"driver": "acme"}) if entry.name == "barometer" else entry
        for entry in BENCH.instrument
    )
    bench = BENCH.model_copy(update={"instrument": entries})
    with pytest.raises(ConfigError, match="'acme' cannot be simulated"):
        check_simulated(bench)
    with serve(SimulatedRig(bench, QUIET, 1, VirtualClock()), transcripts=tmp_path) as rack:
        assert rack.devices["barometer"].instrument.receive(b"P?\n") == b"1013\n"
