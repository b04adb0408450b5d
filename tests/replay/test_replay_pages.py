"""Who may see a capture gets a link to its replay, on the page and over the API; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from osint.models import JobState
from sources.models import Capture
from sources.replay import links
from tests import cast
from tests.clients import API, client_of

from .conftest import ARCHIVE, capture_of, ids, keep

pytestmark = pytest.mark.usefixtures("replay_origin")


def page(user: Any, capture: Capture) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/cases/{capture.investigation.slug}/captures/{capture.pk}/replay/")


def twin(user: Any, capture: Capture) -> Any:
    slug = capture.investigation.slug
    return client_of(user).get(f"{API}/investigations/{slug}/captures/{capture.pk}/replay/")


def test_the_page_frames_the_replay_and_says_when_and_how_it_was_taken(
    capture: Capture, team: cast.Team
) -> None:
    text = page(team.viewer, capture).content.decode()
    assert 'sandbox="allow-scripts allow-same-origin"' in text
    for fact in (
        "https://courier.example/roof",
        "UTC",
        "HTTP client",
        "Complete",
        capture.kept.get().file.sha256,
    ):
        assert fact in text


def test_the_page_may_frame_the_replay_origin_and_nothing_else(
    capture: Capture, team: cast.Team, settings: Any
) -> None:
    framed = {"frame-src": ["http://*.localhost:8001"]}
    settings.CONTENT_SECURITY_POLICY_EXCEPTIONS = {"replay": framed}
    assert "frame-src http://*.localhost:8001;" in page(team.viewer, capture)["Content-Security-Policy"] + ";"


def test_a_page_with_a_link_is_not_kept(capture: Capture, team: cast.Team) -> None:
    assert page(team.viewer, capture)["Cache-Control"] == "no-store"
    assert twin(team.viewer, capture)["Cache-Control"] == "no-store"


def test_the_link_names_this_capture_and_the_page_that_asked(capture: Capture, team: cast.Team) -> None:
    offer = twin(team.viewer, capture).json()
    capture_id, file = ids(capture)
    assert links.read(offer["link"]) == links.Link(str(capture_id), str(file), "http://testserver")
    assert offer["state"] == "ready"
    assert offer["link"] in offer["viewer"]


def test_an_outsider_gets_no_link(capture: Capture, others: cast.Team) -> None:
    assert page(others.admin, capture).status_code == 404
    assert twin(others.admin, capture).status_code == 404


def test_a_capture_is_not_found_under_another_case(capture: Capture, others: cast.Team) -> None:
    path = f"{API}/investigations/{others.case.slug}/captures/{capture.pk}/replay/"
    assert client_of(others.admin).get(path).status_code == 404


def test_a_capture_without_an_archive_says_so(team: cast.Team) -> None:
    bare = capture_of(team)
    assert "has no web archive" in page(team.viewer, bare).content.decode()
    offer = twin(team.viewer, bare).json()
    assert (offer["state"], offer["viewer"]) == ("no web archive", None)


def test_a_capture_under_way_says_so(team: cast.Team) -> None:
    running = capture_of(team, state=JobState.QUEUED, verdict="", started_at=None, ended_at=None)
    assert "has not ended yet" in page(team.viewer, running).content.decode()


@override_settings(REPLAY_ORIGIN="")
def test_without_an_origin_the_archive_is_offered_as_a_download(capture: Capture, team: cast.Team) -> None:
    text = page(team.viewer, capture).content.decode()
    assert "<iframe" not in text
    assert "not set up" in text
    assert "?download" in text


def test_the_archive_that_is_replayed_is_named_by_its_hash(capture: Capture, team: cast.Team) -> None:
    assert twin(team.viewer, capture).json()["sha256"] == keep(capture, ARCHIVE, "page").file.sha256
