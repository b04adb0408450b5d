"""The conversation itself, with a test at the other end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from sources.archiving.browser.errors import (
    BrowserCrashedError,
    BrowserError,
    CommandRefusedError,
    NoAnswerError,
)
from sources.archiving.browser.pipe import Pipe
from sources.archiving.browser.protocol import Connection, Params


class OtherEnd:
    """What the browser would hear and say."""

    def __init__(self) -> None:
        self._heard, outgoing = os.pipe()
        incoming, self._says = os.pipe()
        self.connection = Connection(Pipe(incoming, outgoing))

    def say(self, *messages: object) -> None:
        self.say_bytes(b"".join(json.dumps(message).encode() + b"\0" for message in messages))

    def say_bytes(self, data: bytes) -> None:
        os.write(self._says, data)

    def hear(self) -> list[dict[str, object]]:
        return [json.loads(part) for part in os.read(self._heard, 65536).split(b"\0")[:-1]]

    def hang_up(self) -> None:
        os.close(self._says)
        self._says = -1

    def close(self) -> None:
        self.connection.close()
        for descriptor in (self._heard, self._says):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def other() -> Iterator[OtherEnd]:
    """The other end."""
    end = OtherEnd()
    yield end
    end.close()


def test_a_call_returns_the_result_with_its_number(other: OtherEnd) -> None:
    other.say({"id": 2, "result": {"a": 2}}, {"id": 1, "result": {"a": 1}})
    assert other.connection.call("A.b", {"c": 3}, session="s") == {"a": 1}
    assert other.hear() == [{"id": 1, "method": "A.b", "params": {"c": 3}, "sessionId": "s"}]


def test_messages_may_come_in_pieces(other: OtherEnd) -> None:
    seen: list[Params] = []
    other.connection.on("E", lambda params, session: seen.append(params))
    other.say_bytes(b'{"method": "E", "par')
    assert not other.connection.pump(lambda: bool(seen), 0.05)
    other.say_bytes(b'ams": {"n": 1}}\0{"method": "E", "params": {"n": 2}}\0')
    assert other.connection.pump(lambda: len(seen) == 2, 5)
    assert seen == [{"n": 1}, {"n": 2}]


def test_half_a_surrogate_pair_is_replaced_and_nothing_else(other: OtherEnd) -> None:
    other.say_bytes(rb'{"id": 1, "result": {"a": "cut \ud83d \ud83d\ude80 \\ud83d"}}' + b"\0")
    assert other.connection.call("A.b") == {"a": "cut \ufffd \U0001f680 \\ud83d"}


def test_what_is_no_message_is_said_once_and_not_kept(other: OtherEnd) -> None:
    other.say_bytes(b'{"id": 1, "resu\0{"id": 2, "result": {}}\0')
    with pytest.raises(BrowserError, match="expected a message"):
        other.connection.call("A.b")
    assert other.connection.call("A.b") == {}


def test_events_reach_their_handler_with_their_session(other: OtherEnd) -> None:
    seen: list[str] = []
    other.connection.on("E", lambda params, session: seen.append(session))
    other.say({"method": "Unheard", "params": {}}, {"method": "E", "sessionId": "s"}, {"id": 1, "result": {}})
    other.connection.call("A.b")
    assert seen == ["s"]


def test_a_refused_command_says_why(other: OtherEnd) -> None:
    other.say({"id": 1, "error": {"message": "no such thing"}})
    with pytest.raises(CommandRefusedError, match="no such thing"):
        other.connection.call("A.b")


def test_a_command_without_an_answer_ends_in_time(other: OtherEnd) -> None:
    with pytest.raises(NoAnswerError):
        other.connection.call("A.b", timeout=0.05)


def test_a_late_answer_confuses_nobody(other: OtherEnd) -> None:
    with pytest.raises(NoAnswerError):
        other.connection.call("A.b", timeout=0.05)
    other.say({"id": 1, "result": {"late": True}}, {"id": 2, "result": {"late": False}})
    assert other.connection.call("A.b") == {"late": False}


def test_a_browser_that_hangs_up_has_crashed(other: OtherEnd) -> None:
    other.hang_up()
    with pytest.raises(BrowserCrashedError):
        other.connection.call("A.b")


def test_a_browser_that_listens_no_more_has_crashed() -> None:
    heard, outgoing = os.pipe()
    incoming, says = os.pipe()
    os.close(heard)
    connection = Connection(Pipe(incoming, outgoing))
    with pytest.raises(BrowserCrashedError):
        connection.send("A.b")
    connection.close()
    os.close(says)
