"""What can go wrong with the bench itself (instruments have their own tree, drivers/errors.py)."""


class BenchError(Exception):
    """The bench, not the method under test, failed."""


class ConfigError(BenchError, ValueError):
    """A bench file, certificate, scenario or argument is wrong; says file, key and reason."""


class RecordingError(BenchError, RuntimeError):
    """What was recorded is not whole, or may not be added to."""


class StorageError(BenchError, OSError):
    """The disk is full, gone or read-only, or has no room for what a run still needs."""


class CommandRefusedError(BenchError, PermissionError):
    """An interlock, or what the bench file states as a limit, forbids the command; nothing was sent."""


class ConfirmationError(BenchError, TimeoutError):
    """A command was sent but the read-back or end switch did not follow."""


class InterlockTripError(BenchError, RuntimeError):
    """A condition checked on every scan does not hold; the run ends in the safe state."""


class SettingsChangedError(BenchError, RuntimeError):
    """Somebody or something changed what an instrument's numbers mean; says from when on the run is void."""


class CheckFailedError(BenchError, RuntimeError):
    """A pre-flight check failed; nothing was actuated."""


class InconclusiveError(BenchError, RuntimeError):
    """The procedure cannot answer its question (never stable, truth void); not the method's fault."""


class RunAbortedError(BenchError, InterruptedError):
    """The operator (Ctrl-C) or the system (SIGTERM) asked the run to stop."""


class BenchBusyError(BenchError, BlockingIOError):
    """Another process drives this bench."""


class BenchLatchedError(BenchError, PermissionError):
    """The guard had to act, and nobody has acknowledged it yet."""


class GuardLostError(BenchError, ConnectionError):
    """The guard of a run is gone, or never came."""
