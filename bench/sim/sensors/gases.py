"""What gauges that are set to nitrogen show in other gases: the nitrogen equivalent."""

from enum import StrEnum


class GaugeKind(StrEnum):
    PIRANI = "pirani"
    IONISATION = "ionisation"  # hot and cold cathodes
    CAPACITANCE = "capacitance"


SENSITIVITY: dict[GaugeKind, dict[str, float]] = {
    # Reciprocals of the correction factors commonly printed in gauge manuals (He 0.8, Ar 1.7, CO2 0.9, H2O 0.5; N2, O2
    # and air 1): mean values, good below 1 hPa, where heat loss is proportional to pressure.
    GaugeKind.PIRANI: {"N2": 1.0, "O2": 1.0, "H2O": 1 / 0.5, "CO2": 1 / 0.9, "Ar": 1 / 1.7, "He": 1 / 0.8},
    # Redhead's table of Bayard-Alpert gauges as printed in the CRC Handbook, single gauges differing by 15 %; manuals
    # of cold cathodes print correction factors that agree within that (Ar 0.8, He 5.9).
    GaugeKind.IONISATION: {"N2": 1.0, "O2": 0.96, "H2O": 0.93, "CO2": 1.4, "Ar": 1.4, "He": 0.18},
    # A membrane feels force, whatever the gas.
    GaugeKind.CAPACITANCE: dict.fromkeys(("N2", "O2", "H2O", "CO2", "Ar", "He"), 1.0),
}
"""Indication per partial pressure, relative to nitrogen."""
