"""A campaign file with all that it names, and a hash over everything that decides its rows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError

import bench as bench_package
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.detection.made import Made
from bench.errors import ConfigError
from bench.rig import WHOLE
from bench.sim.scenario import Scenario, load_scenario
from bench.text import read_text, read_toml
from procedures.campaign.file import FOLDER, CampaignFile, Hatches
from procedures.provenance import versions
from procedures.questions.every import questions as known
from procedures.questions.question import Question

SHIPPED = Path(bench_package.__file__).parent / "campaigns"
SOURCES = (Path(bench_package.__file__).parent, Path(__file__).parents[1])


@dataclass(frozen=True, slots=True)
class Campaign:
    """sha256: of the file, the bench file, the scenarios, this program and its libraries. The same hash, the same
    rows: a folder with another one is another campaign's.
    """

    path: Path
    text: str
    file: CampaignFile
    bench: Bench
    scenarios: Mapping[str, Scenario]
    sha256: str
    elsewhere: Mapping[str, Bench] = field(default_factory=dict)
    """Benches that questions are put on."""

    def questions(self) -> list[Question]:
        """In the order of the file."""
        return [known()[name] for entry in self.file.question for name in entry.names]

    def methods(self) -> list[Made]:
        """In the order of the file."""
        return [entry.made(self.path.parent) for entry in self.file.method]


def load_campaign(name: str, today: date) -> Campaign:
    """A file, or a shipped campaign by name. Raises ConfigError: file, key, reason."""
    path = _found(name)
    text, file = _read(path)
    bench = load_bench(find_bench(file.bench), today)
    scenarios = {entry.name: load_scenario(_beside(path, entry.name)) for entry in file.scenario}
    _check(path, file, bench)
    _check_nights(path, file, scenarios)
    _check_questions(path, file)
    campaign = Campaign(path.resolve(), text, file, bench, scenarios, "")
    elsewhere = {name: load_bench(find_bench(name), today) for name in {each.bench for each in campaign.questions()}}
    campaign = replace(campaign, elsewhere=elsewhere)
    return replace(campaign, sha256=_digest(campaign))


def _found(name: str) -> Path:
    path, shipped = Path(name), SHIPPED / f"{name}.toml"
    if path.is_file() or not shipped.exists():
        if not path.is_file():
            known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
            raise ConfigError(f"{name}: no such campaign file (shipped: {known})")
        return path
    return shipped


def _beside(path: Path, scenario: str) -> str:
    """A scenario's file is looked for beside the campaign's."""
    beside = path.parent / scenario
    return str(beside) if scenario.endswith(".toml") and beside.is_file() else scenario


def _read(path: Path) -> tuple[str, CampaignFile]:
    try:
        return read_text(path), CampaignFile.model_validate(read_toml(path), context={FOLDER: path.parent})
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        key = ".".join(str(part) for part in first["loc"])
        reason = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        more = f" (and {len(others)} more)" if others else ""
        raise ConfigError(f"{path}: {key + ': ' if key else ''}{reason}{more}") from error


def _check(path: Path, file: CampaignFile, bench: Bench) -> None:
    """What only the bench can say."""
    compartments = {entry.name for entry in bench.compartment}
    whole = {WHOLE} if file.hatches is Hatches.OPEN else set()
    asked = [("compartment", file.compartment)]
    for kind, entries in (("scenario", file.scenario), ("leak", file.leak)):
        asked += [(f"{kind}.{entry.name}.compartment", entry.compartment) for entry in entries if entry.compartment]
    for key, name in asked:
        if name not in compartments | (set() if key.startswith("leak") else whole):
            raise ConfigError(f"{path}: {key}: {name} is not in {bench.file} ({', '.join(sorted(compartments))})")
    for entry in file.leak:
        if entry.sizes_kg_s and not entry.compartment and WHOLE in [watched for _, watched in asked]:
            raise ConfigError(f"{path}: leak.{entry.name}.compartment: say in which, {WHOLE} is none")
    leaks = {leak.name for leak in bench.leak}
    for entry in file.leak:
        for name in entry.orifices:
            if name not in leaks:
                raise ConfigError(f"{path}: leak.{entry.name}.orifices: {name} is not in {bench.file}")


def _check_nights(path: Path, file: CampaignFile, scenarios: Mapping[str, Scenario]) -> None:
    for night in file.headline.nights if file.headline else ():
        if not scenarios[night].ramp:
            raise ConfigError(f"{path}: headline.nights: {night} has no ramp of temperature")


def _check_questions(path: Path, file: CampaignFile) -> None:
    for entry in file.question:
        for name in entry.names:
            if name not in known():
                raise ConfigError(f"{path}: question: {name}: no such question (there are: {', '.join(known())})")


def _digest(campaign: Campaign) -> str:
    bench = campaign.bench
    digest = hashlib.sha256(f"{campaign.text}\0{bench.sha256}\0".encode())
    for name, scenario in sorted(campaign.scenarios.items()):
        digest.update(f"{name}\0{scenario.model_dump_json()}\0".encode())
    for question in campaign.questions():
        stated = f"{question.scenario.model_dump_json()}\0{campaign.elsewhere[question.bench].sha256}"
        digest.update(f"{question.name}\0{stated}\0".encode())
    digest.update(bench.model_dump_json(include={"leak"}).encode())
    digest.update(json.dumps(versions(), sort_keys=True).encode())
    digest.update(json.dumps([made.about["origin"] for made in campaign.methods()]).encode())
    for folder in SOURCES:
        for source in sorted(folder.rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()
