"""A loopback mail server that keeps what it is given, and can refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

OK = "250 OK"


@dataclass
class Mailbox:
    """What a server took, and how it answers commands: `answers` by their first word, in place of what is usual."""

    port: int = 0
    messages: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def recipients(self) -> list[str]:
        """To whom the messages went, in alphabetical order."""
        return sorted(recipient for recipient, _ in self.messages)

    def text(self) -> str:
        """The words of the only message."""
        ((_, message),) = self.messages
        return str(message.get_content()).replace("\r\n", "\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    mailbox: Mailbox


class _Session(socketserver.StreamRequestHandler):
    """One connection: as much of RFC 5321 as a client needs to hand over a message."""

    server: _Server

    def handle(self) -> None:
        box = self.server.mailbox
        with box.lock:
            box.connections += 1
        self._say("220 test ESMTP")
        recipient = ""
        while line := self.rfile.readline().decode("ascii").strip():
            command = line.split()[0].upper()
            if command == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
            answer = box.answers.get(command) or {"DATA": "354 Go on", "QUIT": "221 Bye"}.get(command, OK)
            if not answer:
                return
            self._say(answer)
            if answer.startswith("354"):
                self._take(recipient)
            if command == "QUIT" or answer.startswith("421"):
                return

    def _take(self, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        box = self.server.mailbox
        answer = box.answers.get("message", OK)
        if answer == OK:
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            with box.lock:
                box.messages.append((recipient, message))
        if answer != "hang up":
            self._say(answer)
        else:
            self.connection.close()

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A running server."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.mailbox = Mailbox(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.mailbox
        finally:
            server.shutdown()
            thread.join()
