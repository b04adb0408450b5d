"""What a capture really holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sources.archiving.requisites import Kind
from sources.archiving.verdict import Missing, Observed, Verdict, judge

URL = "https://example.org/page"
GOOD = Observed(
    requested_url=URL, final_url=URL, status=200, body_length=5000, text_length=900, media_count=1
)


def verdict(**changed: object) -> Verdict:
    """The verdict on a good capture with something changed."""
    return judge(replace(GOOD, **changed))  # type: ignore[arg-type]  # field values as the tests give them


def test_a_whole_page_is_complete() -> None:
    assert judge(GOOD) == Verdict("complete")  # type: ignore[arg-type]  # the word as people read it


@pytest.mark.parametrize(
    ("status", "word", "may_retry"),
    [
        (404, "gone", False),
        (410, "gone", False),
        (403, "blocked", False),
        (451, "blocked", False),
        (429, "blocked", True),
        (503, "blocked", True),
        (304, "blocked", False),
    ],
)
def test_the_status_comes_first(status: int, word: str, may_retry: bool) -> None:
    found = verdict(status=status)
    assert (found.word, found.may_retry) == (word, may_retry)
    assert str(status) in found.reasons[0]


@pytest.mark.parametrize(("reason", "may_retry"), [("length", False), ("time", True), ("disconnect", True)])
def test_a_cut_off_page_is_truncated(reason: str, may_retry: bool) -> None:
    found = verdict(truncated=reason)
    assert (found.word, found.may_retry) == ("truncated", may_retry)


def test_a_page_without_body_is_empty() -> None:
    assert verdict(body_length=0).word == "empty"


def test_a_page_without_text_and_media_is_empty() -> None:
    assert verdict(text_length=0, media_count=0).word == "empty"


def test_a_page_of_pictures_is_complete() -> None:
    assert verdict(text_length=0).word == "complete"


def test_a_medium_needs_no_text() -> None:
    assert verdict(is_page=False, text_length=0, media_count=0).word == "complete"


@pytest.mark.parametrize(
    ("final_url", "word"),
    [
        ("https://example.org/login?next=/page", "login wall"),
        ("https://example.org/accounts/signin.php", "login wall"),
        ("https://consent.example.org/m", "consent wall"),
        ("https://example.org/consent/", "consent wall"),
        ("https://example.org/blogin/page", "complete"),
    ],
)
def test_a_redirect_to_a_wall_is_seen(final_url: str, word: str) -> None:
    assert verdict(final_url=final_url, text_length=50).word == word


def test_a_redirect_of_a_picture_is_no_wall() -> None:
    found = verdict(final_url="https://cdn.example/auth/abc/img.jpg", is_page=False, text_length=0)
    assert found.word == "complete"


def test_a_redirect_to_a_password_box_is_a_login_wall() -> None:
    assert verdict(final_url="https://example.org/x", asks_password=True, text_length=50).word == "login wall"


@pytest.mark.parametrize(
    "changed",
    [
        {"asks_password": True, "text_length": 50},
        {"final_url": "https://example.org/login", "text_length": 900},
    ],
)
def test_a_log_in_box_alone_is_no_wall(changed: dict[str, object]) -> None:
    assert verdict(**changed).word == "complete"


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("image", "partial"),
        ("style", "partial"),
        ("video", "partial"),
        ("script", "complete"),
        ("icon", "complete"),
    ],
)
def test_what_is_missing_decides_between_partial_and_complete(kind: str, word: str) -> None:
    found = verdict(missing=(Missing("https://example.org/a", Kind(kind), "status 404"),))
    assert found.word == word
    assert found.reasons == (f"{kind} missing: https://example.org/a (status 404)",)


def test_requisites_left_out_make_it_partial() -> None:
    found = verdict(left_out=3)
    assert (found.word, found.reasons) == ("partial", ("3 requisites beyond the limit were not fetched",))
