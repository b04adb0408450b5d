"""Media search as API and page."""

from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from PIL import Image

from benchmarks import drawing
from sources.archiving.examining.examiner import ExaminerError
from sources.archiving.examining.looks import look_of
from sources.archiving.examining.pictures import shrunk
from sources.archiving.examining.tasks import Look
from sources.models import CaptureFile, MediumFacts
from sources.services import picture_uploads
from tests import cast
from tests.clients import client_of, errors_of, in_case
from tests.pictured import keep, look, stored


def saved(image: Image.Image, name: str = "a.png") -> SimpleUploadedFile:
    sink = BytesIO()
    image.save(sink, "PNG")
    return SimpleUploadedFile(name, sink.getvalue(), "image/png")


def drawn_look(seed: int) -> Look:
    found = look_of(shrunk(drawing.picture(seed)))
    assert found is not None
    return found


@pytest.fixture
def kept(team: cast.Team) -> CaptureFile:
    """A picture of the case."""
    return keep(team, stored("ours", drawn_look(0)))


def searched(team: cast.Team, **form: SimpleUploadedFile) -> Any:
    body = encode_multipart(BOUNDARY, form)
    return client_of(team.viewer).post(
        in_case(team.case, "pictures/search/"), body, content_type=MULTIPART_CONTENT
    )


def page(**query: str) -> str:
    return reverse("pictures", kwargs={"slug": "roofs"}) + "".join(
        f"?{key}={value}" for key, value in query.items()
    )


def test_a_picture_finds_where_it_has_been_seen(team: cast.Team, kept: CaptureFile) -> None:
    keep(team, stored("another", drawn_look(1)))
    (match,) = searched(team, picture=saved(drawing.picture(0))).json()["matches"]
    assert (match["words"], match["investigation"], match["times"]) == ("same picture", "roofs", 1)
    assert match["file"]["id"] == str(kept.pk)
    assert match["publication"]["id"] == str(kept.capture.publication_id)


