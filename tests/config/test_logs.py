"""Log lines are JSON, and no secret gets into them."""

import json
import logging
import sys

import pytest

from config.logs import JsonFormatter, RedactionFilter, redact


def line(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("osint", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(extra)
    assert RedactionFilter().filter(record)
    found: dict[str, object] = json.loads(JsonFormatter().format(record))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cret",
        "authorization: Token s3cret",
        "password=s3cret",
        '{"token": "s3cret"}',
        "{'password': 's3cret'}",
        "postgresql://me:s3cret@db.test/x",
        "redis://:s3cret@127.0.0.1:6379/0",
    ],
)
def test_secrets_are_taken_out(text: str) -> None:
    assert "s3cret" not in redact(text)


def test_other_text_is_left_alone() -> None:
    text = "tokens are scoped; see https://news.test:8080/a@b"
    assert redact(text) == text


def test_a_secret_among_the_arguments_is_taken_out() -> None:
    assert "s3cret" not in str(line("got %s", "password=s3cret")["message"])


def test_an_extra_field_with_a_secret_name_is_hidden() -> None:
    assert line("log-in", token="s3cret", attempt=2) | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "osint",
        "message": "log-in",
        "token": "[hidden]",
        "attempt": 2,
    }


def test_a_secret_in_a_traceback_is_taken_out() -> None:
    try:
        int("password=s3cret")
    except ValueError:
        record = logging.LogRecord("osint", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    assert "s3cret" not in JsonFormatter().format(record)
