"""Taking in files that people hold."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from osint.models import JobState, User
from sources import incoming, storage
from sources.incoming import UploadBusyError, UploadGoneError
from sources.models import Capture, Publication, Upload
from sources.selectors import quarantined_in
from sources.services import uploads
from sources.services.captures import retry_capture
from sources.services.preservation import preserve
from sources.services.uploads import Checksum, append, begin_upload, cancel_upload, clear_uploads
from tests import cast
from tests.records import actions_on

CONTENT = b"\xff\xd8\xff\xe0 not quite a picture, but it begins like one" * 100


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    """Folders of the test's own."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    archive = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(tmp_path / "archive")}}
    settings.STORAGES = {**settings.STORAGES, "archive": archive}


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team)


def begun(publication: Publication, actor: User, **values: object) -> Upload:
    given: dict[str, object] = {"filename": "roof.jpg", "size": len(CONTENT)} | values
    return begin_upload(publication, actor=actor, **given)  # type: ignore[arg-type]  # as the tests give them


@pytest.fixture
def upload(team: cast.Team, publication: Publication) -> Upload:
    return begun(publication, team.researcher, note="From a neighbour")


def sent(upload: Upload, content: bytes = CONTENT, offset: int = 0, **options: object) -> Upload:
    return append(upload, [content], actor=upload.uploaded_by, offset=offset, **options)  # type: ignore[arg-type]  # as above


def lying(upload: Upload) -> bytes:
    return incoming.path_of(upload.pk).read_bytes()


