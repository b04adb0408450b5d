"""No crash leaves bytes without a row, and no race removes bytes that somebody refers to."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
from django.utils import timezone

from sources import storage
from sources.models import CaptureFile, FilePart, StoredFile
from sources.services.captures import request_capture
from sources.services.files import LocalFile, collect_unreferenced, keep_files, mark_stored, open_stored
from tests import cast, harvests

pytestmark = pytest.mark.django_db

NOTHING: Mapping[str, tuple[bytes, str]] = MappingProxyType({})
LATER, PAST = timedelta(minutes=5), timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def own_archive(archive: Path) -> Path:
    """Each test has an archive of its own."""
    return archive


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


def test_what_was_collected_while_a_slow_disk_wrote_is_kept_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, keep_all, rounds = local(tmp_path), storage.keep_all, list[int]()

    def slowly(files: Sequence[storage.Arriving]) -> None:
        keep_all(files)
        rounds.append(len(files))
        if len(rounds) == 1:
            StoredFile.objects.update(reserved_until=timezone.now() + PAST)
            assert collect_unreferenced() == 1

    monkeypatch.setattr(storage, "keep_all", slowly)
    # So short that each round takes longer than half of it.
    row = keep_files([file], reserve_for=timedelta(microseconds=1))[file.sha256]
    assert rounds == [1, 1]
    assert StoredFile.objects.get() == row
    assert list(storage.kept_digests()) == [file.sha256]


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


def a_site(
    tmp_path: Path, name: str = "work", more: Mapping[str, tuple[bytes, str]] = NOTHING
) -> list[LocalFile]:
    """A web archive of a page with two pictures, and what of it is kept by itself; the archive first."""
    bodies = {
        "/": (b"<!doctype html><p>" + b"seen again " * 2000, "text/html"),
        "/roof.png": (PICTURE, "image/png"),
        "/again.png": (PICTURE, "image/png"),
        "/app.js": (b"let launchers = 3;" * 1000, "text/javascript"),
        "/small.css": (b"p { color: red }", "text/css"),
    }
    return [harvests.local(file) for file in harvests.site(tmp_path / name, bodies | dict(more))]


PICTURE = b"\x89PNG\r\n\x1a\n" + os.urandom(20_000)


def kept_site(tmp_path: Path, name: str = "work") -> StoredFile:
    """The row of a site's web archive that is stored."""
    files = a_site(tmp_path, name)
    rows = keep_files(files, reserve_for=LATER)
    mark_stored(rows.values())
    shutil.rmtree(tmp_path / name)
    row = rows[files[0].sha256]
    row.refresh_from_db()
    return row


def test_a_spliced_file_reads_as_the_whole(tmp_path: Path) -> None:
    row = kept_site(tmp_path)
    with open_stored(row) as whole:
        content = whole.read()
    assert (sha256(content).hexdigest(), len(content)) == (row.sha256, row.size)


def test_a_spliced_file_is_a_web_archive_with_everything_in_it(tmp_path: Path) -> None:
    with open_stored(kept_site(tmp_path)) as whole, zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.read("archive/media.warc").count(PICTURE) == 2


def test_what_is_spliced_in_is_kept_once_and_by_itself(tmp_path: Path, archive: Path) -> None:
    row = kept_site(tmp_path)
    parts = row.parts.select_related("part").order_by("offset")
    assert [part.part.media_type for part in parts] == [
        "text/html",
        "image/png",
        "image/png",
        "text/javascript",
    ]
    frame = archive / storage.frame_name_of(row.sha256)
    assert frame.stat().st_size < row.size - 2 * len(PICTURE)
    assert len(list(storage.kept_names())) == 4


def test_a_part_outlives_the_collector_as_long_as_its_whole(tmp_path: Path) -> None:
    files = a_site(tmp_path)
    refer_to(keep_files(files, reserve_for=PAST)[files[0].sha256])
    assert collect_unreferenced() == 0
    assert len(list(storage.kept_names())) == 4


def test_an_unreferenced_whole_is_collected_and_its_parts_after_it(tmp_path: Path) -> None:
    keep_files(a_site(tmp_path), reserve_for=PAST)
    assert (collect_unreferenced(), collect_unreferenced()) == (1, 3)
    assert list(storage.kept_names()) == []
    assert not FilePart.objects.exists()


def test_a_web_archive_that_comes_back_by_hand_is_not_kept_twice(tmp_path: Path) -> None:
    row = kept_site(tmp_path)
    copy = tmp_path / "copy.wacz"
    with open_stored(row) as whole:
        copy.write_bytes(whole.read())
    again = keep_files([LocalFile(copy, row.sha256, row.size, row.media_type)], reserve_for=LATER)
    assert again[row.sha256] == row
    assert not storage.archive().exists(storage.name_of(row.sha256))


def test_a_missing_frame_is_noticed_on_opening(tmp_path: Path) -> None:
    row = kept_site(tmp_path)
    storage.drop(row.sha256)
    with pytest.raises(FileNotFoundError):
        open_stored(row)


def test_the_number_of_queries_does_not_grow_with_the_files(
    tmp_path: Path, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    many = {f"/{number}.png": (PICTURE + bytes([number]), "image/png") for number in range(100)}
    files = a_site(tmp_path, more=many)
    with django_assert_num_queries(5):  # savepoint, rows in, rows out, parts in, end
        rows = keep_files(files, reserve_for=LATER)
    assert len(rows) == 104
    with django_assert_num_queries(1):
        mark_stored(rows.values())


def test_the_same_page_ten_times_costs_little_more_than_once(tmp_path: Path, archive: Path) -> None:
    media = {f"/{number}.jpg": (os.urandom(100_000), "image/jpeg") for number in range(5)}
    page = {
        "/": (b"<!doctype html><p>" + b"seen again on the roof " * 1740, "text/html"),
        **media,
        "/style.css": (b"p { margin: 0 } " * 1250, "text/css"),
        "/app.js": (b"document.title = 'roof'; " * 1200, "text/javascript"),
        "/video.mp4": (os.urandom(1_000_000), "video/mp4"),
    }
    costs = []
    for day in range(10):
        files = [harvests.local(file) for file in harvests.site(tmp_path / str(day), page)]
        mark_stored(keep_files(files, reserve_for=LATER).values())
        costs.append(sum(path.stat().st_size for path in archive.rglob("*") if path.is_file()))
    assert costs[0] > 1_550_000
    assert costs[9] < 1.2 * costs[0]
    assert StoredFile.objects.filter(is_spliced=True).count() == 10
