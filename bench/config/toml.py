"""Saying in one line which key of which file is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError


def one_line(path: Path, data: Mapping[str, Any], error: ValidationError) -> str:
    first, *others = error.errors(include_url=False)
    key = ".".join(_names(data, first["loc"]))
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        reason = "unknown key"
    more = f" (and {len(others)} more)" if others else ""
    return f"{path}: {key + ': ' if key else ''}{reason}{more}"


def _names(data: Any, location: tuple[int | str, ...]) -> list[str]:  # noqa: ANN401 - walks parsed TOML
    """("valve", 3, "bore") as ["valve", "roughing_valve", "bore"]: people know entries by name, not by number."""
    names = []
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        name = data.get("name") if isinstance(part, int) and isinstance(data, dict) else None
        names.append(str(name or part))
    return names
