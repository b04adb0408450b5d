"""Links to replays are signed, short-lived, and say what they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.test import override_settings
from django.utils import timezone

from osint.errors import NotFoundError
from sources.replay.links import Link, LinkExpiredError, read, sign

LINK = Link("a capture", "a file", "http://127.0.0.1:8000")


def test_a_link_is_read_as_it_was_signed() -> None:
    assert read(sign(LINK)[0]) == LINK


@override_settings(REPLAY_LINK_SECONDS=600)
def test_a_link_says_until_when_it_is_good() -> None:
    expires = sign(LINK)[1]
    assert timedelta(seconds=590) < expires - timezone.now() <= timedelta(seconds=600)


def test_an_expired_link_is_told_from_one_that_never_was() -> None:
    text = sign(LINK)[0]
    with override_settings(REPLAY_LINK_SECONDS=-1), pytest.raises(LinkExpiredError):
        read(text)


@pytest.mark.parametrize("position", [0, 20, -1])
def test_a_link_that_was_touched_is_none(position: int) -> None:
    text = list(sign(LINK)[0])
    text[position] = "A" if text[position] != "A" else "B"
    with pytest.raises(NotFoundError):
        read("".join(text))


@pytest.mark.parametrize("text", ["", ":", "a:b:c", "é", "x" * 5000])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(NotFoundError):
        read(text)


def test_what_was_signed_for_another_purpose_is_none() -> None:
    with pytest.raises(NotFoundError):
        read(TimestampSigner(salt="something else").sign_object({"capture": "", "file": "", "parent": ""}))
