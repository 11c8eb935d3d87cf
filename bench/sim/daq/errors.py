"""What the simulated NI-DAQmx driver refuses, by the codes of the real one."""

from typing import Final

TEXTS: Final = {
    -50352: "The requested memory could not be allocated.",
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
    -200284: (
        "Some or all of the samples requested have not yet been acquired.\n\n"
        "To wait for the samples to become available use a longer read timeout or read later in your program. "
        "To make the samples available sooner, increase the sample rate. If your task uses a start trigger, "
        "make sure that your start trigger is configured correctly. It is also possible that you configured the task "
        "for external timing, and no clock was supplied. If this is the case, supply an external clock."
    ),
    -200459: "Write cannot be performed, because there are no output channels in this task.",
    -200460: "Read cannot be performed, because there are no channels in this task from which data can be read.",
    -200463: (
        "Specified read or write operation failed, because the number of lines in the data for a channel does not "
        "match the number of lines in the channel."
    ),
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
    -88710: "The operation was stopped before it was complete: the task was stopped or cleared.",
    -89120: "Source terminal to be routed could not be found on the device.",
    -200045: "Device was removed.",
    -200082: "Minimum is greater than or equal to maximum.",
    -200277: "Attempted to read a sample before the first sample acquired.",
    -200290: "The generation has stopped to prevent the regeneration of old samples.",
    -200292: "Some or all of the samples to write could not be written to the buffer yet.",
    -89121: "Destination terminal to be routed could not be found on the device.",
    -200378: "Custom scale specified does not exist.",
    -200484: "Task cannot be saved: there is a saved task of that name, and it is not to be replaced.",
    -200485: "Task specified is not among the saved tasks.",
    -209894: "Minimum and maximum of a calculated power follow from those of voltage and current.",
    -200709: "TEDS sensor is not detected on the physical channel.",
    -201118: "Property or operation cannot be asked for of a single device of the task.",
    -201194: "Property was read before the property that says whether there is anything to be read.",
    -200293: "Samples could not be written: there is not enough space in the buffer, and the task is not started.",
    -200431: "Physical channel does not support the measurement or output type of the virtual channel.",
    -200452: "Specified property is not supported by the task, or is not applicable to it.",
    -200462: "Generation cannot be started, because the output buffer is empty.",
    -200473: "Read cannot be performed when auto start is false and the task is not running or committed.",
    -200453: "Specified timeout value is not supported: it is neither -1 nor at least 0.",
    -200523: "Read of one channel cannot be performed: the task has several to be read.",
    -200524: (
        "Write cannot be performed, because the number of channels in the data does not match the number of channels "
        "in the task."
    ),
    -200526: "Specified write cannot be performed on this type of channel.",
    -200561: "Attempted writing analog data that is out of range.",
    -200599: "Specified property cannot be set: it is read only.",
    -200605: "Number in a range of objects in the input string is too big.",
    -200606: "Specified channel index is not valid.",
    -200563: "Read cannot be performed: a channel has more lines than the samples of this read have bits (8).",
    -200564: "Read cannot be performed: a channel has more lines than the samples of this read have bits (32).",
    -200565: "Write cannot be performed: a channel has more lines than the samples of this write have bits (8).",
    -200566: "Write cannot be performed: a channel has more lines than the samples of this write have bits (32).",
    -200622: "Number of samples to write is not valid for the data.",
    -200635: "Requested action is not supported: the task is not a watchdog timer task.",
    -200644: "Watchdog timer cannot be reset, because it has expired already. Clear the expiration first.",
    -200662: "Watchdog timer is not supported on this device.",
    -200668: "Timeout of a watchdog timer is neither -1 nor at least 0.",
    -200678: "Write failed, because the watchdog timer has expired. Clear the expiration first.",
    -200694: "Minimum of the channel was not specified.",
    -200695: "Maximum of the channel was not specified.",
    -200878: "Read cannot be performed: a channel has more lines than the samples of this read have bits (16).",
    -200879: "Write cannot be performed: a channel has more lines than the samples of this write have bits (16).",
    -200880: "Every N samples event cannot have an interval of zero.",
    -200949: "Signal event is registered already.",
    -200950: "Done event is registered already.",
    -200960: "Events cannot be registered while the task is running.",
    -200966: "Every N samples acquired into buffer event is registered already.",
    -200967: "Every N samples transferred from buffer event is registered already.",
    -200980: "Every N samples transferred from buffer event is not supported by this task.",
    -200981: "Every N samples acquired into buffer event is not supported by this task.",
    -200983: "Property cannot be read while the task is not reserved, committed or running.",
    -200986: "Events cannot be unregistered while the task is running.",
    -201003: "Device cannot be accessed: it is not present in the system any more, or is not powered.",
    -200587: "Some or all of the lines requested are reserved by another task.",
}


class DriverError(Exception):
    """A negative DAQmx status. samples: per channel that a failing read or write had done before."""

    def __init__(self, code: int, subject: str = "", samples: int = 0) -> None:
        super().__init__("\n\n".join(part for part in (TEXTS[code], subject, f"Status Code: {code}") if part))
        self.code = code
        self.samples = samples


class SessionExistsError(Exception):
    """A new session was demanded under a name that is taken: ALREADY_EXISTS on the wire."""


class SessionMissingError(Exception):
    """An existing session was demanded under a name that is free: FAILED_PRECONDITION on the wire."""
