"""What pages and API say of the originals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sources.models import HandOn, LinkCheck, LinkWatch, Publication
from tests import cast
from tests.clients import client_of, ids_of, in_case


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team, title="The roof")


@pytest.fixture
def watch(team: cast.Team, publication: Publication) -> LinkWatch:
    return LinkWatch.objects.create(investigation=team.case, publication=publication)


def lost(watch: LinkWatch) -> None:
    """The original is gone since 19 January 2023."""
    since = timezone.now().replace(year=2023, month=1, day=19, hour=12, minute=0)
    LinkWatch.objects.filter(pk=watch.pk).update(outcome="gone", outcome_since=since)


def shown(client: Client, name: str, **kwargs: object) -> str:
    answer = client.get(reverse(name, kwargs={"slug": "roofs", **kwargs}))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def reader(client: Client, team: cast.Team) -> Client:
    client.force_login(team.viewer)
    return client


def test_publication_says_that_its_original_is_gone(reader: Client, watch: LinkWatch) -> None:
    lost(watch)

    page = shown(reader, "publication", pk=watch.publication_id)

    assert "19 Jan 2023" in page
    assert "<span>Gone</span>" in page


def test_publication_tells_the_history_in_words(reader: Client, watch: LinkWatch) -> None:
    LinkCheck.objects.create(watch=watch, outcome="changed", status=200, detail="about 20 words went")

    page = shown(reader, "publication", pk=watch.publication_id)

    assert "about 20 words went" in page
    assert "status 200" in page


def test_publication_that_is_not_watched_says_nothing(reader: Client, publication: Publication) -> None:
    assert "The original" not in shown(reader, "publication", pk=publication.pk)


def test_publication_names_the_snapshot_elsewhere(reader: Client, watch: LinkWatch, team: cast.Team) -> None:
    HandOn.objects.create(
        investigation=team.case,
        publication=watch.publication,
        archive="Wayback Machine",
        answered_at=timezone.now(),
        snapshot_url="https://archive.example/web/1/",
    )

    assert "https://archive.example/web/1/" in shown(reader, "publication", pk=watch.publication_id)


def test_list_of_publications_marks_the_lost(reader: Client, watch: LinkWatch) -> None:
    before = shown(reader, "publications")
    lost(watch)

    assert "original gone since" not in before
    assert "original gone since" in shown(reader, "publications")


def test_list_asks_once_however_many_there_are(reader: Client, watch: LinkWatch, team: cast.Team) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            shown(reader, "publications")
        return len(found)

    few = queries()
    for number in range(5):
        other = cast.publication(team, f"https://host{number}.example/")
        lost(LinkWatch.objects.create(investigation=team.case, publication=other))

    assert queries() == few


def test_overview_counts_the_lost(reader: Client, watch: LinkWatch, team: cast.Team) -> None:
    lost(watch)
    assert "One original is gone, since" in shown(reader, "case")

    other = cast.publication(team, "https://herald.example/")
    lost(LinkWatch.objects.create(investigation=team.case, publication=other))
    assert "2 originals are gone, the first since" in shown(reader, "case")


def test_overview_is_silent_while_all_are_there(reader: Client, watch: LinkWatch) -> None:
    assert "gone" not in shown(reader, "case")


def test_researcher_pauses_and_resumes(client: Client, watch: LinkWatch, team: cast.Team) -> None:
    client.force_login(team.researcher)
    page = shown(client, "publication", pk=watch.publication_id)
    assert "Pause the watch" in page

    client.post(reverse("watch-pause", kwargs={"slug": "roofs", "pk": watch.pk}))
    watch.refresh_from_db()
    assert watch.is_paused

    client.post(reverse("watch-resume", kwargs={"slug": "roofs", "pk": watch.pk}))
    watch.refresh_from_db()
    assert not watch.is_paused


def test_viewer_has_no_buttons_and_no_right(reader: Client, watch: LinkWatch) -> None:
    assert "Pause the watch" not in shown(reader, "publication", pk=watch.publication_id)
    assert reader.post(reverse("watch-pause", kwargs={"slug": "roofs", "pk": watch.pk})).status_code == 403


def test_watch_of_another_case_is_not_there(client: Client, others: cast.Team, watch: LinkWatch) -> None:
    client.force_login(others.admin)
    address = reverse("watch-check", kwargs={"slug": "fields", "pk": watch.pk})

    assert client.post(address).status_code == 404


def test_story_names_the_publication(client: Client, watch: LinkWatch, team: cast.Team) -> None:
    client.force_login(team.researcher)
    LinkWatch.objects.update(next_at=timezone.now() + timedelta(days=3))
    client.post(reverse("watch-check", kwargs={"slug": "roofs", "pk": watch.pk}))

    event = client.get(reverse("changes", kwargs={"slug": "roofs"})).context["events"][0]

    assert (event.phrase, event.subject.text) == ("asked to look again at", "The roof")


def test_api_lists_the_lost(watch: LinkWatch, team: cast.Team) -> None:
    other = cast.publication(team, "https://herald.example/")
    LinkWatch.objects.create(investigation=team.case, publication=other)
    lost(watch)

    assert ids_of(client_of(team.viewer).get(in_case(team.case, "watches/?outcome=gone"))) == [str(watch.pk)]


def test_api_lists_the_looks(watch: LinkWatch, team: cast.Team) -> None:
    for outcome in ("unchanged", "changed"):
        LinkCheck.objects.create(watch=watch, outcome=outcome)

    answer = client_of(team.viewer).get(in_case(team.case, f"watches/{watch.pk}/checks/"))

    assert [row["outcome"] for row in answer.json()["results"]] == ["changed", "unchanged"]


def test_api_has_an_original_looked_at(watch: LinkWatch, team: cast.Team) -> None:
    LinkWatch.objects.update(next_at=timezone.now() + timedelta(days=3))

    answer = client_of(team.researcher).post(in_case(team.case, f"watches/{watch.pk}/check/"))

    assert answer.status_code == 202
    watch.refresh_from_db()
    assert watch.next_at <= timezone.now()
