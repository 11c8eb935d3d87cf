"""run.json as lines to read: group, item, value."""

from collections.abc import Iterator, Mapping
from typing import Any

Line = tuple[str, str, str]
RUN = (
    "procedure",
    "outcome",
    "reason",
    "operator",
    "host",
    "started_utc",
    "ended_utc",
    "bench_seconds",
    "wall_seconds",
    "scans",
    "simulated",
    "seed",
    "git_commit",
)
GROUPS = {
    "plan": "Plan",
    "arguments": "Arguments",
    "bench": "Bench file",
    "scenario": "Scenario",
    "blind": "Blind test",
    "versions": "Software",
    "timings_s": "Wall time, s",
}
SHOWN_ELSEWHERE = {"channels", "instruments", "certificates", "methods", "schema_version", "taints"}


def provenance(run: Mapping[str, Any]) -> list[Line]:
    """Everything run.json says except the channels. What this page does not know by name is shown as well."""
    lines = [("Run", key, _text(run.get(key))) for key in RUN]
    for key, title in GROUPS.items():
        lines += [(title, item, value) for item, value in _flat(run.get(key))]
    for name, about in (run.get("instruments") or {}).items():
        lines.append(("Instruments", name, _instrument(about)))
    lines += [("Certificates", str(c.get("leak")), _certificate(c)) for c in run.get("certificates") or ()]
    lines += [("Methods", str(m.get("method")), _method(m)) for m in run.get("methods") or ()]
    others = run.keys() - {*RUN, *GROUPS, *SHOWN_ELSEWHERE}
    return lines + [("Other", key, _text(run[key])) for key in sorted(others)]


def _flat(value: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """One line per leaf: {"hold": {"s": 60}} is "hold.s", "60"."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{prefix}.{key}" if prefix else str(key))
    elif value is not None or prefix:
        yield prefix, _text(value)


def _text(value: object) -> str:
    if value is None:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {item}" for key, item in _flat(value)) or "none"
    return str(value)


def _instrument(about: Mapping[str, Any]) -> str:
    identity = " ".join(str(part) for part in (about.get("identity") or {}).values()) or "identity not recorded"
    return f"{identity}; {_settings(about.get('settings_start'), about.get('settings_end'))}"


def _settings(start: Mapping[str, Any] | None, end: Mapping[str, Any] | None) -> str:
    if start is None or end is None:
        return "settings not read at both ends"
    changed = [key for key in {**start, **end} if start.get(key) != end.get(key)]
    if changed:
        return "CHANGED: " + ", ".join(f"{key} {_text(start.get(key))} → {_text(end.get(key))}" for key in changed)
    return f"settings the same at both ends: {_text(start)}"


def _method(about: Mapping[str, Any]) -> str:
    return f"{_text(about.get('origin'))}; parameters: {_text(about.get('parameters'))}"


def _certificate(entry: Mapping[str, Any]) -> str:
    value, u = entry.get("value_kg_s"), entry.get("u_kg_s")
    said = f"serial {_text(entry.get('serial'))}: {_text(value)} ± {_text(u)} kg/s, due {_text(entry.get('due'))}"
    sha256 = entry.get("sha256")
    return f"{said}, SHA-256 of its file {sha256}" if sha256 else said