def test_nothing_of_the_picture_is_kept(
    team: cast.Team, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert searched(team, picture=saved(drawing.picture(0))).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_is_none_is_refused(team: cast.Team) -> None:
    answer = searched(team, picture=SimpleUploadedFile("a.png", b"no picture"))
    assert errors_of(answer) == {"picture": "picture_unreadable"}


def test_a_plain_picture_is_refused(team: cast.Team) -> None:
    assert errors_of(searched(team, picture=saved(Image.new("RGB", (90, 90))))) == {
        "picture": "picture_too_plain"
    }


def test_a_picture_that_is_too_large_is_refused(team: cast.Team, settings: Any) -> None:
    settings.PICTURE_SEARCH_MAX_BYTES = 1000
    noise = Image.effect_noise((90, 90), 90)
    assert errors_of(searched(team, picture=saved(noise))) == {"picture": "picture_too_large"}


def test_a_request_that_is_too_long_is_refused_unread(team: cast.Team, settings: Any) -> None:
    settings.PICTURE_SEARCH_MAX_BYTES = 1000
    answer = searched(team, picture=SimpleUploadedFile("a.png", bytes(200_000)))
    assert (answer.status_code, answer.json()["code"]) == (413, "picture_too_large")


def test_who_would_wait_long_is_told_to_come_back(team: cast.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_uploads, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(picture_uploads, "PATIENCE_SECONDS", 0.01)
    with picture_uploads._turns:
        answer = searched(team, picture=saved(drawing.picture(0)))
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "30")


def test_a_request_without_a_picture_is_refused(team: cast.Team) -> None:
    assert errors_of(searched(team)) == {"picture": "required"}


def test_a_kept_picture_finds_others_like_it(team: cast.Team, kept: CaptureFile) -> None:
    other = keep(team, stored("a copy", drawn_look(0)))
    matches = client_of(team.viewer).get(in_case(team.case, f"files/{kept.pk}/alike/")).json()["matches"]
    assert [match["file"]["id"] for match in matches] == [str(other.pk)]


def test_another_cases_file_is_not_there(team: cast.Team, others: cast.Team) -> None:
    foreign = keep(others, stored("theirs", look(0)))
    assert client_of(team.viewer).get(in_case(team.case, f"files/{foreign.pk}/alike/")).status_code == 404


def test_a_file_says_what_it_claims_of_itself(team: cast.Team, kept: CaptureFile) -> None:
    MediumFacts.objects.create(
        file=kept.file,
        taken="2023-01-19T14:05:07+03:00",
        latitude=55.7278,
        longitude=37.5919,
        device="Maker M",
    )
    facts = client_of(team.viewer).get(in_case(team.case, f"files/{kept.pk}/")).json()["facts"]
    assert (facts["taken"], facts["latitude"], facts["device"]) == (
        "2023-01-19T14:05:07+03:00",
        55.7278,
        "Maker M",
    )


def test_a_file_that_waits_to_be_examined_has_no_facts(team: cast.Team, kept: CaptureFile) -> None:
    assert client_of(team.viewer).get(in_case(team.case, f"files/{kept.pk}/")).json()["facts"] is None


@pytest.fixture
def browser(client: Client, team: cast.Team) -> Client:
    client.force_login(team.viewer)
    return client


def test_the_page_says_what_it_is_for(browser: Client) -> None:
    assert "is searched" in browser.get(page()).content.decode()


def test_the_page_shows_matches_of_this_case_apart_from_those_of_others(
    browser: Client, team: cast.Team, others: cast.Team, kept: CaptureFile
) -> None:
    cast.let_in(others, team.viewer)
    theirs = keep(others, stored("theirs", drawn_look(0)))
    answer = browser.post(page(), {"picture": saved(drawing.picture(0))})
    assert [match.kept for match in answer.context["here"]] == [kept]
    assert [match.kept for match in answer.context["elsewhere"]] == [theirs]
    shown = answer.content.decode()
    assert "same picture" in shown
    assert reverse("capture", kwargs={"slug": "fields", "pk": theirs.capture_id}) in shown


def test_the_page_comes_from_a_kept_file_too(browser: Client, team: cast.Team, kept: CaptureFile) -> None:
    other = keep(team, stored("a copy", drawn_look(0)))
    answer = browser.get(page(file=str(kept.pk)))
    assert [match.kept for match in answer.context["here"]] == [other]
    assert answer.context["twin"] == f"/api/v1/investigations/roofs/files/{kept.pk}/alike/"


def test_the_page_says_when_nothing_looks_like_it(browser: Client, kept: CaptureFile) -> None:
    assert "Nothing in this case looks like it" in browser.get(page(file=str(kept.pk))).content.decode()


def test_the_page_says_when_a_file_waits_to_be_examined(browser: Client, team: cast.Team) -> None:
    waiting = keep(team, stored("waiting"))
    assert "It has not been examined yet" in browser.get(page(file=str(waiting.pk))).content.decode()


def test_the_page_says_when_a_file_is_too_plain(browser: Client, team: cast.Team) -> None:
    plain = keep(team, stored("plain"))
    MediumFacts.objects.create(file=plain.file)
    assert "too little to see" in browser.get(page(file=str(plain.pk))).content.decode()


@pytest.mark.parametrize("asked", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_file_that_is_not_there_is_not_found(browser: Client, asked: str) -> None:
    assert browser.get(page(file=asked)).status_code == 404


def test_the_page_says_beside_the_field_what_is_wrong(browser: Client) -> None:
    answer = browser.post(page(), {"picture": SimpleUploadedFile("a.png", b"no picture")})
    assert answer.status_code == 422
    assert "no picture that can be read" in answer.content.decode()


def test_the_page_asks_for_a_picture(browser: Client) -> None:
    assert browser.post(page(), {}).status_code == 422


def test_the_page_survives_an_examiner_that_does_not_start(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ExaminerError("expected an examining process to start, it did not")

    monkeypatch.setattr("sources.pages.pictures.look_at", broken)
    answer = browser.post(page(), {"picture": saved(drawing.picture(0))})
    assert answer.status_code == 422
    assert "at this moment" in answer.content.decode()


def test_an_outsider_has_no_such_page(client: Client, team: cast.Team) -> None:
    client.force_login(team.outsider)
    assert client.get(page()).status_code == 404


def test_a_capture_shows_what_its_media_say_of_themselves(browser: Client, kept: CaptureFile) -> None:
    MediumFacts.objects.create(
        file=kept.file,
        thumbnail=kept.file,
        taken="2023-01-19",
        latitude=55.7278,
        longitude=37.5919,
        device="Maker M",
    )
    shown = browser.get(reverse("capture", kwargs={"slug": "roofs", "pk": kept.capture_id})).content.decode()
    for words in ("19 January 2023", "55.72780, 37.59190", "Maker M", page(file=str(kept.pk))):
        assert words in shown
