"""Sending files over the API, whole and in pieces."""

from __future__ import annotations

import hashlib
import socket
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from sources import incoming
from sources.models import Capture, Publication, Upload
from tests import cast
from tests.clients import client_of, errors_of, in_case, token_of
from tests.processes import wait_until

CONTENT = b"%PDF-1.7 a leaked order, in part" * 1000
BYTES = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def place(settings: Settings, tmp_path: Path) -> None:
    """A folder of the test's own."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team)


@pytest.fixture
def client(team: cast.Team) -> APIClient:
    return client_of(team.researcher)


def announce(client: APIClient, publication: Publication, **values: Any) -> Any:
    body = {"publication": str(publication.pk), "filename": "order.pdf", "size": len(CONTENT)} | values
    return client.post(in_case(publication.investigation, "uploads/"), body)


def send(client: APIClient, place: str, content: bytes, offset: object, **headers: str) -> Any:
    named: Any = {"Upload-Offset": str(offset), **{k.replace("_", "-"): v for k, v in headers.items()}}
    given: Any = content  # the stubs know text only
    return client.generic("PATCH", place, given, BYTES, headers=named)


def test_announcing_says_where_to_send(client: APIClient, publication: Publication) -> None:
    answer = announce(client, publication)

    assert answer.status_code == 201
    assert answer["Location"] == in_case(publication.investigation, f"uploads/{answer.json()['id']}/")
    assert (answer["Upload-Offset"], answer["Tus-Resumable"]) == ("0", "1.0.0")


def test_announcing_in_headers_is_the_same(client: APIClient, publication: Publication) -> None:
    said = {"publication": str(publication.pk), "filename": "приказ.pdf", "note": "From a friend"}
    metadata = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in said.items())
    headers: Any = {"Upload-Length": "10", "Upload-Metadata": metadata, "Tus-Resumable": "1.0.0"}

    answer = client.generic("POST", in_case(publication.investigation, "uploads/"), headers=headers)

    assert answer.status_code == 201, answer.content
    upload = Upload.objects.get()
    assert (upload.filename, upload.size, upload.note) == ("приказ.pdf", 10, "From a friend")


@pytest.mark.parametrize("metadata", ["filename not-base64!", "filename /w==", "filename", ""])
def test_bad_metadata_is_refused(metadata: str, client: APIClient, publication: Publication) -> None:
    headers: Any = {"Upload-Length": "10", "Upload-Metadata": metadata}

    answer = client.generic("POST", in_case(publication.investigation, "uploads/"), headers=headers)

    assert answer.status_code == 400


def test_pieces_make_a_capture(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    first = send(client, place, CONTENT[:5000], 0)
    second = send(client, place, CONTENT[5000:], 5000)

    assert [(answer.status_code, answer["Upload-Offset"]) for answer in (first, second)] == [
        (204, "5000"),
        (204, str(len(CONTENT))),
    ]
    assert client.get(place).json()["capture"] == str(Capture.objects.get().pk)


def test_head_says_how_much_arrived(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]
    send(client, place, CONTENT[:5000], 0)

    answer = client.head(place)

    assert (answer.status_code, answer["Upload-Offset"], answer["Upload-Length"]) == (
        200,
        "5000",
        str(len(CONTENT)),
    )
    assert answer["Cache-Control"] == "no-store"
    assert "Upload-Expires" in answer


def test_wrong_offset_is_a_conflict(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    answer = send(client, place, CONTENT, 7)

    assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset")


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "٣", "9" * 400])
def test_offset_that_is_none_is_refused(offset: str, client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    assert errors_of(send(client, place, CONTENT, offset)) == {"Upload-Offset": "invalid"}


def test_too_many_bytes_are_too_large(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication, size=10)["Location"]

    answer = send(client, place, CONTENT, 0)

    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


def test_bytes_of_another_media_type_are_refused(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    assert client.patch(place, {"offset": 0}).status_code == 415


def test_checksum_of_a_piece_is_held_against_it(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]
    right = b64encode(hashlib.sha1(CONTENT[:100]).digest()).decode()

    wrong = send(client, place, CONTENT[1:101], 0, Upload_Checksum=f"sha1 {right}")
    whole = send(client, place, CONTENT[:100], 0, Upload_Checksum=f"sha1 {right}")

    assert (wrong.status_code, wrong.json()["code"], whole.status_code) == (460, "upload_checksum", 204)


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha1", "sha1 ???", "sha256 AAAA"])
def test_checksum_that_is_none_is_refused(checksum: str, client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    answer = send(client, place, CONTENT, 0, Upload_Checksum=checksum)

    assert errors_of(answer) == {"Upload-Checksum": "invalid"}


def test_termination_leaves_nothing(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    assert client.delete(place).status_code == 204
    assert client.head(place).status_code == 404


def test_expired_upload_is_gone(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]
    Upload.objects.update(expires_at="2023-01-19T00:00:00Z")

    assert send(client, place, CONTENT, 0).status_code == 410


def test_another_version_of_the_protocol_is_refused(client: APIClient, publication: Publication) -> None:
    place = announce(client, publication)["Location"]

    answer = send(client, place, CONTENT, 0, Tus_Resumable="0.2.2")

    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


def test_options_tell_what_the_server_can_do(client: APIClient, publication: Publication) -> None:
    answer = client.options(in_case(publication.investigation, "uploads/"))

    assert answer["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert int(answer["Tus-Max-Size"]) > 0


def test_body_longer_than_any_other_request_may_be_is_taken(
    client: APIClient, publication: Publication, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    place = announce(client, publication)["Location"]

    assert send(client, place, CONTENT, 0).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_client_that_dies_midway_goes_on_where_it_was(
    live_server: LiveServer, team: cast.Team, publication: Publication, client: APIClient
) -> None:
    """A real connection, closed after a part of what it promised."""
    place = announce(client, publication)["Location"]
    host, port = live_server.thread.host, live_server.thread.port
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token_of(team.researcher)}\r\n"
        f"Content-Type: {BYTES}\r\nContent-Length: {len(CONTENT)}\r\nUpload-Offset: 0\r\n\r\n"
    )
    with socket.create_connection((host, port)) as connection:
        connection.sendall(head.encode() + CONTENT[:12_345])

    wait_until(lambda: client.head(place)["Upload-Offset"] == "12345", "the bytes that arrived")

    assert send(client, place, CONTENT[12_345:], 12_345).status_code == 204
    assert incoming.path_of(Upload.objects.get().pk).read_bytes() == CONTENT
