"""Preserved files are handed out in parts, as players and the replay of web archives ask for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from osint.errors import NotFoundError
from sources import storage
from sources.files import stored_response
from sources.models import CaptureFile, StoredFile
from sources.ranges import requested_range
from sources.services.captures import request_capture
from sources.services.files import LocalFile, keep_files
from tests import cast, harvests
from tests.clients import client_of, in_case

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-499", range(500)),
        ("bytes=500-999", range(500, 1000)),
        ("bytes=-500", range(500, 1000)),
        ("bytes=9500-", range(9500, 9500)),
        ("bytes=990-", range(990, 1000)),
        ("bytes=0-0", range(1)),
        ("bytes=999-5000", range(999, 1000)),
        ("bytes=-5000", range(1000)),
        ("bytes=-0", range(1000, 1000)),
        ("Bytes=1-2", range(1, 3)),
        (" bytes= 1 - 2 ", range(1, 3)),
        ("", None),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=0-" + "9" * 40, None),
    ],
)
def test_a_range_header_is_read_as_the_standard_says(header: str, expected: range | None) -> None:
    assert requested_range(header, SIZE) == expected


@given(st.text(), st.integers(0, 10_000))
def test_whatever_is_asked_for_lies_in_the_file(header: str, size: int) -> None:
    asked = requested_range(f"bytes={header}", size)
    assert not asked or (0 <= asked.start < asked.stop <= size)


@pytest.fixture
def content() -> bytes:
    return os.urandom(300_000)


@pytest.fixture
def file(db: None, archive: Path, tmp_path: Path, content: bytes) -> StoredFile:
    path = tmp_path / "local"
    path.write_bytes(content)
    digest = sha256(content).hexdigest()
    kept = keep_files([LocalFile(path, digest, len(content), "video/mp4")], reserve_for=timedelta(minutes=5))
    return kept[digest]


@pytest.fixture(autouse=True)
def keep_connection() -> Iterator[None]:
    """The end of a response is the end of a request, which would close the test's connection to the database."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def body(response: Any) -> bytes:
    with closing(response):
        read: bytes = response.getvalue()
    return read


def test_without_a_range_all_of_it_comes(file: StoredFile, content: bytes) -> None:
    response = stored_response(file)
    assert (response.status_code, response["Accept-Ranges"]) == (200, "bytes")
    assert body(response) == content


def test_a_part_is_named_and_counted(file: StoredFile, content: bytes) -> None:
    response = stored_response(file, headers={"Range": "bytes=100000-199999"})
    assert response.status_code == 206
    assert response["Content-Range"] == "bytes 100000-199999/300000"
    assert response["Content-Length"] == "100000"
    assert body(response) == content[100_000:200_000]


def test_what_lies_behind_the_end_cannot_be_had(file: StoredFile) -> None:
    response = stored_response(file, headers={"Range": "bytes=300000-"})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */300000")
    assert body(response) == b""


def test_a_part_of_the_same_file_goes_on(file: StoredFile) -> None:
    headers = {"Range": "bytes=-5", "If-Range": f'"{file.sha256}"'}
    response = stored_response(file, headers=headers)
    assert (response.status_code, len(body(response))) == (206, 5)


@pytest.mark.parametrize("validator", ['"another"', 'W/"weak"', "Thu, 19 Jan 2023 12:00:00 GMT"])
def test_a_part_of_another_file_is_answered_with_the_whole(file: StoredFile, validator: str) -> None:
    response = stored_response(file, headers={"Range": "bytes=-5", "If-Range": validator})
    assert (response.status_code, len(body(response))) == (200, 300_000)


def test_a_part_that_nobody_reads_leaves_nothing_open(file: StoredFile) -> None:
    stored_response(file, headers={"Range": "bytes=0-1"}).close()


def test_a_part_of_a_spliced_file_may_lie_across_what_is_spliced_in(
    db: None, archive: Path, tmp_path: Path
) -> None:
    pictures = {f"/{number}.png": (os.urandom(20_000), "image/png") for number in range(3)}
    files = harvests.site(tmp_path / "work", {"/": (b"<!doctype html>", "text/html"), **pictures})
    row = keep_files(map(harvests.local, files), reserve_for=timedelta(minutes=5))[files[0].sha256]
    whole = body(stored_response(row))
    splice = files[0].splices[1]
    for start, end in [
        (splice.offset - 50, splice.offset + 20_050),
        (0, row.size),
        (splice.offset, row.size),
    ]:
        response = stored_response(row, headers={"Range": f"bytes={start}-{end - 1}"})
        assert body(response) == whole[start:end]


def test_bytes_that_are_gone_are_not_found(file: StoredFile) -> None:
    storage.drop(file.sha256)
    with pytest.raises(NotFoundError):
        stored_response(file)


@pytest.mark.parametrize("by", ["api", "page"])
def test_members_can_ask_for_parts(
    file: StoredFile, content: bytes, team: cast.Team, client: Client, by: str
) -> None:
    capture = request_capture(cast.publication(team), actor=team.researcher)
    kept = CaptureFile.objects.create(capture=capture, file=file, role="medium")
    names = {"slug": team.case.slug, "pk": kept.pk}
    address = (
        in_case(team.case, f"files/{kept.pk}/content/") if by == "api" else reverse("file", kwargs=names)
    )
    client.force_login(team.viewer)
    reader = client_of(team.viewer) if by == "api" else client
    response = reader.get(address, headers={"Range": "bytes=10-19"})
    assert (response.status_code, body(response)) == (206, content[10:20])
