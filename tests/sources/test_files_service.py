"""No crash leaves bytes without a row, and no race removes bytes that somebody refers to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import timezone

from sources import storage
from sources.models import CaptureFile, StoredFile
from sources.services.captures import request_capture
from sources.services.files import LocalFile, collect_unreferenced, keep_files, mark_stored
from tests import cast

pytestmark = pytest.mark.django_db

LATER, PAST = timedelta(minutes=5), timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def empty_archive() -> Iterator[None]:
    yield
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def local(tmp_path: Path, content: bytes = b"a picture") -> LocalFile:
    path = tmp_path / sha256(content).hexdigest()
    path.write_bytes(content)
    return LocalFile(path, path.name, len(content), "image/png", width=3, height=2)


def refer_to(file: StoredFile) -> None:
    team = cast.team()
    capture = request_capture(cast.publication(team), actor=team.researcher)
    CaptureFile.objects.create(capture=capture, file=file, role="medium")


def test_a_kept_file_has_a_row_that_is_reserved_until_something_refers_to_it(tmp_path: Path) -> None:
    file = local(tmp_path)
    row = keep_files([file], reserve_for=LATER)[file.sha256]
    assert (row.size, row.media_type, row.width, row.stored_at) == (9, "image/png", 3, None)
    mark_stored([row])
    row.refresh_from_db()
    assert row.stored_at is not None


def test_the_same_bytes_share_a_row(tmp_path: Path) -> None:
    file = local(tmp_path)
    assert keep_files([file, file], reserve_for=LATER) == keep_files([file], reserve_for=LATER)
    assert StoredFile.objects.count() == 1


def test_what_nothing_refers_to_is_collected_when_its_reservation_is_over(tmp_path: Path) -> None:
    keep_files([local(tmp_path)], reserve_for=PAST)
    assert collect_unreferenced() == 1
    assert not StoredFile.objects.exists()
    assert list(storage.kept_digests()) == []


def test_a_running_reservation_is_not_collected(tmp_path: Path) -> None:
    keep_files([local(tmp_path)], reserve_for=LATER)
    assert collect_unreferenced() == 0


def test_what_a_capture_refers_to_is_never_collected(tmp_path: Path) -> None:
    file = local(tmp_path)
    refer_to(keep_files([file], reserve_for=PAST)[file.sha256])
    assert collect_unreferenced() == 0
    assert list(storage.kept_digests()) == [file.sha256]


def test_keeping_again_extends_the_reservation(tmp_path: Path) -> None:
    file = local(tmp_path)
    keep_files([file], reserve_for=PAST)
    row = keep_files([file], reserve_for=LATER)[file.sha256]
    assert row.reserved_until > timezone.now()
    assert collect_unreferenced() == 0


def test_a_reservation_whose_bytes_never_came_is_collected(tmp_path: Path) -> None:
    file = local(tmp_path)
    keep_files([file], reserve_for=PAST)
    storage.drop(file.sha256)
    assert collect_unreferenced() == 1
