"""Two captures of one publication beside each other, as a page and over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from sources.models import Capture
from tests import cast
from tests.clients import API, client_of

from .conftest import capture_of, keep

OLD = "The launcher stands on the roof. Snow lies around it."
NEW = "The launcher stood on the roof. Snow lies around it."
Pair = tuple[Capture, Capture]


@pytest.fixture
def pair(team: cast.Team) -> Pair:
    """Two captures: the second says something else, has lost a picture and gained one."""
    page = "http://127.0.0.1/roof"
    facts: dict[str, Any] = {"exchanges": [{"url": page, "status": 200}], "page": {"title": "The roof"}}
    a = capture_of(team, page, facts=facts)
    b = capture_of(team, page, facts=facts | {"page": {"title": "A roof"}}, verdict="partial")
    keep(a, OLD.encode(), "text", "text/plain")
    keep(b, NEW.encode(), "text", "text/plain")
    for capture, content in ((a, b"both"), (b, b"both"), (a, b"lost"), (b, b"gained")):
        keep(capture, content, "medium")
    return a, b


def path_of(capture: Capture, a: object, b: object) -> str:
    return f"publications/{capture.publication_id}/compare/?a={a}&b={b}"


def twin(user: Any, pair: Pair, a: object = None, b: object = None) -> Any:
    path = path_of(pair[0], a or pair[0].pk, b or pair[1].pk)
    return client_of(user).get(f"{API}/investigations/{pair[0].investigation.slug}/{path}")


def page(user: Any, pair: Pair, a: object = None, b: object = None) -> Any:
    client = Client()
    client.force_login(user)
    path = path_of(pair[0], a or pair[0].pk, b or pair[1].pk)
    return client.get(f"/cases/{pair[0].investigation.slug}/{path}")


def test_the_text_s_passages_are_told(pair: Pair, team: cast.Team) -> None:
    passages = twin(team.viewer, pair).json()["text"]["passages"]
    assert {"kind": "removed", "text": "stands"} in passages
    assert {"kind": "added", "text": "stood"} in passages


def test_facts_say_whether_they_differ(pair: Pair, team: cast.Team) -> None:
    facts = {fact["name"]: fact for fact in twin(team.viewer, pair).json()["facts"]}
    assert facts["Title"] == {"name": "Title", "a": "The roof", "b": "A roof", "differs": True}
    assert (facts["Status"]["a"], facts["Status"]["differs"]) == ("200", False)
    assert facts["Verdict"]["b"] == "Partial"


def test_media_are_told_apart_by_their_bytes(pair: Pair, team: cast.Team) -> None:
    media = twin(team.viewer, pair).json()["media"]
    assert {name: len(files) for name, files in media.items()} == {"kept": 1, "lost": 1, "gained": 1}


def test_the_older_comes_first_whichever_is_named_first(pair: Pair, team: cast.Team) -> None:
    a, b = pair
    assert twin(team.viewer, pair, b.pk, a.pk).json() == twin(team.viewer, pair).json()


def test_without_a_text_there_is_no_difference_of_texts(pair: Pair, team: cast.Team) -> None:
    bare = capture_of(team, pair[0].url)
    assert twin(team.viewer, pair, pair[0].pk, bare.pk).json()["text"] is None


@pytest.mark.parametrize("other", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_two_captures_are_needed(pair: Pair, team: cast.Team, other: str) -> None:
    answer = twin(team.viewer, pair, b=other or pair[0].pk)
    assert answer.status_code == 400
    assert "two different captures" in str(answer.json())
    assert "needed to compare" in page(team.viewer, pair, b=other or pair[0].pk).content.decode()


def test_captures_of_another_publication_are_not_compared(pair: Pair, team: cast.Team) -> None:
    other = capture_of(team, "http://127.0.0.1/other")
    assert twin(team.viewer, pair, b=other.pk).status_code == 400


def test_outsiders_compare_nothing(pair: Pair, others: cast.Team) -> None:
    assert twin(others.admin, pair).status_code == 404
    assert page(others.admin, pair).status_code == 404


@override_settings(REPLAY_ORIGIN="http://{capture}.localhost:8001")
def test_the_page_shows_both_texts_with_words_for_what_changed(pair: Pair, team: cast.Team) -> None:
    text = page(team.viewer, pair).content.decode()
    assert "<del>stands</del>" in text
    assert "<ins>stood</ins>" in text
    assert "<b>Lost</b>" in text


def test_archived_text_stays_text(pair: Pair, team: cast.Team) -> None:
    hostile = capture_of(team, pair[0].url)
    keep(hostile, b"<script>alert(1)</script> ]]> </del>", "text", "text/plain")
    text = page(team.viewer, pair, b=hostile.pk).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


@override_settings(REPLAY_ORIGIN="http://{capture}.localhost:8001")
def test_both_replays_stand_side_by_side_where_each_has_a_host(pair: Pair, team: cast.Team) -> None:
    for capture in pair:
        keep(capture, b"archive", "wacz")
    assert page(team.viewer, pair).content.decode().count("<iframe") == len(pair)


@override_settings(REPLAY_ORIGIN="https://replay.example.org")
def test_on_one_host_only_links_to_the_replays_are_shown(pair: Pair, team: cast.Team) -> None:
    for capture in pair:
        keep(capture, b"archive", "wacz")
    text = page(team.viewer, pair).content.decode()
    assert "<iframe" not in text
    assert f"/captures/{pair[0].pk}/replay/" in text


def test_the_publication_offers_its_two_newest_captures_for_comparing(pair: Pair, team: cast.Team) -> None:
    client = Client()
    client.force_login(team.viewer)
    text = client.get(f"/cases/{team.case.slug}/publications/{pair[0].publication_id}/").content.decode()
    assert "Compare the two" in text
    assert f'name="b" value="{pair[1].pk}"' in text


def test_one_capture_alone_is_not_offered_for_comparing(team: cast.Team) -> None:
    alone = capture_of(team)
    client = Client()
    client.force_login(team.viewer)
    text = client.get(f"/cases/{team.case.slug}/publications/{alone.publication_id}/").content.decode()
    assert "Compare the two" not in text
