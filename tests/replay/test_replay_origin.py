"""The replay origin serves a valid link, the viewer's parts and the archive; to everything else it says no."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings

from sources.models import Capture
from sources.replay import links, origin
from tests import cast

from .conftest import ARCHIVE, capture_of, ids, keep

PARENT = "http://127.0.0.1:8000"
VIEWER_PARTS = ["viewer.js", "viewer.css", "sw.js", "reader.js", "ui.js"]


def link_to(capture: Capture) -> str:
    capture_id, file = ids(capture)
    return links.sign(links.Link(str(capture_id), str(file), PARENT))[0]


def host(capture: Capture) -> str:
    return urlsplit(origin.origin_of(capture.pk)).netloc


def archive_path(capture: Capture) -> str:
    return "/archives/{}/{}.wacz".format(*ids(capture))


def asked(visitor: Client, capture: Capture, path: str, link: str = "", **headers: str) -> Any:
    return visitor.get(path, headers={"Host": host(capture), "Sightline-Link": link, **headers})


def test_a_valid_link_opens_the_viewer(visitor: Client, capture: Capture) -> None:
    answer = asked(visitor, capture, f"/view/{link_to(capture)}/")
    assert answer.status_code == 200
    assert archive_path(capture) in answer.content.decode()


def test_only_the_page_that_asked_may_frame_the_viewer(visitor: Client, capture: Capture) -> None:
    policy = asked(visitor, capture, f"/view/{link_to(capture)}/")["Content-Security-Policy"]
    assert f"frame-ancestors {PARENT}" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_expired_link_says_so(visitor: Client, capture: Capture) -> None:
    link = link_to(capture)
    with override_settings(REPLAY_LINK_SECONDS=-1):
        answer = asked(visitor, capture, f"/view/{link}/")
    assert answer.status_code == 403
    assert "expired" in answer.content.decode()


def test_a_link_does_not_open_on_the_host_of_another_capture(
    visitor: Client, capture: Capture, team: cast.Team
) -> None:
    other = capture_of(team, "https://courier.example/other")
    assert asked(visitor, other, f"/view/{link_to(capture)}/").status_code == 404


def test_the_archive_is_given_for_its_link(visitor: Client, capture: Capture) -> None:
    answer = asked(visitor, capture, archive_path(capture), link_to(capture))
    assert answer.getvalue() == ARCHIVE
    assert answer["Cache-Control"] == "no-store"


def test_a_part_of_the_archive_is_given(visitor: Client, capture: Capture) -> None:
    answer = asked(visitor, capture, archive_path(capture), link_to(capture), Range="bytes=300-309")
    assert (answer.status_code, answer.getvalue()) == (206, ARCHIVE[300:310])
    assert answer["Content-Range"] == f"bytes 300-309/{len(ARCHIVE)}"


def test_its_end_is_given(visitor: Client, capture: Capture) -> None:
    answer = asked(visitor, capture, archive_path(capture), link_to(capture), Range="bytes=-7")
    assert (answer.status_code, answer.getvalue()) == (206, ARCHIVE[-7:])


@pytest.mark.parametrize("link", ["", "a:b:c"])
def test_without_a_link_there_is_no_archive(visitor: Client, capture: Capture, link: str) -> None:
    assert asked(visitor, capture, archive_path(capture), link).status_code == 404


def test_with_an_expired_link_there_is_no_archive(visitor: Client, capture: Capture) -> None:
    link = link_to(capture)
    with override_settings(REPLAY_LINK_SECONDS=-1):
        answer = asked(visitor, capture, archive_path(capture), link)
    assert answer.status_code == 403
    assert "expired" in answer.content.decode()


def test_the_link_of_one_capture_does_not_open_another(
    visitor: Client, capture: Capture, team: cast.Team
) -> None:
    other = capture_of(team, "https://courier.example/other")
    keep(other, ARCHIVE + b"!", "wacz")
    assert asked(visitor, other, archive_path(other), link_to(capture)).status_code == 404
    assert asked(visitor, capture, archive_path(other), link_to(capture)).status_code == 404


def test_a_link_opens_only_the_archive_of_the_capture(visitor: Client, capture: Capture) -> None:
    picture = keep(capture, b"a picture", "medium")
    path = f"/archives/{capture.pk}/{picture.file_id}.wacz"
    assert asked(visitor, capture, path, link_to(capture)).status_code == 404


@pytest.mark.parametrize("name", VIEWER_PARTS)
def test_the_viewer_s_parts_are_served(visitor: Client, capture: Capture, name: str) -> None:
    answer = asked(visitor, capture, f"/replay/{name}", **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_part_that_has_not_changed_is_not_sent_again(visitor: Client, capture: Capture) -> None:
    etag = asked(visitor, capture, "/replay/sw.js")["ETag"]
    assert asked(visitor, capture, "/replay/sw.js", **{"If-None-Match": etag}).status_code == 304


def test_a_worker_may_ask_nobody_but_this_origin(visitor: Client, capture: Capture) -> None:
    policy = asked(visitor, capture, "/replay/sw.js")["Content-Security-Policy"]
    assert "connect-src 'self'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login/",
        "/api/v1/investigations/",
        "/admin/",
        "/replay/",
        "/replay/links.py",
        "/static/osint/favicon.svg",
    ],
)
def test_there_is_nothing_else(visitor: Client, capture: Capture, path: str) -> None:
    assert asked(visitor, capture, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/replay/sw.js", "/replay/nothing.js"])
def test_no_cookie_is_set_and_nothing_is_told_to_others(visitor: Client, capture: Capture, path: str) -> None:
    answer = asked(visitor, capture, path)
    assert not answer.cookies
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_only_reading_is_possible(visitor: Client, capture: Capture) -> None:
    assert visitor.post(archive_path(capture), headers={"Host": host(capture)}).status_code == 405