def stored(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def test_pieces_add_up_to_the_file(upload: Upload) -> None:
    sent(upload, CONTENT[:1000])
    sent(upload, CONTENT[1000:], offset=1000)

    assert lying(upload) == CONTENT
    assert stored(upload).completed_at is not None


def test_last_byte_asks_for_a_capture(upload: Upload) -> None:
    sent(upload)

    capture = Capture.objects.get(upload=upload)
    assert (capture.method, capture.state, capture.publication) == ("upload", "queued", upload.publication)


def test_the_way_of_an_upload_is_on_record(upload: Upload) -> None:
    sent(upload)

    assert actions_on(upload) == ["upload.begun", "upload.completed"]


def test_unfinished_upload_asks_for_nothing(upload: Upload) -> None:
    sent(upload, CONTENT[:-1])

    assert not Capture.objects.exists()
    assert stored(upload).received == len(CONTENT) - 1


def test_bytes_from_another_offset_are_refused(upload: Upload) -> None:
    sent(upload, CONTENT[:1000])

    with pytest.raises(uploads.WrongOffsetError, match="offset 1000 on, got offset 10"):
        sent(upload, CONTENT[10:], offset=10)


def test_bytes_of_a_completed_upload_stay(upload: Upload) -> None:
    sent(upload)

    with pytest.raises(uploads.WrongOffsetError):
        sent(upload, b"more", offset=len(CONTENT))
    assert lying(upload) == CONTENT


def test_more_bytes_than_announced_are_refused(upload: Upload) -> None:
    with pytest.raises(uploads.UploadTooLargeError):
        sent(upload, CONTENT + b"!")

    assert stored(upload).received == 0


def test_what_was_never_acknowledged_is_written_over(upload: Upload) -> None:
    """A server that dies between writing and telling leaves bytes that the client sends again."""
    sent(upload, CONTENT[:1000])
    with incoming.path_of(upload.pk).open("ab") as file:
        file.write(b"written, but nobody was told")

    sent(upload, CONTENT[1000:], offset=1000)

    assert lying(upload) == CONTENT


def test_broken_request_keeps_what_arrived(upload: Upload) -> None:
    def broken() -> Iterator[bytes]:
        yield CONTENT[:700]

    append(upload, broken(), actor=upload.uploaded_by, offset=0)

    assert stored(upload).received == 700


def test_long_request_is_acknowledged_on_the_way(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash of ours can cost is bounded."""
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", 1000)
    seen = []

    def pieces() -> Iterator[bytes]:
        for start in range(0, 3000, 500):
            seen.append(stored(upload).received)
            yield CONTENT[start : start + 500]

    append(upload, pieces(), actor=upload.uploaded_by, offset=0)

    assert seen == [0, 0, 1000, 1000, 2000, 2000]


def test_two_requests_at_once_do_not_mix(upload: Upload) -> None:
    def slow() -> Iterator[bytes]:
        yield CONTENT[:10]
        with pytest.raises(UploadBusyError):
            sent(upload, b"in between")
        yield CONTENT[10:20]

    append(upload, slow(), actor=upload.uploaded_by, offset=0)

    assert lying(upload) == CONTENT[:20]


def test_matching_checksum_of_a_request_is_accepted(upload: Upload) -> None:
    sent(upload, CONTENT[:100], checksum=Checksum("sha1", hashlib.sha1(CONTENT[:100]).digest()))

    assert stored(upload).received == 100


def test_wrong_checksum_of_a_request_keeps_nothing_of_it(upload: Upload) -> None:
    sent(upload, CONTENT[:100])

    with pytest.raises(uploads.ChecksumError):
        sent(upload, CONTENT[100:], offset=100, checksum=Checksum("sha256", b"\0" * 32))

    sent(upload, CONTENT[100:], offset=100)
    assert lying(upload) == CONTENT


def test_file_as_announced_is_completed(team: cast.Team, publication: Publication) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest().upper()

    assert sent(begun(publication, team.researcher, sha256=digest)).completed_at is not None


def test_another_file_than_announced_begins_again(team: cast.Team, publication: Publication) -> None:
    upload = begun(publication, team.researcher, sha256=hashlib.sha256(b"another").hexdigest())

    with pytest.raises(uploads.ChecksumError):
        sent(upload)

    assert (stored(upload).received, stored(upload).completed_at) == (0, None)
    assert not Capture.objects.exists()


def test_only_whoever_began_goes_on(upload: Upload, team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        append(upload, [CONTENT], actor=team.reviewer, offset=0)


def test_outsider_finds_no_upload(upload: Upload, team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        append(upload, [CONTENT], actor=team.outsider, offset=0)


def test_viewer_begins_none(publication: Publication, team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        begun(publication, team.viewer)


def test_too_large_a_file_is_refused(publication: Publication, team: cast.Team, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10

    with pytest.raises(uploads.UploadTooLargeError, match="at most 10 bytes, got 11"):
        begun(publication, team.researcher, size=11)


def test_empty_file_is_refused(publication: Publication, team: cast.Team) -> None:
    with pytest.raises(ValidationError, match="shows nothing"):
        begun(publication, team.researcher, size=0)


def test_file_larger_than_the_disk_is_refused(
    publication: Publication, team: cast.Team, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 2**62

    with pytest.raises(uploads.UploadStorageError):
        begun(publication, team.researcher, size=2**61)


def test_unfinished_uploads_of_one_person_are_few(
    publication: Publication, team: cast.Team, settings: Settings
) -> None:
    settings.UPLOAD_MAX_OPEN = 2
    begun(publication, team.researcher)
    sent(begun(publication, team.researcher))
    begun(publication, team.researcher)

    with pytest.raises(uploads.TooManyUploadsError):
        begun(publication, team.researcher)


def test_name_is_never_a_path(publication: Publication, team: cast.Team) -> None:
    upload = begun(publication, team.researcher, filename="../../etc/passwd")

    assert incoming.path_of(upload.pk).name == upload.pk.hex


def test_name_cannot_turn_itself_round(publication: Publication, team: cast.Team) -> None:
    assert begun(publication, team.researcher, filename="roof\u202egpj.exe").filename == "roof\ufffdgpj.exe"


def test_cancelled_upload_leaves_nothing(upload: Upload, team: cast.Team) -> None:
    sent(upload, b"some")

    cancel_upload(upload, actor=team.researcher)

    assert not Upload.objects.exists()
    assert not incoming.path_of(upload.pk).exists()
    assert actions_on(upload) == ["upload.begun", "upload.cancelled"]


def test_completed_upload_is_not_cancelled(upload: Upload, team: cast.Team) -> None:
    with pytest.raises(ConflictError):
        cancel_upload(sent(upload), actor=team.researcher)


def test_expired_upload_is_gone(upload: Upload) -> None:
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(UploadGoneError):
        sent(upload)


def test_expired_upload_is_cleared_away_and_said_so(upload: Upload) -> None:
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert clear_uploads() == 1

    assert not incoming.path_of(upload.pk).exists()
    assert actions_on(upload) == ["upload.begun", "upload.expired"]


def test_unfinished_upload_in_its_time_stays(upload: Upload) -> None:
    assert clear_uploads() == 0
    assert sent(upload).completed_at is not None


def test_upload_that_is_being_sent_is_not_cleared_away(upload: Upload) -> None:
    def pieces() -> Iterator[bytes]:
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert clear_uploads() == 0
        yield CONTENT

    append(upload, pieces(), actor=upload.uploaded_by, offset=0)

    assert lying(upload) == CONTENT


def test_completed_upload_never_expires(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(upload)
    Upload.objects.update(expires_at=timezone.now() - timedelta(days=400))
    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))

    assert clear_uploads() == 0
    assert lying(upload) == CONTENT


def test_file_of_nobody_is_cleared_away(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = uuid4()
    incoming.create(stray)
    assert clear_uploads() == 0  # it may be about to get its row

    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))
    assert clear_uploads() == 1
    assert not incoming.path_of(stray).exists()


def carried_out(upload: Upload) -> Capture:
    capture = Capture.objects.get(upload=upload)
    preserve(capture.pk, worker="here")
    capture.refresh_from_db()
    return capture


def test_capture_keeps_the_bytes_as_they_came(upload: Upload) -> None:
    sent(upload)

    capture = carried_out(upload)

    medium = capture.kept.get(role="medium").file
    assert (capture.state, capture.verdict) == (JobState.SUCCEEDED, "complete"), capture.error_detail
    assert (medium.sha256, medium.media_type) == (hashlib.sha256(CONTENT).hexdigest(), "image/jpeg")
    with storage.read(medium.sha256) as file:
        assert file.read() == CONTENT


def test_preserved_upload_lies_in_the_archive_alone(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(upload)
    carried_out(upload)
    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))

    assert clear_uploads() == 1
    assert not incoming.path_of(upload.pk).exists()


def test_lost_bytes_fail_the_capture_for_good(upload: Upload) -> None:
    sent(upload)
    incoming.drop(upload.pk)

    assert carried_out(upload).error_code == "upload_changed"


def test_failed_capture_of_an_upload_is_tried_again_with_the_same_bytes(upload: Upload) -> None:
    sent(upload)
    Capture.objects.update(state=JobState.FAILED)
    failed = Capture.objects.get(upload=upload)

    fresh = retry_capture(failed, actor=upload.uploaded_by)

    assert fresh.upload is not None
    assert carried_out(fresh.upload).state == JobState.SUCCEEDED


def ended(upload: Upload, state: str) -> Capture:
    Capture.objects.filter(upload=upload).update(state=state, ended_at=timezone.now())
    return Capture.objects.get(upload=upload)


def test_bytes_whose_capture_was_cancelled_are_freed(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(upload)
    ended(upload, "cancelled")
    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))

    assert clear_uploads() == 1
    assert not incoming.path_of(upload.pk).exists()


@pytest.mark.parametrize("state", ["queued", "failed", "quarantined"])
def test_bytes_that_may_be_preserved_yet_stay(
    upload: Upload, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(upload)
    Capture.objects.update(state=state)
    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))

    assert clear_uploads() == 0
    assert lying(upload) == CONTENT


def test_of_a_file_that_is_tried_again_only_the_newest_upload_holds_the_bytes(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(upload)
    fresh = retry_capture(ended(upload, "failed"), actor=upload.uploaded_by)
    assert fresh.upload is not None
    monkeypatch.setattr(uploads, "BEGINNING", timedelta(0))

    assert clear_uploads() == 1
    assert not incoming.path_of(upload.pk).exists()
    carried_out(fresh.upload)
    assert clear_uploads() == 1
    assert not incoming.path_of(fresh.upload.pk).exists()


def test_second_file_of_a_publication_hides_no_quarantine(upload: Upload, publication: Publication) -> None:
    sent(upload)
    dangerous = ended(upload, "quarantined")
    sent(begun(publication, upload.uploaded_by, filename="another.jpg"))

    assert list(quarantined_in(publication.investigation)) == [dangerous]


def test_file_in_quarantine_has_no_way_around(upload: Upload) -> None:
    sent(upload)
    failed = ended(upload, "failed")
    again = retry_capture(failed, actor=upload.uploaded_by)
    assert again.upload is not None
    ended(again.upload, "quarantined")

    with pytest.raises(ValidationError) as refused:
        retry_capture(failed, actor=upload.uploaded_by)
    assert refused.value.code == "capture_quarantined"


def test_trying_an_upload_again_twice_asks_once(upload: Upload) -> None:
    sent(upload)
    failed = ended(upload, "failed")

    assert retry_capture(failed, actor=upload.uploaded_by) == retry_capture(failed, actor=upload.uploaded_by)


def test_bytes_that_have_just_got_a_second_name_do_not_count_as_old(upload: Upload) -> None:
    sent(upload)
    two_days_ago = time.time() - 2 * 86400
    os.utime(incoming.path_of(upload.pk), (two_days_ago, two_days_ago))
    second = uuid4()
    incoming.share(upload.pk, second)

    assert incoming.lying(timedelta(hours=1)) == []
