"""An SRS RGA200 on the far side of the wire (operating manual, ch. 6): `XXparam` CR; answers in ASCII end with LF CR.

What it rejects it meets with silence; why, ER? and EC? tell.
"""

from collections.abc import Callable, Mapping
from functools import partial

from bench.sim.instruments.srs_rga200_scans import Detector, analog_masses, histogram_masses
from bench.sim.instruments.srs_rga200_settings import (
    BAD_COMMAND,
    BAD_PARAMETER,
    CONFLICT,
    DEGAS,
    LOCK,
    MASS,
    OFF_AT_POWER_UP,
    SCANS,
    SETTINGS,
    TOO_LONG,
    RejectedError,
    factory_values,
)
from bench.sim.instruments.srs_rga200_spectrum import Head

MODEL, FIRMWARE = "SRSRGA200", "0.51"
LONGEST_COMMAND = 13
RESPONSE_S = 0.01
OVERPRESSURE, NO_FILAMENT = 0x20, 0x80  # EF?
NO_MULTIPLIER = 0x80  # EM? [K]
WIRE_STATUS, FILAMENT_STATUS, MULTIPLIER_STATUS = 0x01, 0x02, 0x08  # ER?
HEALTHY = ("EQ", "ED", "EP")  # mass filter, electrometer and 24 V supply never fail here
TRIP_TORR = 1e-4  # emission ends above
EMISSION_SHOWN = 1.01  # FL1.0 was seen to give 1.01 mA
LOWEST_EMISSION_MA, LOWEST_MULTIPLIER_V = 0.02, 10  # below: 0 only
KEPT = ("FL", "HV", "SP", "ST", "MG", "MV")  # by a return to factory settings


