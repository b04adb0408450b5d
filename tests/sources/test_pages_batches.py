"""Pages of batches and of the quarantine."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from osint.models import User
from sources.address_lists import numbered
from sources.models import Capture, CaptureBatch
from sources.services.batches import submit_batch
from sources.services.captures import request_capture
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


def at_desk(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def batch_of(team: Team, *urls: str) -> CaptureBatch:
    return submit_batch(team.case, actor=team.researcher, lines=numbered(urls), label="Roofs of May")


def quarantined(team: Team) -> Capture:
    capture = request_capture(cast.publication(team, title="A bomb"), actor=team.researcher)
    Capture.objects.filter(pk=capture.pk).update(
        state="quarantined", error_code="quarantined", error_detail="3 killed", ended_at=timezone.now()
    )
    return capture


def test_a_list_is_handed_in_by_typing(client: Client, team: Team) -> None:
    form = {"addresses": "https://a.example/\nnonsense", "label": "Roofs", "method": ""}
    answer = at_desk(client, team.researcher).post(address("batch-new"), form, follow=True)
    page = answer.content.decode()
    for words in ("0 of 1 have ended", "Lines that were not taken", "nonsense", "Pause"):
        assert words in page


def test_a_list_is_handed_in_as_a_file(client: Client, team: Team) -> None:
    file = SimpleUploadedFile("list.csv", b"Note,Link\nx,https://a.example/\ny,https://b.example/\n")
    answer = at_desk(client, team.researcher).post(
        address("batch-new"), {"file": file, "label": "", "method": ""}
    )
    batch = CaptureBatch.objects.get()
    assert answer["Location"] == address("batch", pk=batch.pk)
    assert batch.total == 2


def test_an_empty_form_says_what_is_missing_and_keeps_what_was_typed(client: Client, team: Team) -> None:
    answer = at_desk(client, team.researcher).post(address("batch-new"), {"addresses": "", "label": "Kept"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Expected at least one address" in page
    assert "Kept" in page


def test_a_file_that_is_no_list_is_refused(client: Client, team: Team, settings: Any) -> None:
    settings.BATCH_MAX_BYTES = 10
    file = SimpleUploadedFile("list.txt", b"x" * 11)
    answer = at_desk(client, team.researcher).post(address("batch-new"), {"file": file})
    assert answer.status_code == 422


def test_a_viewer_hands_nothing_in_but_follows(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    desk = at_desk(client, team.viewer)
    assert desk.get(address("batch-new")).status_code == 403
    assert desk.post(address("batch-action", pk=batch.pk, deed="cancel")).status_code == 403
    page = desk.get(address("batch", pk=batch.pk)).content.decode()
    assert "Pause" not in page


def test_for_outsiders_there_are_no_batches(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    desk = at_desk(client, team.outsider)
    for name, kwargs in (("batches", {}), ("batch", {"pk": batch.pk}), ("batch-progress", {"pk": batch.pk})):
        assert desk.get(address(name, **kwargs)).status_code == 404


def test_the_list_of_batches_says_how_each_stands(client: Client, team: Team) -> None:
    batch_of(team, "https://a.example/")
    page = at_desk(client, team.viewer).get(address("batches")).content.decode()
    assert "Roofs of May" in page
    assert "under way" in page


def test_progress_is_followed_until_it_is_over(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    desk = at_desk(client, team.viewer)
    assert 'hx-trigger="every 2s"' in desk.get(address("batch-progress", pk=batch.pk)).content.decode()
    batch.captures.update(state="failed", error_code="gone", ended_at=timezone.now())
    assert "hx-trigger" not in desk.get(address("batch-progress", pk=batch.pk)).content.decode()


@pytest.mark.parametrize(("deed", "words"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_batch_is_paused_and_cancelled(client: Client, team: Team, deed: str, words: str) -> None:
    batch = batch_of(team, "https://a.example/")
    desk = at_desk(client, team.researcher)
    page = desk.post(address("batch-action", pk=batch.pk, deed=deed), follow=True).content.decode()
    assert words in page


def test_what_cannot_be_done_is_said(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    desk = at_desk(client, team.researcher)
    page = desk.post(address("batch-action", pk=batch.pk, deed="retry-failed"), follow=True).content.decode()
    assert "Nothing in this batch has failed." in page


def test_an_unknown_deed_is_not_there(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    answer = at_desk(client, team.researcher).post(address("batch-action", pk=batch.pk, deed="forget"))
    assert answer.status_code == 404


def test_captures_are_narrowed_by_batch(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/")
    request_capture(cast.publication(team), actor=team.researcher)
    found = at_desk(client, team.viewer).get(address("captures"), {"batch": str(batch.pk)})
    assert found.context["page"].items == list(batch.captures.all())


def test_a_publication_is_preserved_by_the_method_chosen(client: Client, team: Team) -> None:
    publication = cast.publication(team)
    at_desk(client, team.researcher).post(address("preserve", pk=publication.pk), {"method": "browser"})
    assert publication.captures.get().method == "browser"


def test_a_video_is_preserved_twice_and_followed_on_its_own_page(client: Client, team: Team) -> None:
    publication = cast.publication(team, "https://www.youtube.com/watch?v=abcdefghijk")
    answer = at_desk(client, team.researcher).post(address("preserve", pk=publication.pk))
    assert answer["Location"] == address("publication", pk=publication.pk)
    assert publication.captures.count() == 2


def test_a_capture_is_cancelled_by_a_button(client: Client, team: Team) -> None:
    capture = request_capture(cast.publication(team), actor=team.researcher)
    desk = at_desk(client, team.researcher)
    page = desk.post(address("capture-stop", pk=capture.pk), follow=True).content.decode()
    assert "Somebody cancelled this." in page


def test_a_running_capture_shows_how_far_it_is(client: Client, team: Team) -> None:
    capture = request_capture(cast.publication(team), actor=team.researcher)
    Capture.objects.filter(pk=capture.pk).update(
        state="leased", lease_until=timezone.now(), progress={"stage": "media", "done": 2, "total": 7}
    )
    page = at_desk(client, team.viewer).get(address("capture-status", pk=capture.pk)).content.decode()
    assert "media, 2 of 7" in page


def test_admins_see_the_quarantine_and_release_from_it(client: Client, team: Team) -> None:
    capture = quarantined(team)
    desk = at_desk(client, team.admin)
    assert "A bomb" in desk.get(address("quarantine")).content.decode()
    answer = desk.post(address("release", pk=capture.pk), {"reason": "The decoder was mended"}, follow=True)
    assert answer.status_code == 200
    assert "Nothing is in quarantine." in desk.get(address("quarantine")).content.decode()


def test_releasing_without_a_reason_is_refused(client: Client, team: Team) -> None:
    capture = quarantined(team)
    page = at_desk(client, team.admin).post(address("release", pk=capture.pk), follow=True).content.decode()
    assert "Say why it should be tried again." in page


def test_the_quarantine_is_for_admins(client: Client, team: Team) -> None:
    desk = at_desk(client, team.reviewer)
    assert desk.get(address("quarantine")).status_code == 403
    assert desk.post(address("release", pk=quarantined(team).pk), {"reason": "x"}).status_code == 403


def test_a_superuser_releases_in_the_admin(client: Client, team: Team, root: User) -> None:
    capture, waiting = (
        quarantined(team),
        request_capture(cast.publication(team, "https://a.example/"), actor=team.researcher),
    )
    chosen = {"action": "release", "_selected_action": [str(capture.pk), str(waiting.pk)]}
    answer = at_desk(client, root).post(reverse("admin:sources_capture_changelist"), chosen, follow=True)
    page = answer.content.decode()
    assert "is tried afresh" in page
    assert "Only a quarantined capture can be released" in page
    assert capture.publication.captures.count() == 2


def test_a_label_keeps_its_capitals(client: Client, team: Team) -> None:
    batch = submit_batch(
        team.case, actor=team.researcher, lines=numbered(["https://a.example/"]), label="kyiv NATO list"
    )
    page = at_desk(client, team.viewer).get(address("batch", pk=batch.pk)).content.decode()
    assert "Kyiv NATO list" in page


def test_following_a_batch_reads_nothing_of_the_refused_lines(client: Client, team: Team) -> None:
    batch = batch_of(team, "https://a.example/", "nonsense")
    desk = at_desk(client, team.viewer)
    with CaptureQueriesContext(connection) as queries:
        desk.get(address("batch-progress", pk=batch.pk))
    assert not [query for query in queries.captured_queries if '"refused"' in query["sql"]]
