"""A session's bytes, instrument by instrument, as transcripts: to keep what metal said, and to replay it later."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.acquisition import Acquisition
from bench.clock import Clock
from bench.config.model import Bench
from bench.errors import ConfigError
from bench.sim.rack.transcript import line
from bench.station import open_station
from drivers.link import JOURNAL

HEADER = "# {name}, driver {driver}, at {address}. Recorded {utc}. '>' sent to it, '<' what it said.\n"


class Journal:
    """By address; bytes that come in pieces are one line, as they are in one reply."""

    def __init__(self) -> None:
        self.said: dict[str, list[tuple[str, bytes]]] = {}

    def sent(self, address: str, data: bytes) -> None:
        self.said.setdefault(address, []).append((">", data))

    def received(self, address: str, data: bytes) -> None:
        lines = self.said.setdefault(address, [])
        if lines and lines[-1][0] == "<":
            data = lines.pop()[1] + data
        lines.append(("<", data))


def record(bench: Bench, clock: Clock, duration_s: float, folder: Path) -> Iterator[Path]:
    """Open every instrument, ask who it is and how it is set, scan for duration_s; then a file for each. What was
    said is kept when the session fails half way.
    """
    utc, period_s = clock.utc().isoformat(timespec="seconds"), bench.acquisition.period_s
    with journalled(bench, folder, utc) as files, open_station(bench) as station:
        station.identities()
        station.start_sampling()
        acquisition = Acquisition(station, clock)
        acquisition.prepare()
        for number in range(1, int(duration_s / period_s) + 1):
            clock.sleep_until(number * period_s)
            acquisition.scan()
    yield from files


@contextmanager
def journalled(bench: Bench, folder: Path, utc: str) -> Iterator[list[Path]]:
    """Every byte of the links that are made meanwhile; the files are there afterwards, the list is filled then."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: no folder for transcripts can be made there ({error.strerror})") from error
    journal, files = Journal(), list[Path]()
    token = JOURNAL.set(journal)
    try:
        yield files
    finally:
        JOURNAL.reset(token)
        for entry in bench.instrument:
            if entry.address in journal.said:
                files.append(folder / f"{entry.name}.txt")
                header = HEADER.format(name=entry.name, driver=entry.driver, address=entry.address, utc=utc)
                lines = "".join(f"{line(*said)}\n" for said in journal.said[entry.address])
                files[-1].write_text(header + lines, encoding="ascii")
