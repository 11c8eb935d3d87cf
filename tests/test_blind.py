"""A commitment binds, and a blind run in which something was not as committed says so."""

import hashlib
import json

import pandas as pd
import pytest

from bench.blind import blind_problems, commit, digest
from bench.recorder import Recorder
from bench.records import Channel, Event, EventKind

CHANNELS = [Channel("us_pressure", "pressure", "Pa", 0.0, 1e5, 1.0)]
HIDDEN = {"scenario": {"name": "S03_step", "why": "x"}, "seed": 7, "leaks": ["us_50um"]}
TOLD = {"scenario": {"name": "S03_step", "why": "x"}, "seed": 7, "plan": {"leaks": ["us_50um"], "exposure_s": 60.0}}


def test_the_hash_is_of_nonce_and_canonical_json():
    expected = hashlib.sha256(b'abc{"a":1,"b":["\xc3\xa9"]}').hexdigest()
    assert digest({"b": ["é"], "a": 1}, "abc") == expected


def test_two_commitments_to_the_same_differ_by_their_nonces():
    first, second = commit(HIDDEN), commit(HIDDEN)
    assert first.sha256 != second.sha256
    assert len(first.nonce) == 64


def test_what_run_json_states_before_tells_nothing():
    stated = json.dumps(commit(HIDDEN).stated)
    assert "S03" not in stated
    assert "nonce" not in commit(HIDDEN).stated


def test_what_json_cannot_say_cannot_be_committed_to():
    with pytest.raises(ValueError, match="JSON"):
        commit({"seed": float("nan")})


class BlindRun:
    """A blind run's folder, as a session leaves it; steps may be left out or spoilt."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder, self.commitment = folder, commit(HIDDEN)
        self.recorder = Recorder(folder, CHANNELS, {"blind": self.commitment.stated})

    def tell(self, kind, **detail):
        self.recorder.event(Event(0.0, kind, detail))

    def committed(self):
        self.tell(EventKind.TRUTH_COMMITTED, sha256=self.commitment.sha256)

    def estimated(self):
        self.recorder.write_table("estimates.parquet", pd.DataFrame({"rate_kg_s": [1e-7]}))
        sha256 = hashlib.sha256((self.folder / "estimates.parquet").read_bytes()).hexdigest()
        self.tell(EventKind.ESTIMATES_RECORDED, file="estimates.parquet", sha256=sha256)

    def revealed(self, **changes):
        self.tell(EventKind.TRUTH_REVEALED)
        self.recorder.update(**{**TOLD, "blind": self.commitment.revealed, **changes})


@pytest.fixture
def blind(tmp_path):
    return BlindRun(tmp_path / "run")


def test_a_run_that_kept_the_order_was_blind(blind):
    blind.committed()
    blind.tell(EventKind.COMMAND_CONFIRMED, command="OpenValve:x")
    blind.estimated()
    blind.revealed()
    assert blind_problems(blind.folder) == ()


def test_a_run_that_does_not_claim_it_needs_nothing(tmp_path):
    Recorder(tmp_path, CHANNELS, {"blind": None})
    assert blind_problems(tmp_path) == ()


def only(blind):
    (problem,) = blind_problems(blind.folder)
    return problem


def test_a_run_that_died_never_revealed_what_was_hidden(blind):
    blind.committed()
    assert only(blind) == "blind: what was hidden was never revealed"


def test_another_truth_than_that_committed_to_is_found_out(blind):
    blind.committed()
    blind.estimated()
    other = {**blind.commitment.revealed, "hidden": {**HIDDEN, "seed": 8}}
    blind.revealed(blind=other, seed=8)
    assert only(blind) == "blind: what was revealed is not what was committed to"


@pytest.mark.parametrize(
    ("change", "key"),
    [({"seed": 8}, "seed"), ({"scenario": {"name": "quiet"}}, "scenario"), ({"plan": {"leaks": ["x"]}}, "leaks")],
)
def test_a_run_that_says_another_thing_than_what_was_hidden_is_found_out(blind, change, key):
    blind.committed()
    blind.estimated()
    blind.revealed(**change)
    assert only(blind) == f"blind: {key} in run.json is not what was hidden"


def test_estimates_exchanged_after_the_truth_was_told_are_found_out(blind):
    blind.committed()
    blind.estimated()
    blind.revealed()
    (blind.folder / "estimates.parquet").write_bytes(b"better ones")
    assert "estimates.parquet is not what was recorded" in only(blind)


def test_a_truth_told_before_the_estimates_is_no_blind_test(blind):
    blind.committed()
    blind.revealed()
    blind.estimated()
    assert only(blind) == "blind: no estimates were recorded before the truth was revealed"


def test_a_commitment_made_after_something_moved_is_none(blind):
    blind.tell(EventKind.COMMAND_CONFIRMED, command="OpenValve:x")
    blind.committed()
    blind.estimated()
    blind.revealed()
    assert only(blind) == "blind: committed to only after something had moved"


def test_a_commitment_that_no_event_shows_may_have_been_made_later(blind):
    blind.estimated()
    blind.revealed()
    assert only(blind) == "blind: the events have no such commitment"
