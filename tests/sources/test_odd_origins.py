"""Origins whose answers are odd: the capture ends all the same, with what can be said of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from osint.models import JobState
from sources import storage
from sources.models import Capture
from sources.services.captures import request_capture
from sources.services.preservation import preserve
from tests import cast
from tests.webserver import Server, redirect, response

PAGE = b"<!doctype html><title>Odd</title><p>%s</p>%s"
WORDS = b"Neighbours saw a crane lift the launcher onto the roof of the building by the river. " * 8
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def server() -> Iterator[Server]:
    """A site without pages."""
    running = Server()
    yield running
    running.close()
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def captured(server: Server, path: str = "/") -> Capture:
    """What comes of the page at the first try."""
    team = cast.team()
    asked = request_capture(cast.publication(team, server.url(path)), actor=team.researcher, method="http")
    preserve(asked.pk, worker="here")
    asked.refresh_from_db()
    return asked


@pytest.mark.django_db
def test_two_references_that_lead_to_one_picture_are_one_file(server: Server) -> None:
    server.routes = {
        "/": response(PAGE % (WORDS, b"<img src=/old.png><img src=/new.png>")),
        "/old.png": redirect("/new.png"),
        "/new.png": response(PICTURE, media_type="image/png"),
    }
    capture = captured(server)
    assert (capture.state, capture.error_detail) == (JobState.SUCCEEDED, "")
    assert capture.kept.filter(role="medium").count() == 1


@pytest.mark.django_db
def test_a_failure_that_quotes_what_cannot_be_stored_is_one_failure(server: Server) -> None:
    for number in range(6):
        server.routes[f"/{number}"] = redirect(f"/{number + 1}")
    server.routes["/5"] = b"HTTP/1.1 302 Found\r\nLocation: /a\x00b\r\nContent-Length: 0\r\n\r\n"
    capture = captured(server, "/0")
    assert (capture.state, capture.error_code, capture.attempt) == (JobState.FAILED, "too_many_redirects", 1)
