"""Hashes of what a run folder holds: written when it is sealed, continued by each revision, checked at any time.

manifest.json is of the sealed run. manifest.r1.json, manifest.r2.json ... are of what was added later, each with the
hash of the one before, so that no revision can be slipped in or taken out unseen.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.dataset import MANIFEST
from bench.text import read_json

Stated = Mapping[str, Any]
BEFORE = "continues"
"""Key of a revision's manifest: the fingerprint of the manifest that it continues."""


def revision_manifest(number: int) -> str:
    """Name of the manifest of a revision; of the sealed run for 0."""
    return f"manifest.r{number}.json" if number else MANIFEST


def revisions(folder: Path) -> int:
    """How many there are."""
    number = 0
    while (folder / revision_manifest(number + 1)).is_file():
        number += 1
    return number


def files_of(folder: Path) -> list[str]:
    """All but the manifests; what is neither file nor folder included: links, pipes."""
    found = (
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    )
    known = {revision_manifest(number) for number in range(revisions(folder) + 1)}
    return sorted(name for name in found if name not in known)


def is_plain(path: Path) -> bool:
    """A file of this folder's own: a link may lead anywhere, a pipe is never read to its end."""
    return path.is_file() and not path.is_symlink()


def fingerprint(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size_bytes": path.stat().st_size}


def verify(folder: Path) -> tuple[str, ...]:
    """What is wrong with a closed run folder, file by file; empty when every byte is as it was sealed."""
    if not (folder / MANIFEST).is_file():
        return ("INTERRUPTED: not closed",)
    stated: dict[str, object] = {}
    broken: list[str] = []
    for number in range(revisions(folder) + 1):
        name = revision_manifest(number)
        try:
            content = read_json(folder / name)
            stated |= dict(content["files"])
            broken += _chain(folder, number, content)
        except (ValueError, KeyError, TypeError) as error:
            return (f"{name}: unreadable ({error})",)
    return (*broken, *_differences(folder, stated))


def _chain(folder: Path, number: int, content: Stated) -> Iterator[str]:
    before = revision_manifest(number - 1)
    if number and content[BEFORE] != {before: fingerprint(folder / before)}:
        yield f"{revision_manifest(number)}: continues another {before}"


def _differences(folder: Path, stated: Mapping[str, object]) -> Iterator[str]:
    present = set(files_of(folder))
    foreign = {name for name in present if not is_plain(folder / name)}
    yield from (f"{name}: no plain file" for name in sorted(foreign))
    yield from (f"{name}: missing" for name in sorted(stated.keys() - present))
    yield from (f"{name}: not in {MANIFEST}" for name in sorted(present - stated.keys() - foreign))
    for name in sorted(present & stated.keys() - foreign):
        if fingerprint(folder / name) != stated[name]:
            yield f"{name}: hash differs"
