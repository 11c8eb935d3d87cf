"""The shipped bench file with its certificates, free to be spoilt."""

import shutil
from pathlib import Path

from bench.config.load import SHIPPED


def copy_shipped(folder: Path) -> Path:
    """The bench file's copy; certificates lie beside its folder, as shipped."""
    shutil.copytree(SHIPPED, folder / "benches")
    shutil.copytree(SHIPPED.parent / "certificates", folder / "certificates")
    return folder / "benches" / "zvezda.toml"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
