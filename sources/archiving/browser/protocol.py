"""A thin client of the DevTools protocol: commands, their answers, events. One thread, no callbacks behind one's back.

Messages are read only inside ``call`` and ``pump``, and handlers run there. So a handler needs no lock,
and every wait has a deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sources.archiving.deadlines import Deadline
from sources.archiving.errors import DeadlineError

from .errors import CommandRefusedError, NoAnswerError
from .pipe import Message, Pipe

Params = dict[str, Any]
Handler = Callable[[Params, str], None]
Answer = Callable[[Message], None]

WRITE_SECONDS = 10.0


class Connection:
    """The conversation with one browser. Sessions are the protocol's flat ones; "" is the browser itself."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._number = 0
        self._waiting: dict[int, Answer] = {}
        self._handlers: dict[str, Handler] = {}

    def on(self, event: str, handler: Handler) -> None:
        """Let ``handler`` have the event's parameters and session; it replaces the one before."""
        self._handlers[event] = handler

    def forget(self) -> None:
        """Drop all handlers and what nobody waits for any more."""
        self._handlers.clear()
        self._waiting.clear()

    def send(
        self, method: str, params: Params | None = None, *, session: str = "", then: Answer | None = None
    ) -> int:
        """Send a command without waiting; returns its number.

        ``then`` gets the answering message, which has a ``result`` or an ``error``.
        """
        self._number += 1
        message: Message = {"id": self._number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        if then is not None:
            self._waiting[self._number] = then
        try:
            self._pipe.send(message, Deadline.after(WRITE_SECONDS))
        except DeadlineError as error:
            raise NoAnswerError(f"expected the browser to listen within {WRITE_SECONDS:.0f} s") from error
        return self._number

    def call(
        self, method: str, params: Params | None = None, *, session: str = "", timeout: float = 10.0
    ) -> Params:
        """The result of a command. Raises CommandRefusedError, NoAnswerError, BrowserCrashedError."""
        answers: list[Message] = []
        number = self.send(method, params, session=session, then=answers.append)
        if not self.pump(lambda: bool(answers), timeout):
            self._waiting.pop(number, None)
            raise NoAnswerError(f"expected an answer to {method} within {timeout:.1f} s, got none")
        if error := answers[0].get("error"):
            raise CommandRefusedError(f"expected {method} to be done, got: {error.get('message')}")
        result: Params = answers[0]["result"]
        return result

    def pump(self, until: Callable[[], bool], timeout: float) -> bool:
        """Handle what arrives until ``until()`` holds; False if it did not within ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while not until():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._handle(self._pipe.receive(left))
        return True

    def close(self) -> None:
        """End the conversation, and with it the browser."""
        self._pipe.close()

    def _handle(self, message: Message | None) -> None:
        if message is None:
            return
        if "id" in message:
            if then := self._waiting.pop(message["id"], None):
                then(message)
        elif handler := self._handlers.get(message["method"]):
            handler(message.get("params", {}), message.get("sessionId", ""))
