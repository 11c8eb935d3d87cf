"""An instrument that knows one recorded session and nothing else: it answers what was asked then as it was answered."""

from bench.sim.rack.transcript import Exchange, Transcript

LONGEST_QUESTION = 65536


class Replay:
    """What is asked out of order is answered by the next time it was asked, else by the first; the rest is silence.

    Of two questions that begin alike the longer one is meant, if all of it is there.
    """

    single_client = True

    def __init__(self, transcript: Transcript) -> None:
        self._exchanges = transcript.exchanges
        self._next = 0
        self._heard = b""

    def idle(self) -> bytes:
        """What it said before anybody asked."""
        first = self._exchanges[0] if self._exchanges else None
        return first.reply if first and not first.sent else b""

    def receive(self, data: bytes) -> bytes:
        self._heard += data
        replies = []
        while self._heard:
            number = self._match()
            if number is None:
                if not any(exchange.sent.startswith(self._heard) for exchange in self._exchanges):
                    self._heard = b""  # nobody asked that then
                break
            self._next = number + 1
            self._heard = self._heard[len(self._exchanges[number].sent) :]
            replies.append(self._exchanges[number].reply)
        self._heard = self._heard[:LONGEST_QUESTION]
        return b"".join(replies)

    def _match(self) -> int | None:
        order = [*range(self._next, len(self._exchanges)), *range(self._next)]
        asked = (number for number in order if self._asked(self._exchanges[number]))
        return max(asked, key=lambda number: len(self._exchanges[number].sent), default=None)  # of equals the first

    def _asked(self, exchange: Exchange) -> bool:
        return bool(exchange.sent) and self._heard.startswith(exchange.sent)
