"""Adding to a sealed run folder: files of a new revision beside the old, and a manifest that continues the last."""

from collections.abc import Mapping
from pathlib import Path

from bench.disk import write_atomically
from bench.errors import RecordingError
from bench.manifest import BEFORE, fingerprint, revision_manifest, revisions, verify
from bench.recorder import SCHEMA_VERSION, json_text


def add_revision(folder: Path, files: Mapping[str, object]) -> tuple[int, tuple[Path, ...]]:
    """Write {"truth": ...} as truth.rN.json and so on; N, and where they are. Nothing that is there is touched.

    Raises RecordingError if the folder is not as it was sealed, or a file of that name lies there.
    """
    problems = verify(folder)
    if problems:
        raise RecordingError(f"{folder}: {problems[0]}: nothing is added to a folder that is not whole")
    number = revisions(folder) + 1
    paths = tuple(folder / f"{name}.r{number}.json" for name in files)
    for path, content in zip(paths, files.values(), strict=True):
        write_atomically(path, json_text(content).encode() + b"\n")
    before = revision_manifest(number - 1)
    manifest = {
        "schema_version": SCHEMA_VERSION,
        BEFORE: {before: fingerprint(folder / before)},
        "files": {path.name: fingerprint(path) for path in paths},
    }
    write_atomically(folder / revision_manifest(number), json_text(manifest).encode() + b"\n")
    return number, paths
