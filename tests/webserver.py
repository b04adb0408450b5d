"""A loopback web server that can misbehave."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable

from tests.way_out import way_out

Answer = bytes | Callable[[socket.socket], None]


def response(
    body: bytes = b"", *, status: str = "200 OK", media_type: str = "text/html; charset=utf-8", **headers: str
) -> bytes:
    """A whole response with Content-Length; header names are given with ``_`` for ``-``."""
    fields = {"Content-Type": media_type, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect to ``location``."""
    return response(status=status, Location=location)


class Server:
    """Answers each path with the bytes, or by the function, in ``routes``; one request a connection.

    The way out lets it be fetched while it runs.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Answer] = {}
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self.close_at_once = False
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        way_out().allowed.add(("127.0.0.1", self.port))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path: str = "/") -> str:
        """The address of ``path`` on this server."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}{path}"

    def asked(self, path: str) -> int:
        """How often ``path`` was requested."""
        return sum(request.startswith(f"GET {path} ".encode()) for request in self.requests)

    def close(self) -> None:
        """Stop, and wait for every thread."""
        way_out().allowed.discard(("127.0.0.1", self.port))
        self.stopping.set()
        self._wake()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _wake(self) -> None:
        # Not through create_connection: a test may have replaced name resolution.
        with socket.socket() as knock:
            knock.connect(("127.0.0.1", self.port))

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with (
                plain,
                self._context.wrap_socket(plain, server_side=True) if self._context else plain as connection,
            ):
                self._answer(connection)
        except OSError:
            pass  # the client went away, which is what many tests want

    def _answer(self, connection: socket.socket) -> None:
        if self.close_at_once:
            return
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            data = connection.recv(65536)
            if not data:
                return
            request += data
        self.requests.append(request)
        answer = self.routes.get(request.split(b" ")[1].decode(), response(status="404 Not Found"))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)
