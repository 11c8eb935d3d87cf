"""What can go wrong with an instrument. Every error can carry the request and the reply as evidence."""


class InstrumentError(Exception):
    """Prints as "tpg366: sent b'PR1', got b'?'" when it carries its evidence."""

    def __init__(self, problem: str = "", *, request: bytes | None = None, reply: bytes | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.request = request
        self.reply = reply

    def __str__(self) -> str:
        evidence = [f"sent {self.request!r}"] if self.request is not None else []
        if self.reply is not None:
            evidence.append(f"got {self.reply!r}")
        return ": ".join(part for part in (self.problem, ", ".join(evidence)) if part)


class LinkLost(InstrumentError, ConnectionError):  # noqa: N818 named like its cause
    """The link cannot be opened or broke; nothing works until the driver reconnects."""


class ReplyTimeout(InstrumentError, TimeoutError):  # noqa: N818 named like its cause
    """No reply in time. The link is closed then: a late reply would be taken for the answer to the next request."""


class ProtocolError(InstrumentError):
    """The reply is not what the manual promises. Requests and replies may be out of step: reconnect."""


class CommandRefused(InstrumentError):  # noqa: N818 named like its cause
    """The instrument understood and refused, or did not take over a setting; the link is in order."""
