"""Which software produced a run."""

import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("leakbench", "prefect", "nidaqmx", "pyvisa", "pyvisa-py", "numpy", "scipy", "numba", "pandas", "pyarrow")


def versions() -> dict[str, str]:
    return {name: _version(name) for name in PACKAGES}


def git_commit() -> str | None:
    """Commit of the checkout that this code runs from, "-dirty" appended; None outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(Path(__file__).parent), "describe", "--always", "--abbrev=40", "--dirty"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no input from outside
    return result.stdout.strip() or None if result.returncode == 0 else None


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
