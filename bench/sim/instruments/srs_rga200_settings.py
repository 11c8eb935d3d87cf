"""What can be set on an SRS RGA200, in which limits, and how it is told again (operating manual, ch. 6)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

HEAVIEST_AMU = 200
MOST_SCANS = 255  # SC and HS; none named: until the next byte [K]
BAD_COMMAND, BAD_PARAMETER, TOO_LONG, CONFLICT = 0x01, 0x02, 0x04, 0x40  # EC?
DIGITS = re.compile(r"\d{1,5}")
DECIMALS = re.compile(r"\d{1,5}\.?\d{0,5}")


@dataclass(frozen=True, slots=True)
class Setting:
    """default: what `*` stands for. echo: a change is answered by STATUS, not by silence."""

    low: float
    high: float
    default: float
    shown: str = ".0f"
    decimal: bool = False
    echo: bool = False

    def read(self, parameter: str) -> float:
        if parameter == "*":
            return self.default
        if (DECIMALS if self.decimal else DIGITS).fullmatch(parameter) is None:
            raise RejectedError(BAD_PARAMETER)
        if not self.low <= float(parameter) <= self.high:
            raise RejectedError(BAD_PARAMETER)
        return float(parameter)


SETTINGS: Mapping[str, Setting] = {
    "FL": Setting(0.0, 3.5, 1.0, decimal=True, echo=True),  # mA
    "EE": Setting(25, 105, 70, echo=True),  # eV
    "IE": Setting(0, 1, 1, echo=True),  # 8 or 12 eV
    "VF": Setting(0, 150, 90, echo=True),  # V
    "HV": Setting(0, 2490, 1400, decimal=True, echo=True),  # V; the maker's own client sends decimals
    "NF": Setting(0, 7, 4),
    "MI": Setting(1, HEAVIEST_AMU, 1),
    "MF": Setting(1, HEAVIEST_AMU, HEAVIEST_AMU),
    "SA": Setting(10, 25, 10),
    "SP": Setting(0, 10, 0.1, shown=".4f", decimal=True),  # mA/Torr
    "ST": Setting(0, 100, 0.12, shown=".4f", decimal=True),  # mA/Torr
    "MG": Setting(0, 2000, 1, shown=".4f", decimal=True),  # thousands
    "MV": Setting(0, 2490, 1400, decimal=True),  # V
    "TP": Setting(0, 1, 1),  # whether scans measure the total
}
OFF_AT_POWER_UP = ("FL", "HV")
SCANS, MASS, LOCK = Setting(0, MOST_SCANS, math.inf), Setting(0, HEAVIEST_AMU, 0), Setting(0, 200, 0, decimal=True)
DEGAS = Setting(0, 20, 3)  # minutes


class RejectedError(Exception):
    """The bit to set in EC?."""


def factory_values() -> dict[str, float]:
    return {name: setting.default for name, setting in SETTINGS.items()} | dict.fromkeys(OFF_AT_POWER_UP, 0.0)
