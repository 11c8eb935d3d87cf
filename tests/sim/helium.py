"""A leak detector's inlet that a test sets, and one question to the detector."""


class Inlet:
    def __init__(self):
        self.helium, self.pressure, self.time = 1.23e-8, 2.5, 0.0

    def helium_pa_m3_s(self):
        return self.helium

    def inlet_pa(self):
        return self.pressure

    def now_s(self):
        return self.time


def asked(unit, line):
    reply = unit.receive(f"{line}\r".encode()).decode()
    assert reply.count("\r") == 1
    assert reply.endswith("\r")
    return reply[:-1]
