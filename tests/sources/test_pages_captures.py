"""Pages of captures and the files they kept."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from sources import storage
from sources.models import Capture, CaptureFile, Examination, MediumFacts, StoredFile
from sources.pages.registrations import storage_health
from sources.pages.selectors import telling_captures
from sources.services.captures import request_capture
from sources.services.publications import record_derivation
from sources.services.uploads import upload_whole
from sources.templatetags.sources_tags import seen
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


def ended(team: Team, state: str = "succeeded", verdict: str = "complete", **values: object) -> Capture:
    """A capture as a worker leaves it behind."""
    publication = cast.publication(team, title="A roof")
    return Capture.objects.create(
        investigation=team.case,
        publication=publication,
        requested_by=team.researcher,
        url=publication.url,
        state=state,
        verdict=verdict,
        ended_at=timezone.now(),
        **values,
    )


def stored(tmp_path: Path, content: bytes, media_type: str) -> StoredFile:
    digest = sha256(content).hexdigest()
    path = tmp_path / digest
    path.write_bytes(content)
    storage.keep(path, digest)
    return StoredFile.objects.create(
        sha256=digest, size=len(content), media_type=media_type, stored_at=timezone.now()
    )


@pytest.fixture
def archive(settings: Settings, tmp_path: Path) -> Path:
    """An archive of its own for the test; returns a folder to work in."""
    folder = tmp_path / "archive"
    settings.STORAGES = {
        **settings.STORAGES,
        "archive": {**settings.STORAGES["archive"], "OPTIONS": {"location": str(folder)}},
    }
    return tmp_path


def picture() -> bytes:
    sink = BytesIO()
    Image.new("RGB", (4, 3), "navy").save(sink, "PNG")
    return sink.getvalue()


def kept_picture(team: Team, folder: Path) -> CaptureFile:
    file = stored(folder, picture(), "image/png")
    MediumFacts.objects.create(file=file, thumbnail=file)
    return CaptureFile.objects.create(capture=ended(team), file=file, role="medium")


def test_a_capture_shows_verdict_reasons_and_custody(client: Client) -> None:
    team = cast.team()
    exchange = {
        "url": "https://courier.example/roof",
        "status": 200,
        "remote_address": "192.0.2.7",
        "body_sha256": "ab",
    }
    facts = {"exchanges": [exchange], "tools": {"lxml": "6"}, "failures": []}
    capture = ended(team, verdict="partial", verdict_reasons=["image missing: roof.jpg"], facts=facts)
    client.force_login(team.viewer)
    page = client.get(address("capture", pk=capture.pk)).content.decode()
    for word in ("Partial", "image missing: roof.jpg", "192.0.2.7", "lxml 6"):
        assert word in page


def test_the_story_tells_what_became_of_captures_and_derivations(client: Client) -> None:
    team = cast.team()
    root = cast.publication(team, "https://root.example/1", title="The root")
    relay = cast.publication(team, "https://relay.example/1", title="The relay")
    request_capture(root, actor=team.researcher)
    record_derivation(relay, actor=team.researcher, derives_from=root, kind="relays")
    client.force_login(team.viewer)
    events = client.get(address("changes")).context["events"][:3]
    assert [(event.phrase, event.subject.text) for event in events] == [
        ("recorded a derivation:", "The relay relays The root"),
        ("asked to preserve", "The root"),
        ("logged the publication", "The relay"),
    ]


def test_a_failed_capture_says_why(client: Client) -> None:
    team = cast.team()
    capture = ended(
        team, state="failed", verdict="", error_code="address_refused", error_detail="Not public."
    )
    client.force_login(team.viewer)
    page = client.get(address("capture", pk=capture.pk)).content.decode()
    assert "Not preserved" in page
    assert "address_refused" in page


def test_captures_are_narrowed_by_state_and_verdict(client: Client) -> None:
    team = cast.team()
    failed = ended(team, state="failed", verdict="gone")
    ended(team)
    client.force_login(team.viewer)
    by_state = client.get(address("captures"), {"state": "failed"})
    by_verdict = client.get(address("captures"), {"verdict": "gone"})
    assert by_state.context["page"].items == by_verdict.context["page"].items == [failed]


def test_the_twin_of_a_narrowed_list_is_narrowed_alike(client: Client) -> None:
    team = cast.team()
    ended(team, state="failed", verdict="gone")
    ended(team)
    client.force_login(team.viewer)
    twin = client.get(address("captures"), {"state": "failed"}).context["twin"]
    assert [row["state"] for row in client.get(twin).json()["results"]] == ["failed"]


def test_a_filter_without_matches_offers_everything(client: Client) -> None:
    team = cast.team()
    ended(team)
    client.force_login(team.viewer)
    assert "No capture matches" in client.get(address("captures"), {"state": "failed"}).content.decode()


def test_a_running_capture_is_asked_about_again(client: Client) -> None:
    team = cast.team()
    capture = request_capture(cast.publication(team), actor=team.researcher)
    client.force_login(team.viewer)
    fragment = client.get(address("capture-status", pk=capture.pk)).content.decode()
    assert 'hx-trigger="every 2s"' in fragment
    assert "<html" not in fragment


def test_nothing_is_sent_while_nothing_has_changed(client: Client) -> None:
    team = cast.team()
    capture = request_capture(cast.publication(team), actor=team.researcher)
    client.force_login(team.viewer)
    assert client.get(address("capture-status", pk=capture.pk), {"seen": "queued-0"}).status_code == 204


def test_an_ended_capture_is_not_asked_about_again(client: Client, archive: Path) -> None:
    team = cast.team()
    kept = kept_picture(team, archive)
    client.force_login(team.viewer)
    answer = client.get(address("capture-status", pk=kept.capture_id), {"seen": "leased"})
    fragment = answer.content.decode()
    assert "hx-trigger" not in fragment
    assert "Complete" in fragment
    assert address("thumbnail", pk=kept.pk) in fragment


def test_a_page_goes_on_asking_until_what_was_kept_is_examined(client: Client, archive: Path) -> None:
    team = cast.team()
    kept = kept_picture(team, archive)
    examination = Examination.objects.create(capture=kept.capture)
    client.force_login(team.viewer)
    page = address("capture-status", pk=kept.capture_id)
    fragment = client.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in fragment
    assert "Complete" in fragment
    assert client.get(page, {"seen": seen(kept.capture)}).status_code == 204
    Examination.objects.filter(pk=examination.pk).update(state="succeeded")
    assert "hx-trigger" not in client.get(page, {"seen": seen(kept.capture)}).content.decode()


def test_a_researcher_preserves_again(client: Client) -> None:
    team = cast.team()
    capture = ended(team)
    client.force_login(team.researcher)
    answer = client.post(address("preserve", pk=capture.publication_id))
    newest = Capture.objects.latest("pk")
    assert newest != capture
    assert answer["Location"] == address("capture", pk=newest.pk)


def test_a_viewer_cannot_preserve(client: Client) -> None:
    team = cast.team()
    capture = ended(team)
    client.force_login(team.viewer)
    assert client.post(address("preserve", pk=capture.publication_id)).status_code == 403
    assert Capture.objects.count() == 1


def test_a_picture_is_drawn_under_a_policy_that_runs_nothing(client: Client, archive: Path) -> None:
    team = cast.team()
    kept = kept_picture(team, archive)
    client.force_login(team.viewer)
    with closing(client.get(address("file", pk=kept.pk))) as answer:
        assert b"".join(answer.streaming_content) == picture()  # type: ignore[attr-defined]  # streamed, says the view
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("inline")


def test_a_page_of_strangers_is_only_ever_a_download(client: Client, archive: Path) -> None:
    team = cast.team()
    file = stored(archive, b"<script>alert(1)</script>", "text/html")
    kept = CaptureFile.objects.create(capture=ended(team), file=file, role="page")
    client.force_login(team.viewer)
    with closing(client.get(address("file", pk=kept.pk))) as answer:
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"


def test_a_picture_can_be_downloaded_too(client: Client, archive: Path) -> None:
    team = cast.team()
    kept = kept_picture(team, archive)
    client.force_login(team.viewer)
    with closing(client.get(address("file", pk=kept.pk), {"download": ""})) as answer:
        assert answer["Content-Disposition"].startswith("attachment")


def test_a_thumbnail_is_for_members_only(client: Client, archive: Path) -> None:
    team = cast.team()
    kept = kept_picture(team, archive)
    client.force_login(team.outsider)
    assert client.get(address("thumbnail", pk=kept.pk)).status_code == 404
    client.force_login(team.viewer)
    with closing(client.get(address("thumbnail", pk=kept.pk))) as answer:
        assert answer.status_code == 200


def test_the_capture_under_way_tells_most_then_the_newest_success() -> None:
    team = cast.team()
    succeeded = ended(team)
    ended(team, state="failed", verdict="gone")
    pk = succeeded.publication_id
    assert telling_captures(team.case, [pk])[pk] == succeeded
    running = request_capture(succeeded.publication, actor=team.researcher)
    assert telling_captures(team.case, [pk])[pk] == running


def test_an_archive_that_takes_no_bytes_is_not_healthy(archive: Path) -> None:
    assert storage_health().ok
    (archive / "archive").rmdir()
    (archive / "archive").touch()
    with pytest.raises(OSError, match="exists"):
        storage_health()


def page_of(client: Client, capture: Capture) -> str:
    return client.get(address("capture", pk=capture.pk)).content.decode()


def test_what_failed_is_tried_again_by_the_method_chosen_by_hand(client: Client, team: Team) -> None:
    failed = ended(team, "failed", "gone", method="browser")
    client.force_login(team.researcher)
    assert address("capture-retry", pk=failed.pk) in page_of(client, failed)
    answer = client.post(address("capture-retry", pk=failed.pk))
    fresh = failed.publication.captures.exclude(pk=failed.pk).get()
    assert (fresh.method, answer["Location"]) == ("browser", address("capture", pk=fresh.pk))


def test_a_failed_upload_is_tried_again_from_the_file_that_is_held(
    client: Client, team: Team, settings: Settings, tmp_path: Path
) -> None:
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    publication = cast.publication(team)
    upload = upload_whole(publication, actor=team.researcher, filename="a", pieces=[b"four"], size=4)
    Capture.objects.update(state="failed", ended_at=timezone.now())
    client.force_login(team.researcher)
    client.post(address("capture-retry", pk=upload.capture.pk))
    fresh = publication.captures.exclude(pk=upload.capture.pk).get()
    assert fresh.upload is not None
    assert (fresh.method, fresh.upload.filename) == ("upload", "a")


def test_what_has_not_failed_is_not_tried_again(client: Client, team: Team) -> None:
    capture = ended(team)
    client.force_login(team.researcher)
    page = client.post(address("capture-retry", pk=capture.pk), follow=True).content.decode()
    assert "Only a failed capture can be tried again" in page
    assert capture.publication.captures.count() == 1


def test_trying_again_is_for_researchers(client: Client, team: Team) -> None:
    failed = ended(team, "failed", "gone")
    client.force_login(team.viewer)
    assert "Try again" not in page_of(client, failed)
    assert client.post(address("capture-retry", pk=failed.pk)).status_code == 403
    client.force_login(team.outsider)
    assert client.post(address("capture-retry", pk=failed.pk)).status_code == 404


def test_what_is_in_quarantine_offers_no_second_try(client: Client, team: Team) -> None:
    capture = ended(team, "quarantined", "")
    client.force_login(team.researcher)
    assert "Try again" not in page_of(client, capture)
    page = client.post(address("preserve", pk=capture.publication_id), follow=True).content.decode()
    assert "an admin of the case can release it" in page
    assert capture.publication.captures.count() == 1
    client.force_login(team.admin)
    assert address("quarantine") in page_of(client, capture)


def test_preserving_again_keeps_to_the_method(client: Client, team: Team) -> None:
    capture = ended(team, method="browser")
    client.force_login(team.researcher)
    assert '<input type="hidden" name="method" value="browser">' in page_of(client, capture)


def test_of_each_publication_only_the_telling_capture_is_loaded(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    captures = [ended(team) for _ in range(20)]
    loaded: list[object] = []
    note = partial(_note, loaded)
    post_init.connect(note, sender=Capture)
    try:
        with django_assert_num_queries(2):  # the captures, their files
            telling_captures(team.case, [captures[0].publication_id])
    finally:
        post_init.disconnect(note, sender=Capture)
    assert len(loaded) == 1


def _note(loaded: list[object], instance: object, **_: object) -> None:
    loaded.append(instance)


def test_captures_of_a_state_are_counted_by_an_index(team: Team) -> None:
    publication = cast.publication(team)
    Capture.objects.bulk_create(
        Capture(
            investigation=team.case,
            publication=publication,
            requested_by=team.researcher,
            url="x",
            state=state,
        )
        for state in ["cancelled"] * 2000 + ["failed"] * 5
    )
    rows = team.case.captures.filter(state="failed").order_by()[:1000]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sources_capture")
    assert "capture_list_by_state" in rows.explain()
