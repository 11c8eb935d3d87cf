"""Tables that an Alicat MC sends, line by line: what it is (`??M*`) and how its data frame is laid out (`??D*`)."""

WORDS = ("HLD", "MOV", "VOV", "POV", "TOV", "TMF", "OVR", "OPL", "LCK", "COM", "EXH", "GTA", "ADC")  # as sent
INFO = (
    "ALICAT SCIENTIFIC",
    "www.alicat.com",
    "Ph   520-290-6060",
    "Fax  520-290-0109",
    "Model Number {model}",
    "Serial Number {serial}",
    "Date Manufactured 01/09/2025",
    "Date Calibrated   01/09/2025",
    "Calibrated By     XX",
    "Software Revision {firmware}",
)
LAYOUT_HEADER = "ID_ NAME______________________ TYPE_______ WIDTH NOTES___________________"
LAYOUT = (  # statistic, name, type, width, notes [K]
    ("700", "Unit ID", "string", "1", ""),
    ("002", "Abs Press", "s decimal", "7/2", "010 02 PSIA"),
    ("003", "Flow Temp", "s decimal", "7/2", "002 02 `C"),
    ("004", "Volu Flow", "s decimal", "7/2", "012 02 CCM"),
    ("005", "Mass Flow", "s decimal", "7/2", "012 02 SCCM"),
    ("037", "Mass Flow Setpt", "s decimal", "7/2", "012 02 SCCM"),
    ("703", "Gas", "string", "6", ""),
    ("701", "*Error", "string", "3", "ADC"),
    *(("702", "*Status", "string", "3", word) for word in WORDS if word != "ADC"),
)


def info(unit_id: str, **known: str) -> list[str]:
    return [f"{unit_id}  M{number:02d} {line.format(**known)}" for number, line in enumerate(INFO)]


def layout(unit_id: str) -> list[str]:
    rows = [f"{code} {name:<26} {kind:<11} {width:>5} {notes}".rstrip() for code, name, kind, width, notes in LAYOUT]
    return [f"{unit_id} D{number:02d} {row}" for number, row in enumerate((LAYOUT_HEADER, *rows))]
