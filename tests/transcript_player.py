"""A real TCP server that plays transcripts: it checks byte for byte what it hears and answers as written."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.sim.rack.transcript import Exchange

PATIENCE_S = 5.0
Chunking = Callable[[Sequence[bytes]], list[list[bytes]]]


def whole(replies: Sequence[bytes]) -> list[list[bytes]]:
    """Each reply in one segment."""
    return [[reply] for reply in replies]


def bytewise(replies: Sequence[bytes]) -> list[list[bytes]]:
    return [[bytes([byte]) for byte in reply] for reply in replies]


@dataclass
class Player:
    """One sequence of exchanges per connection; `late` is said on the first one when the second one has come."""

    connections: list[Sequence[Exchange]]
    chunking: Chunking = whole
    late: bytes = b""
    address: str = ""
    complaint: str = ""
    _open: list[socket.socket] = field(default_factory=list)

    def hang_up(self) -> None:
        while not self._open:
            time.sleep(0.001)
        for connection in self._open:
            connection.shutdown(socket.SHUT_RDWR)

    def serve(self, listener: socket.socket) -> None:
        try:
            for exchanges in self.connections:
                connection, _ = listener.accept()
                self._open.append(connection)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.settimeout(PATIENCE_S)
                self._say_late()
                self._play(connection, exchanges)
            self._listen_for_more()
        except (OSError, AssertionError) as error:
            self.complaint = f"{type(error).__name__}: {error}"
        finally:
            for connection in self._open:
                connection.close()

    def _play(self, connection: socket.socket, exchanges: Sequence[Exchange]) -> None:
        segments = self.chunking([exchange.reply for exchange in exchanges])
        for exchange, pieces in zip(exchanges, segments, strict=True):
            heard = _hear(connection, len(exchange.sent))
            assert heard == exchange.sent, f"heard {heard!r}, expected {exchange.sent!r}"
            for piece in filter(None, pieces):  # nothing to say is nothing sent: the test may have hung up already
                connection.sendall(piece)

    def _say_late(self) -> None:
        if self.late and len(self._open) == 2:
            try:
                self._open[0].sendall(self.late)
            except ConnectionError:
                self.late = b""  # the client has closed that connection, as it should

    def _listen_for_more(self) -> None:
        try:
            more = self._open[-1].recv(4096)
        except ConnectionResetError:
            more = b""
        assert not more, f"heard {more!r} after the end"


def _hear(connection: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count and (piece := connection.recv(count - len(heard))):
        heard += piece
    return heard


def closed_address() -> str:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return _address(listener)


def _address(listener: socket.socket) -> str:
    return f"TCPIP::127.0.0.1::{listener.getsockname()[1]}::SOCKET"


@contextmanager
def played(*connections: Iterable[Exchange], chunking: Chunking = whole, late: bytes = b"") -> Iterator[Player]:
    """Everything must have been said when the block ends, and the client must have closed its link."""
    player = Player([tuple(exchanges) for exchanges in connections], chunking, late)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_S)
        player.address = _address(listener)
        thread = threading.Thread(target=player.serve, args=(listener,), daemon=True)
        thread.start()
        yield player
        thread.join(2 * PATIENCE_S)
    assert not thread.is_alive(), "the client has not closed its link"
    assert not player.complaint, player.complaint