class RGA200:
    """partial_pressures_pa: by species, those that the head can crack. stored: SP, ST, MG and MV, kept without power:
    what the head is believed to do, by default what it does.
    """

    single_client = True

    def __init__(
        self,
        partial_pressures_pa: Callable[[], Mapping[str, float]],
        *,
        serial: str = "19045",
        head: Head | None = None,
        stored: Mapping[str, float] | None = None,
        multiplier: bool = True,
    ) -> None:
        self.refusing = self.failing = False
        head = head or Head()
        self._detector, self._multiplier = Detector(head, partial_pressures_pa), multiplier
        self._identity = f"{MODEL}VER{FIRMWARE}SN{serial}"
        self._values = factory_values() | {"SP": head.sensitivity, "ST": head.total_sensitivity} | dict(stored or {})
        self._rejected = self._filament_error = self._multiplier_error = 0
        self._scan: Callable[[], bytes] = self._analog
        self._scans_due = 0.0
        self._partial = b""
        self._queries: dict[str, Callable[[], bytes]] = {
            **{name: partial(line, answer) for name, answer in self._asking().items()},
            "TP": lambda: self._detector.total(self._values, self._emission_ma()),
        }
        self._actions: dict[str, Callable[[str], bytes]] = {
            **{name: partial(self._set, name) for name in SETTINGS},
            "FL": self._set_filament,
            "HV": self._set_multiplier,
            "IN": self._initialize,
            "CA": self._calibrate,
            "CL": self._calibrate,
            "DG": self._degas,
            "SC": partial(self._begin, self._analog),
            "HS": partial(self._begin, self._histogram),
            "MR": self._single_mass,
            "ML": self._lock,
        }

    def _asking(self) -> dict[str, Callable[[], object]]:
        """Queries that are answered in ASCII."""
        return {
            **{name: partial(self._shown, name) for name in SETTINGS},
            **{name: lambda: 0 for name in HEALTHY},
            "ID": lambda: self._identity,
            "FL": lambda: f"{self._emission_ma() * EMISSION_SHOWN:.2f}",
            "MO": lambda: int(self._multiplier),
            "AP": lambda: len(analog_masses(self._values)),
            "HP": lambda: len(histogram_masses(self._values)),
            "ER": self._status,
            "EC": self._take_rejected,
            "EF": self._filament_state,
            "EM": lambda: self._multiplier_error,
        }

    @property
    def response_s(self) -> float:
        """Of the last answer: a scan takes its time."""
        return RESPONSE_S + self._detector.took_s

    @property
    def streaming(self) -> bool:
        return self._scans_due > 0

    def idle(self) -> bytes:
        """To be called once a second: the next of several scans."""
        if not self.streaming:
            return b""
        self._scans_due -= 1
        self._watch()
        return self._scan()

    def receive(self, data: bytes) -> bytes:
        """LF is ignored: some clients end a command with CR LF. Any other byte ends repeated scans."""
        data = data.replace(b"\n", b"")
        if data:
            self._scans_due = self._detector.took_s = 0.0
        *commands, rest = (self._partial + data).split(b"\r")
        self._partial = rest[: LONGEST_COMMAND + 1]
        return b"".join([self._command(command.decode("ascii", "replace").upper()) for command in commands if command])

    def _command(self, command: str) -> bytes:
        self._watch()
        try:
            return self._execute(command)
        except RejectedError as rejected:
            self._rejected |= rejected.args[0]
            return b""

    def _execute(self, command: str) -> bytes:
        if len(command) > LONGEST_COMMAND:
            raise RejectedError(TOO_LONG)
        name, parameter = command[:2], command[2:]
        if self.refusing or not (name in self._queries or name in self._actions):
            raise RejectedError(BAD_COMMAND)
        if parameter == "?" and name in self._queries:
            return self._queries[name]()
        if parameter == "?" or name not in self._actions:
            raise RejectedError(BAD_PARAMETER)
        return self._actions[name](parameter)

    # -- state ---------------------------------------------------------------------------------------------------
    def _watch(self) -> None:
        """The filament protects itself."""
        if self._values["FL"] and self._detector.gas_torr() > TRIP_TORR:
            self._values["FL"], self._filament_error = 0.0, OVERPRESSURE

    def _emission_ma(self) -> float:
        return 0.0 if self.failing else self._values["FL"]

    def _filament_state(self) -> int:
        return NO_FILAMENT if self.failing else self._filament_error

    def _take_rejected(self) -> int:
        rejected, self._rejected = self._rejected, 0
        return rejected

    def _status(self) -> int:
        status = WIRE_STATUS * bool(self._rejected) | FILAMENT_STATUS * bool(self._filament_state())
        return status | MULTIPLIER_STATUS * bool(self._multiplier_error)

    def _shown(self, name: str) -> str:
        return f"{self._values[name]:{SETTINGS[name].shown}}"

    # -- settings ------------------------------------------------------------------------------------------------
    def _set(self, name: str, parameter: str) -> bytes:
        values = self._values | {name: SETTINGS[name].read(parameter)}
        if values["MI"] > values["MF"]:
            raise RejectedError(CONFLICT)
        self._values = values
        return line(self._status) if SETTINGS[name].echo else b""

    def _set_filament(self, parameter: str) -> bytes:
        if 0 < SETTINGS["FL"].read(parameter) < LOWEST_EMISSION_MA:
            raise RejectedError(BAD_PARAMETER)
        self._filament_error = 0
        self._set("FL", parameter)
        self._watch()
        return line(self._status)

    def _set_multiplier(self, parameter: str) -> bytes:
        voltage_v = self._values["MV"] if parameter == "*" else SETTINGS["HV"].read(parameter)
        if 0 < voltage_v < LOWEST_MULTIPLIER_V:
            raise RejectedError(BAD_PARAMETER)
        self._multiplier_error = 0 if self._multiplier else NO_MULTIPLIER
        self._values["HV"] = voltage_v if self._multiplier else 0.0
        return line(self._status)

    def _initialize(self, parameter: str) -> bytes:
        """0 looks at itself, 1 goes back to factory settings but for what is stored, 2 stands by."""
        if parameter not in {"0", "1", "2"}:
            raise RejectedError(BAD_PARAMETER)
        if parameter == "1":
            self._values = factory_values() | {name: self._values[name] for name in KEPT}
        if parameter == "2":
            self._values |= dict.fromkeys(OFF_AT_POWER_UP, 0.0)
        return line(self._status)

    def _calibrate(self, parameter: str) -> bytes:
        if parameter:
            raise RejectedError(BAD_PARAMETER)
        return line(self._status)

    def _degas(self, parameter: str) -> bytes:
        """Done at once. The filament is off behind it."""
        DEGAS.read(parameter)
        return self._set_filament("0")

    def _lock(self, parameter: str) -> bytes:
        LOCK.read(parameter)
        return b""

    # -- measuring -----------------------------------------------------------------------------------------------
    def _begin(self, scan: Callable[[], bytes], parameter: str) -> bytes:
        """The first scan comes at once, the others one by one from idle()."""
        count = SCANS.read(parameter or "*")
        if not count:
            return b""
        self._scan, self._scans_due = scan, count - 1
        return scan()

    def _analog(self) -> bytes:
        return self._detector.analog(self._values, self._emission_ma())

    def _histogram(self) -> bytes:
        return self._detector.histogram(self._values, self._emission_ma())

    def _single_mass(self, parameter: str) -> bytes:
        """0 switches the mass filter off."""
        mass = MASS.read(parameter)
        return self._detector.single_mass(mass, self._values, self._emission_ma()) if mass else b""


def line(answer: Callable[[], object]) -> bytes:
    return f"{answer()}\n\r".encode("ascii")
