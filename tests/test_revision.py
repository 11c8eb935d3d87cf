"""What is added to a sealed run folder lies beside what was there, and is checked as that is."""

import json

import pytest

from bench.manifest import revisions, verify
from bench.recorder import Recorder, RecordingError
from bench.records import Channel
from bench.revision import add_revision

CHANNEL = Channel("us_pressure", "pressure", "Pa", 0.0, 1e5, 1.0)


@pytest.fixture
def folder(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    recorder = Recorder(run, [CHANNEL], {})
    recorder.write_json("truth.json", {"leaks": [1]})
    recorder.seal()
    return run


def test_a_revision_changes_no_byte_of_what_was_sealed(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    number, paths = add_revision(folder, {"truth": {"leaks": [2]}})
    assert (number, [path.name for path in paths]) == (1, ["truth.r1.json"])
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert verify(folder) == ()


def test_revisions_are_numbered_and_continue_each_other(folder):
    for number in (1, 2, 3):
        assert add_revision(folder, {"truth": {"leaks": [number]}})[0] == number
    assert revisions(folder) == 3
    assert verify(folder) == ()
    assert json.loads((folder / "truth.r2.json").read_text()) == {"leaks": [2]}


def test_a_revision_that_was_changed_is_found_out(folder):
    add_revision(folder, {"truth": {"leaks": [2]}})
    (folder / "truth.r1.json").write_text("{}")
    assert verify(folder) == ("truth.r1.json: hash differs",)


def test_a_revision_exchanged_with_its_manifest_breaks_the_chain(folder):
    add_revision(folder, {"truth": {"leaks": [2]}})
    add_revision(folder, {"truth": {"leaks": [3]}})
    (folder / "manifest.r1.json").write_text((folder / "manifest.r1.json").read_text() + " ")
    assert verify(folder) == ("manifest.r2.json: continues another manifest.r1.json",)


def test_a_folder_that_is_not_whole_is_not_added_to(folder):
    (folder / "truth.json").write_text("{}")
    with pytest.raises(RecordingError, match=r"truth\.json: hash differs"):
        add_revision(folder, {"truth": {}})
    assert revisions(folder) == 0


def test_a_file_that_only_looks_like_a_revision_is_foreign(folder):
    (folder / "truth.r1.json").write_text("{}")
    assert verify(folder) == ("truth.r1.json: not in manifest.json",)
