"""What can go wrong with a DAQ device by command; a file of its own, as the command line names the kinds."""

from enum import StrEnum


class FaultKind(StrEnum):
    OVERFLOW = "overflow"
    DEVICE_REMOVED = "device_removed"
    RESERVATION_HELD = "reservation_held"
    FROZEN_INPUT = "frozen_input"
    STUCK_LINE = "stuck_line"
    DELAYED_REPLY = "delayed_reply"
