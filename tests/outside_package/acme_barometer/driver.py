"""Acme's barometer: `ID?` says who it is, `P?` the pressure in Pa, both ended by a line feed."""

import re

from drivers.errors import ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import VisaLink
from drivers.measured import Identity, Measured, Status


def parse_pressure(reply):
    match = re.fullmatch(rb"P=(\d+\.\d) PA", reply)
    if match is None:
        raise ProtocolError("acme", request=b"P?", reply=reply)
    return float(match[1])


def parse_identity(reply):
    match = re.fullmatch(rb"ACME BAROMETER ([0-9]+)", reply)
    if match is None:
        raise ProtocolError("acme: another instrument", request=b"ID?", reply=reply)
    return Identity("Acme", "barometer", match[1].decode("ascii"), "1")


class Barometer(VisaInstrument):
    name = "acme"

    @classmethod
    def open(cls, address, *, inputs=(), timeout_s=2.0):
        if set(inputs) - {"pressure"}:
            raise ValueError(f"acme: its only input is 'pressure', not {sorted(inputs)}")
        return cls(VisaLink(address, read_termination=b"\n", write_termination=b"\n", timeout_s=timeout_s))

    def identity(self):
        with self._asking() as link:
            return parse_identity(link.query(b"ID?"))

    def settings(self):
        return {"unit": "Pa"}

    def request(self):
        with self._asking() as link:
            link.send(b"P?")

    def collect(self):
        with self._hearing() as link:
            return {"pressure": Measured(parse_pressure(link.receive()), Status.GOOD)}

    def _shake_hands(self):
        parse_identity(self._link.query(b"ID?"))
        parse_pressure(self._link.query(b"P?"))
