"""Acme's barometer on the far side of the wire."""


class Barometer:
    def __init__(self, pressure_pa):
        self._pressure_pa = pressure_pa
        self._partial = b""

    def receive(self, data):
        *lines, self._partial = (self._partial + data).split(b"\n")
        answers = {b"ID?": b"ACME BAROMETER 42\n"}
        return b"".join(answers.get(line) or self._pressure(line) for line in lines)

    def _pressure(self, line):
        return b"P=%.1f PA\n" % self._pressure_pa() if line == b"P?" else b""


def make(rig, entry):
    (channel,) = (c for c in rig.bench.channel if c.instrument == entry.name)
    return Barometer(lambda: rig.shown(channel))
