"""One malformed requisite costs itself, never the capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.archiving import collect
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch_following
from sources.archiving.harvest import Harvest, Role
from sources.archiving.policy import FetchPolicy
from tests.webserver import Server, redirect, response

from .harvesting import archive, files
from .pages import english, picture


def archive_with_odd_picture(server: Server, policy: FetchPolicy, workdir: Path, odd: bytes) -> Harvest:
    """Archive an article with a good picture and one whose answer is ``odd``."""
    server.routes |= {
        "/": response(english(body='<img src="/odd.png"><img src="/good.png">')),
        "/odd.png": odd,
        "/good.png": response(picture(), media_type="image/png"),
    }
    return archive(server, policy, workdir)


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        (redirect("http://[bad"), "http_protocol"),
        (redirect("http://127.0.0.1:99999/"), "unsupported_url"),
        (redirect("ftp://example.org/"), "unsupported_url"),
        (b"nonsense\r\n\r\n", "http_protocol"),
        (b"HTTP/1.1 999999 Odd\r\n\r\n", "http_protocol"),
    ],
)
def test_a_malformed_answer_is_a_recorded_failure(
    server: Server, policy: FetchPolicy, workdir: Path, odd: bytes, code: str
) -> None:
    harvest = archive_with_odd_picture(server, policy, workdir, odd)
    assert [(item["url"], item["code"]) for item in harvest.failures] == [(server.url("/odd.png"), code)]
    assert harvest.verdict == "partial"
    assert [medium.url for medium in files(harvest, Role.MEDIUM)] == [server.url("/good.png")]


def test_a_length_of_thousands_of_digits_is_a_cut_off_picture(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx"
    harvest = archive_with_odd_picture(server, policy, workdir, odd)
    assert harvest.reasons == (f"image missing: {server.url('/odd.png')} (truncated: unspecified)",)
    assert harvest.verdict == "partial"


def break_fetching(monkeypatch: pytest.MonkeyPatch, url: str, error: Exception) -> None:
    """Make fetching ``url`` raise ``error``, and nothing else."""

    def fetch(asked: str, **options: object) -> list[Exchange]:
        if asked == url:
            raise error
        return fetch_following(asked, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(collect, "fetch_following", fetch)


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError("odd"), KeyError("odd")])
def test_an_error_nobody_foresaw_is_a_recorded_failure(
    server: Server, policy: FetchPolicy, workdir: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_fetching(monkeypatch, server.url("/odd.png"), error)
    harvest = archive_with_odd_picture(server, policy, workdir, b"")
    assert [(item["kind"], item["code"]) for item in harvest.failures] == [("image", "archiving_failed")]
    assert type(error).__name__ in harvest.failures[0]["detail"]
    assert harvest.verdict == "partial"


def test_a_full_disk_is_no_failure_of_a_requisite(
    server: Server, policy: FetchPolicy, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_fetching(monkeypatch, server.url("/odd.png"), OSError("no space left"))
    with pytest.raises(OSError, match="no space left"):
        archive_with_odd_picture(server, policy, workdir, b"")
