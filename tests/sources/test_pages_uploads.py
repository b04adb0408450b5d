"""The form for files that people hold, without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from osint.pages import story
from sources import incoming
from sources.models import Capture, Publication, Upload
from sources.pages.uploads import upload_names
from sources.services.preservation import preserve
from sources.services.uploads import append, begin_upload
from tests import cast

CONTENT = b"%PDF-1.7 " + b"a leaked order " * 1000


@pytest.fixture(autouse=True)
def place(settings: Settings, tmp_path: Path) -> None:
    """A folder of the test's own."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team)


def page_of(publication: Publication) -> str:
    return reverse("publication", kwargs={"slug": publication.investigation.slug, "pk": publication.pk})


def send(client: Client, publication: Publication, name: str = "order.pdf") -> object:
    place = reverse("upload-file", kwargs={"slug": publication.investigation.slug, "pk": publication.pk})
    file = SimpleUploadedFile(name, CONTENT, "text/html")
    return client.post(place, {"file": file, "note": "From a friend"}, follow=True)


def test_form_takes_a_file_whole(client: Client, team: cast.Team, publication: Publication) -> None:
    client.force_login(team.researcher)

    page = client.get(page_of(publication)).content.decode()
    send(client, publication)

    assert 'enctype="multipart/form-data"' in page
    upload = Upload.objects.get()
    assert (upload.filename, upload.note, upload.completed_at is not None) == (
        "order.pdf",
        "From a friend",
        True,
    )
    assert incoming.path_of(upload.pk).read_bytes() == CONTENT


def test_page_lists_what_was_handed_in(client: Client, team: cast.Team, publication: Publication) -> None:
    client.force_login(team.researcher)
    send(client, publication)

    page = client.get(page_of(publication)).content.decode()

    assert "order.pdf" in page
    assert "Waiting for a worker" in page


def test_page_says_how_much_of_an_unfinished_one_arrived(
    client: Client, team: cast.Team, publication: Publication
) -> None:
    upload = begin_upload(publication, actor=team.researcher, filename="long.mp4", size=10_000)
    append(upload, [b"x" * 2048], actor=team.researcher, offset=0)
    client.force_login(team.viewer)

    page = client.get(page_of(publication)).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    assert "2.0 KB arrived" in page


def test_refusal_is_said_on_the_page(
    client: Client, team: cast.Team, publication: Publication, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    client.force_login(team.researcher)
    place = reverse("upload-file", kwargs={"slug": "roofs", "pk": publication.pk})

    page = client.post(place, {"file": SimpleUploadedFile("a", CONTENT)}, follow=True)

    assert "at most 10 bytes" in page.content.decode()
    assert not Upload.objects.exists()


def test_empty_file_is_refused(client: Client, team: cast.Team, publication: Publication) -> None:
    client.force_login(team.researcher)
    place = reverse("upload-file", kwargs={"slug": "roofs", "pk": publication.pk})

    page = client.post(place, {"file": SimpleUploadedFile("a", b"")}, follow=True)

    assert "shows nothing" in page.content.decode()


def test_no_file_is_asked_for_again(client: Client, team: cast.Team, publication: Publication) -> None:
    client.force_login(team.researcher)
    place = reverse("upload-file", kwargs={"slug": "roofs", "pk": publication.pk})

    assert "Choose a file" in client.post(place, follow=True).content.decode()


def test_viewer_sees_no_form_and_sends_nothing(
    client: Client, team: cast.Team, publication: Publication
) -> None:
    client.force_login(team.viewer)
    place = reverse("upload-file", kwargs={"slug": "roofs", "pk": publication.pk})

    assert "data-upload" not in client.get(page_of(publication)).content.decode()
    assert client.post(place, {"file": SimpleUploadedFile("a", CONTENT)}).status_code == 403


def test_outsider_finds_nothing(client: Client, team: cast.Team, publication: Publication) -> None:
    client.force_login(team.outsider)
    place = reverse("upload-file", kwargs={"slug": "roofs", "pk": publication.pk})

    assert client.post(place, {"file": SimpleUploadedFile("a", CONTENT)}).status_code == 404


def test_name_of_a_file_runs_nothing(client: Client, team: cast.Team, publication: Publication) -> None:
    begin_upload(publication, actor=team.researcher, filename="<script>alert(1)</script>.jpg", size=10)
    client.force_login(team.viewer)

    page = client.get(page_of(publication)).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_story_tells_of_uploads(team: cast.Team, publication: Publication) -> None:
    upload = begin_upload(publication, actor=team.researcher, filename="order.pdf", size=10)

    named = upload_names(team.case, {upload.pk})[upload.pk]

    assert named == story.Named("order.pdf", page_of(publication))


def test_capture_page_says_who_handed_in_what(
    client: Client, team: cast.Team, publication: Publication, settings: Settings, tmp_path: Path
) -> None:
    archive = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(tmp_path / "archive")}}
    settings.STORAGES = {**settings.STORAGES, "archive": archive}
    client.force_login(team.researcher)
    send(client, publication)
    capture = Capture.objects.get()
    preserve(capture.pk, worker="here")

    page = client.get(reverse("capture", kwargs={"slug": "roofs", "pk": capture.pk})).content.decode()

    assert "Handed in by roofs-researcher" in page
    assert "They say: From a friend" in page
