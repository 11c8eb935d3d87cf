"""What the simulated NI-DAQmx driver refuses, by the codes of the real one."""

from typing import Final

TEXTS: Final = {
    -50103: "The specified resource is reserved. The operation could not be completed as specified.",
    -88709: "The operation was aborted: the device was reset while the task existed.",
    -200077: "Requested value is not a supported value for this property.",
    -200088: "Task specified is invalid or does not exist.",
    -200170: "Physical channel specified does not exist on this device.",
    -200197: "Specified property is not supported by the device or is not applicable to the task.",
    -200220: "Device identifier is invalid.",
    -200229: "Buffer is too small to fit read data.",
    -200278: "Attempted to read a sample beyond the final sample acquired.",
    -200279: (
        "The application is not able to keep up with the hardware acquisition. Attempted to read samples that are no "
        "longer available. The requested sample was previously available, but has since been overwritten."
    ),
    -200284: "Some or all of the samples requested have not yet been acquired.",
    -200459: "Write cannot be performed, because there are no output channels in this task.",
    -200460: "Read cannot be performed, because there are no channels in this task from which data can be read.",
    -200463: "Number of lines in the data does not match the number of lines of the channels.",
    -200472: "Write failed, because auto start is false and the task is neither running nor committed.",
    -200478: "Specified operation cannot be performed when there are no channels in the task.",
    -200479: "Specified operation cannot be performed while the task is running.",
    -200486: "Specified channel is not in the task.",
    -200489: "Specified channel cannot be added to the task, because it is already in the task.",
    -200498: "Syntax for a range of objects in the input string is invalid.",
    -200525: "Specified read cannot be performed on this type of channel.",
    -200557: "Property cannot be set while the task is running.",
    -200559: "Task cannot contain channels of several types.",
    -200560: "Wait until done did not indicate that the task was done within the specified timeout.",
    -200587: "Some or all of the lines requested are reserved by another task.",
}


class DriverError(Exception):
    """A negative DAQmx status."""

    def __init__(self, code: int, subject: str = "") -> None:
        super().__init__("\n\n".join(part for part in (TEXTS[code], subject, f"Status Code: {code}") if part))
        self.code = code


class SessionExistsError(Exception):
    """A new session was demanded under a name that is taken: ALREADY_EXISTS on the wire."""


class SessionMissingError(Exception):
    """An existing session was demanded under a name that is free: FAILED_PRECONDITION on the wire."""
