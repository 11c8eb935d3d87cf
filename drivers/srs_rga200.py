"""SRS RGA200 residual gas analyser (operating manual ch. 6), asked for a spectrum when one is wanted.

A refused command is silence and a bit of STATUS. So every question travels with ID? in one write: the identity, which
is like no other reply, must come second, and comes first when the question was refused.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, NoReturn, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.errors import CommandRefused, InstrumentError, ReplyTimeout
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured
from drivers.srs_rga200_currents import Spectrum, agreed, parse_currents, stated_noise_a
from drivers.srs_rga200_replies import (
    COMMUNICATION,
    ERROR_QUERIES,
    NAME,
    STATUS,
    parse_byte,
    parse_decimal,
    parse_identity,
    parse_integer,
    parse_sensitivity,
    reject,
    set_bits,
    troubles,
)

T = TypeVar("T")

LINE: Final = SerialLine(baud_rate=28800, rts_cts=True)
PASCAL_PER_TORR: Final = 101325.0 / 760.0
ON_MA: Final = 1.0
EMISSION_TOLERANCE_MA: Final = 0.1
FILAMENT_S: Final = 10.0  # until the emission is there or given up [K]
SCAN_S_PER_AMU: Final = (2.0, 1.0, 0.4, 0.2, 0.126, 0.045, 0.03, 0.015)  # by noise floor
SINGLE_MASS_S: Final = (2.2, 1.1, 0.44, 0.22, 0.139, 0.05, 0.033, 0.0165)
SETTINGS: Final = {  # and what each can be: neighbours that cannot be taken for each other
    "electron_energy_ev": (b"EE?", range(25, 106)),
    "ion_energy": (b"IE?", range(2)),
    "focus_voltage_v": (b"VF?", range(151)),
}


class RGA200(VisaInstrument):
    """No inputs: it has no part in a scan, since a spectrum takes longer than a scan may."""

    name = NAME
    _signature: bytes
    _highest_amu: int

    def __init__(
        self, link: Link, noise_floor: int = 4, timeout_s: float = 2.0, filament_s: float = FILAMENT_S
    ) -> None:
        self._noise_floor, self._filament_s = noise_floor, filament_s
        self._timeout_s = timeout_s
        super().__init__(link)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        timeout_s: float = 2.0,
        noise_floor: int = 4,
        filament_s: float = FILAMENT_S,
    ) -> Self:
        """`noise_floor` 0 (2 s per mass, least noise) to 7 (15 ms) is set before each spectrum; 4 is the default.
        `filament_s`: how long the emission may take to settle.
        """
        if inputs:
            raise ValueError(f"{NAME}: it has no inputs, not {sorted(inputs)}")
        if noise_floor not in range(len(SCAN_S_PER_AMU)):
            raise ValueError(f"{NAME}: noise_floor is 0 to 7, not {noise_floor}")
        link = VisaLink(address, read_termination=b"\n\r", write_termination=b"\r", timeout_s=timeout_s, line=LINE)
        return cls(link, noise_floor, timeout_s, filament_s)

    def identity(self) -> Identity:
        with self._conversing() as link:
            self._ask_byte(link, STATUS)
        return parse_identity(self._signature)

    def settings(self) -> dict[str, str]:
        """As read; ion_energy is 0 or 1. The noise floor is not among them: every spectrum sets it."""
        with self._conversing() as link:
            return {name: str(self._ask_integer(link, *asked)) for name, asked in SETTINGS.items()}

    def request(self) -> None:
        """Nothing: see the class."""

    def collect(self) -> dict[str, Measured]:
        return {}

    def ready(self, wait_s: float) -> bool:  # noqa: ARG002 there is nothing to wait for
        return True

    def set_filament(self, on: bool) -> None:  # noqa: FBT001 a switch has two states
        """Returns when the emission is there; CommandRefused tells why it is not. Above 1e-4 Torr it trips."""
        command = b"FL1.0" if on else b"FL0.0"
        with self._conversing() as link:
            status = self._ask(link, command, partial(parse_byte, command), self._filament_s)
            if self._emitting(link) is not on or (on and status):
                self._refused(link, command)

    def filament_on(self) -> bool:
        """CommandRefused for an emission that is neither on nor off."""
        with self._conversing() as link:
            return self._emitting(link)

    def spectrum(self, first_amu: int = 1, last_amu: int = 50) -> Spectrum:
        """Two histogram scans, one mass after the other, at the noise floor; filament on, Faraday cup.

        CommandRefused without emission or with an error in STATUS, ProtocolError when the two scans disagree:
        see `agreed` for what that finds. Takes (masses + 1) times the dwell of the noise floor, twice.
        """
        masses = self._checked_masses(first_amu, last_amu)
        count = len(masses) + 1  # the last is the total
        with self._conversing() as link:
            ampere_per_torr = self._prepared(link)
            for parameter, amu in ((b"MI", 1), (b"MF", last_amu), (b"MI", first_amu)):  # MI is never above MF
                self._set(link, parameter, amu)
            total_ampere_per_torr = self._ask(link, b"ST?", partial(parse_sensitivity, b"ST?"))
            currents, noise_a = self._twice(link, b"HS1", count, count * SCAN_S_PER_AMU[self._noise_floor])
        return Spectrum(
            masses,
            currents[:-1] / ampere_per_torr * PASCAL_PER_TORR,
            float(currents[-1]) / total_ampere_per_torr * PASCAL_PER_TORR,
            noise_a / ampere_per_torr * PASCAL_PER_TORR,
        )

    def pressure_at(self, mass: int) -> float:
        """N2-equivalent partial pressure in Pa at one mass in amu, measured twice; errors as those of a spectrum."""
        self._checked_masses(mass, mass)
        with self._conversing() as link:
            ampere_per_torr = self._prepared(link)
            wait_s = SINGLE_MASS_S[self._noise_floor]
            currents, _ = self._twice(link, b"MR%d" % mass, 1, wait_s, b"MR0\rER?")  # MR0, silent: mass filter off
        return float(currents[0]) / ampere_per_torr * PASCAL_PER_TORR

    def _shake_hands(self) -> None:
        """The lone CR ends what an earlier session may have left unfinished; what that had refused is forgotten."""
        signature = self._link.query(b"\rID?")
        self._highest_amu = int(parse_identity(signature).model.removeprefix("RGA"))
        self._signature = signature
        if COMMUNICATION in set_bits(parse_byte(STATUS, self._link.query(STATUS))):
            parse_byte(b"EC?", self._link.query(b"EC?"))

    def _checked_masses(self, first_amu: int, last_amu: int) -> tuple[int, ...]:
        if not 1 <= first_amu <= last_amu <= self._highest_amu:
            raise ValueError(f"{NAME}: masses are 1 to {self._highest_amu} amu, not {first_amu} to {last_amu}")
        return tuple(range(first_amu, last_amu + 1))

    def _prepared(self, link: Link) -> float:
        """A/Torr of the Faraday cup, once all is as it must be; a unit switched off meanwhile has no emission."""
        self._check(link)
        if self._ask_integer(link, b"MO?", range(2)) and (volts := self._ask_integer(link, b"HV?", range(2491))):
            raise CommandRefused(f"{NAME}: its multiplier is on ({volts} V), sensitivities are the Faraday cup's")
        ampere_per_torr = self._ask(link, b"SP?", partial(parse_sensitivity, b"SP?"))
        self._set(link, b"NF", self._noise_floor)
        return ampere_per_torr

    def _twice(
        self, link: Link, request: bytes, count: int, scan_s: float, conclusion: bytes = STATUS
    ) -> tuple[NDArray[np.float64], float]:
        """Mean currents in A and their noise; around and between the blocks the ASCII exchange must be in step."""
        first = self._currents(link, request, count, scan_s)
        self._check_status(link)
        second = self._currents(link, request, count, scan_s)
        self._check(link, conclusion)
        return agreed(request, first, second, stated_noise_a(SCAN_S_PER_AMU[self._noise_floor]))

    def _check(self, link: Link, query: bytes = STATUS) -> None:
        self._check_status(link, query)
        if not self._emitting(link):
            raise CommandRefused(f"{NAME}: its filament is off", request=b"FL?")

    def _check_status(self, link: Link, query: bytes = STATUS) -> None:
        if self._ask_byte(link, query):
            self._refused(link, query)

    def _emitting(self, link: Link) -> bool:
        emission_ma = self._ask(link, b"FL?", partial(parse_decimal, b"FL?"))
        if min(emission_ma, abs(emission_ma - ON_MA)) > EMISSION_TOLERANCE_MA:
            raise CommandRefused(f"{NAME}: emission is {emission_ma:g} mA", request=b"FL?")
        return emission_ma > EMISSION_TOLERANCE_MA

    def _set(self, link: Link, parameter: bytes, value: int) -> None:
        """A volatile parameter of scans, which is silent, and its read-back."""
        message = b"%b%d\r%b?" % (parameter, value, parameter)
        if self._ask_integer(link, message, range(1000)) != value:
            self._refused(link, message)

    def _ask_byte(self, link: Link, query: bytes) -> int:
        return self._ask(link, query, partial(parse_byte, query))

    def _ask_integer(self, link: Link, query: bytes, allowed: Sequence[int]) -> int:
        return self._ask(link, query, lambda reply: parse_integer(query, reply, allowed))

    def _ask(self, link: Link, query: bytes, parse: Callable[[bytes], T], longer_s: float = 0.0) -> T:
        """The answer, followed by the identity; the identity alone says that the question was refused."""
        link.send(query + b"\rID?")
        answer = self._line(link, query, self._timeout_s + longer_s)
        if answer == self._signature:
            self._not_answered(link, query)
        value = parse(answer)
        signature = self._line(link, query, self._timeout_s)
        if signature != self._signature:
            reject(query + b"\rID?", signature)
        return value

    def _not_answered(self, link: Link, query: bytes) -> NoReturn:
        """Refused, if STATUS says so. What asks for errors is never refused: out of step."""
        if query.rpartition(b"\r")[2] not in ERROR_QUERIES and (why := troubles(partial(self._ask_byte, link))):
            raise CommandRefused(f"{NAME}: {why}", request=query)
        reject(query, self._signature)

    def _refused(self, link: Link, request: bytes) -> NoReturn:
        why = troubles(partial(self._ask_byte, link)) or "without a reason in STATUS"
        raise CommandRefused(f"{NAME}: {why}", request=request)

    def _currents(self, link: Link, request: bytes, count: int, scan_s: float) -> NDArray[np.float64]:
        """In A. They come one by one as they are measured; ReplyTimeout when they have not all come in time."""
        end_s = time.monotonic() + scan_s + self._timeout_s
        link.send(request)
        block = b"".join(self._current(link, request, end_s) for _ in range(count))
        return parse_currents(request, block, count)

    def _current(self, link: Link, request: bytes, end_s: float) -> bytes:
        self._await(link, request, end_s - time.monotonic())
        return link.read_bytes(4)

    def _line(self, link: Link, request: bytes, wait_s: float) -> bytes:
        self._await(link, request, wait_s)
        return link.receive()

    def _await(self, link: Link, request: bytes, wait_s: float) -> None:
        """Input, for longer than the link itself would wait."""
        if not link.waiting(max(0.0, wait_s)):
            link.close()
            raise ReplyTimeout(f"{NAME}: no reply in time", request=request)

    @contextmanager
    def _conversing(self) -> Iterator[Link]:
        """The link, in step. A time-out that was a refusal becomes one; either way the link is closed then."""
        with self._asking() as link:
            try:
                yield link
            except ReplyTimeout as timeout:
                if why := _troubles_after_time_out(link):
                    raise CommandRefused(f"{NAME}: {why}", request=timeout.request) from timeout
                raise


def _troubles_after_time_out(link: Link) -> str:
    try:
        with link.hurried(RGA200.hurry_s):
            link.reopen()
            return troubles(lambda query: parse_byte(query, link.query(query)))
    except InstrumentError:
        return ""  # silent to this as well, or sending still: dead or busy, not unwilling
    finally:
        link.close()
