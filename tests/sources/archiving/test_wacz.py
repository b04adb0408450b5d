"""Captures as WARC in WACZ, held against other people's readers."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import surt as reference_surt  # type: ignore[import-untyped]  # the library carries no types
from warcio.archiveiterator import ArchiveIterator

from sources.archiving.deadlines import Deadline
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch
from sources.archiving.harvest import HarvestedFile
from sources.archiving.policy import FetchPolicy
from sources.archiving.raw_warc import Resource
from sources.archiving.splices import Body, open_frame
from sources.archiving.wacz import Page, surt, write_wacz
from sources.archiving.warc import Recorded, write_warc
from tests.webserver import Server, redirect, response

from .pages import english, picture

NOW = datetime(2023, 1, 19, 12, 0, 0, tzinfo=UTC)
SOFTWARE = {"software": "Sightline test", "format": "WARC File Format 1.1"}
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
)
WARCS = ("archive/data.warc.gz", "archive/media.warc")
RAW = ("/picture.png", "/large")
ODD = b"HTTP/1.1 200 Fine\r\nx-ODD:  spaced \r\nContent-Length: 2\r\n\r\nhi"

ROUTES = {
    "/": response(english()),
    "/picture.png": response(picture(), media_type="image/png"),
    "/icon.png": response(picture(size=(8, 8)), media_type="image/png"),
    "/large": response(b"plain text, but much of it " * 1000, media_type="text/plain"),
    "/chunked": CHUNKED,
    "/odd": ODD,
    "/zipped": response(gzip.compress(b"text " * 100), Content_Encoding="gzip"),
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
    "/moved": redirect("/"),
    "/nothing": response(status="204 No Content"),
    "/Www?b=2&a=1": response(b"query"),
}


@pytest.fixture
def exchanges(server: Server, policy: FetchPolicy, tmp_path: Path) -> list[Exchange]:
    """One exchange for each of ``ROUTES``."""
    server.routes |= ROUTES
    deadline = Deadline.after(30)
    return [fetch(server.url(path), policy=policy, deadline=deadline, directory=tmp_path) for path in ROUTES]


@pytest.fixture
def written(exchanges: list[Exchange], tmp_path: Path) -> HarvestedFile:
    """The exchanges as a WACZ, of which the frame is written."""
    return write_wacz(tmp_path / "capture.frame", exchanges, page_of(exchanges), software=SOFTWARE, now=NOW)


@pytest.fixture
def wacz(written: HarvestedFile, tmp_path: Path) -> Path:
    """The whole WACZ."""
    return whole(written, tmp_path / "capture.wacz")


def page_of(exchanges: list[Exchange]) -> Page:
    """The page that the exchanges were made for."""
    return Page(exchanges[0].url, exchanges[0].started, "Launcher on a roof", "Текст")


def whole(written: HarvestedFile, path: Path) -> Path:
    """The file in one piece, at ``path``."""
    with open_frame(written.path, written.size, written.splices) as file:
        path.write_bytes(file.read())
    return path


def member(wacz: Path, name: str) -> bytes:
    """One file out of the zip."""
    with zipfile.ZipFile(wacz) as archive:
        return archive.read(name)


def all_records(wacz: Path) -> list[Any]:
    """The records of both WARCs."""
    return [record for name in WARCS for record in records(member(wacz, name))]


def response_to(wacz: Path, url: str) -> Any:
    """The record of the answer to ``url``."""
    answers = [record for record in all_records(wacz) if record.rec_type == "response"]
    return next(record for record in answers if record.rec_headers["WARC-Target-URI"] == url)


def records(warc: bytes) -> list[Any]:
    """Each record with its block read into ``block``."""
    found = []
    for record in ArchiveIterator(io.BytesIO(warc), no_record_parse=True):
        record.block = record.raw_stream.read()
        found.append(record)
    return found


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run another project's tool, in its own process because it leaves files open."""
    return subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)


def test_the_wacz_validator_accepts_it(wacz: Path) -> None:
    done = run("wacz.main", "validate", "-f", str(wacz))
    assert "is valid" in done.stdout


def test_the_wacz_validator_notices_a_change(wacz: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.wacz"
    with zipfile.ZipFile(wacz) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Launcher", b"Lawnmower"))
    done = run("wacz.main", "validate", "-f", str(forged))
    assert "is invalid" in done.stdout


@pytest.mark.parametrize("name", WARCS)
def test_the_warc_checker_accepts_it(wacz: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes(member(wacz, name))
    done = run("warcio.cli", "check", "-v", str(path))
    assert done.returncode == 0
    here = len(records(member(wacz, name)))
    assert done.stdout.count("digest pass") == here


def test_the_warc_checker_notices_a_change(exchanges: list[Exchange], tmp_path: Path) -> None:
    path = tmp_path / "data.warc.gz"
    exchanges[0].body_path.write_bytes(exchanges[0].body_path.read_bytes().replace(b"Launcher", b"LAUNCHER"))
    write_warc(path, list(map(Recorded, exchanges)), SOFTWARE, NOW, filename=path.name)
    assert run("warcio.cli", "check", str(path)).returncode == 1


def test_every_response_is_kept_as_it_came(wacz: Path, server: Server) -> None:
    found = {path: response_to(wacz, server.url(path)).block for path in ROUTES}
    assert found == ROUTES


def test_every_request_belongs_to_its_response(wacz: Path, exchanges: list[Exchange]) -> None:
    found = all_records(wacz)
    answered = {
        record.rec_headers["WARC-Record-ID"]: record.rec_headers["WARC-Target-URI"]
        for record in found
        if record.rec_type == "response"
    }
    asked = {
        answered[record.rec_headers["WARC-Concurrent-To"]]: record.block
        for record in found
        if record.rec_type == "request"
    }
    assert asked == {exchange.url: exchange.request for exchange in exchanges}


def test_records_say_where_and_when(wacz: Path, exchanges: list[Exchange]) -> None:
    headers = response_to(wacz, exchanges[0].url).rec_headers
    assert headers.protocol == "WARC/1.1"
    assert headers["WARC-IP-Address"] == "127.0.0.1"
    assert headers["WARC-Date"] == exchanges[0].started.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert headers["WARC-Payload-Digest"] == f"sha256:{exchanges[0].body_sha256}"


@pytest.mark.parametrize("name", WARCS)
def test_each_warc_begins_with_who_wrote_it(wacz: Path, name: str) -> None:
    first = records(member(wacz, name))[0]
    assert first.rec_type == "warcinfo"
    assert first.rec_headers["WARC-Filename"] == Path(name).name
    assert b"software: Sightline test\r\n" in first.block


def test_only_what_was_cut_off_is_marked_truncated(wacz: Path, server: Server) -> None:
    reasons = {path: response_to(wacz, server.url(path)).rec_headers["WARC-Truncated"] for path in ROUTES}
    assert {path: reason for path, reason in reasons.items() if reason} == {"/short": "disconnect"}


def test_a_chunked_response_carries_no_payload_digest_that_readers_disagree_on(
    wacz: Path, server: Server
) -> None:
    assert response_to(wacz, server.url("/chunked")).rec_headers["WARC-Payload-Digest"] is None


def test_the_index_points_to_each_record(wacz: Path, exchanges: list[Exchange]) -> None:
    lines = member(wacz, "indexes/index.cdxj").decode().splitlines()
    assert lines == sorted(lines)
    found = {}
    for line in lines:
        fields = json.loads(line.split(" ", 2)[2])
        start, length = int(fields["offset"]), int(fields["length"])
        record_bytes = member(wacz, f"archive/{fields['filename']}")[start : start + length]
        (record,) = records(record_bytes)
        assert record.rec_headers["WARC-Target-URI"] == fields["url"]
        found[fields["url"]] = (record.block, fields["digest"], fields["status"])
    assert found == {
        exchange.url: (
            b"".join(exchange.response()),
            f"sha256:{exchange.body_sha256}",
            str(exchange.status),
        )
        for exchange in exchanges
    }


def test_each_compressed_record_is_a_gzip_member_of_its_own(wacz: Path) -> None:
    warc = member(wacz, "archive/data.warc.gz")
    lines = member(wacz, "indexes/index.cdxj").decode().splitlines()
    for fields in (json.loads(line.split(" ", 2)[2]) for line in lines):
        if fields["filename"] == "data.warc.gz":
            start, length = int(fields["offset"]), int(fields["length"])
            gzip_member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            gzip_member.decompress(warc[start : start + length])
            assert (gzip_member.eof, gzip_member.unused_data) == (True, b"")


def test_large_and_compressed_bodies_lie_raw_and_the_rest_is_compressed(wacz: Path, server: Server) -> None:
    lines = member(wacz, "indexes/index.cdxj").decode().splitlines()
    fields = [json.loads(line.split(" ", 2)[2]) for line in lines]
    raw = {entry["url"] for entry in fields if entry["filename"] == "media.warc"}
    assert raw == {server.url(path) for path in RAW}


def test_what_lies_raw_is_not_in_the_frame(written: HarvestedFile, exchanges: list[Exchange]) -> None:
    frame = written.path.read_bytes()
    bodies = {exchange.body_sha256: exchange.body_path.read_bytes() for exchange in exchanges}
    assert len(written.splices) == len(RAW)
    for splice in written.splices:
        assert bodies[splice.sha256] == splice.path.read_bytes()
        assert bodies[splice.sha256] not in frame
    assert written.size == len(frame) + sum(splice.size for splice in written.splices)


def test_the_splices_say_where_in_the_whole_the_bodies_lie(written: HarvestedFile, wacz: Path) -> None:
    content = wacz.read_bytes()
    for splice in written.splices:
        assert content[splice.offset : splice.offset + splice.size] == splice.path.read_bytes()


def test_the_hash_is_that_of_the_whole(written: HarvestedFile, wacz: Path) -> None:
    assert written.sha256 == hashlib.sha256(wacz.read_bytes()).hexdigest()


def test_a_body_that_changed_since_it_was_fetched_is_not_written(
    exchanges: list[Exchange], tmp_path: Path
) -> None:
    large = next(exchange for exchange in exchanges if exchange.url.endswith("/large"))
    large.body_path.write_bytes(b"shorter")
    with pytest.raises(OSError, match="expected a body of 27000 bytes, got 7"):
        write_wacz(tmp_path / "a.frame", exchanges, page_of(exchanges), software=SOFTWARE, now=NOW)


def test_a_file_that_no_exchange_brought_is_a_resource(tmp_path: Path) -> None:
    upload = tmp_path / "upload.png"
    upload.write_bytes(picture())
    sha256 = hashlib.sha256(picture()).hexdigest()
    body = Body(upload, sha256, upload.stat().st_size, "image/png")
    page = Page("urn:upload:1", NOW, "An upload")
    resource = Resource("urn:upload:1", body, NOW)
    written = write_wacz(tmp_path / "a.frame", [], page, software=SOFTWARE, now=NOW, resources=[resource])
    wacz = whole(written, tmp_path / "a.wacz")
    assert "is valid" in run("wacz.main", "validate", "-f", str(wacz)).stdout
    record = records(member(wacz, "archive/media.warc"))[1]
    assert (record.rec_type, record.block) == ("resource", picture())
    assert record.rec_headers["WARC-Payload-Digest"] == f"sha256:{sha256}"


def test_a_capture_with_nothing_raw_has_one_warc(exchanges: list[Exchange], tmp_path: Path) -> None:
    few = [exchange for exchange in exchanges if exchange.url.endswith(("/moved", "/odd"))]
    written = write_wacz(tmp_path / "a.frame", few, page_of(few), software=SOFTWARE, now=NOW)
    with zipfile.ZipFile(written.path) as archive:
        assert "archive/media.warc" not in archive.namelist()
    assert written.splices == ()


def test_the_main_page_is_listed_with_its_text(wacz: Path, exchanges: list[Exchange]) -> None:
    head, page = map(json.loads, member(wacz, "pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    assert (page["url"], page["title"], page["text"]) == (exchanges[0].url, "Launcher on a roof", "Текст")
    assert page["ts"] == exchanges[0].started.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_package_describes_every_file(wacz: Path) -> None:
    package = json.loads(member(wacz, "datapackage.json"))
    described = {item["path"]: (item["hash"], item["bytes"]) for item in package["resources"]}
    assert described == {
        name: (f"sha256:{hashlib.sha256(member(wacz, name)).hexdigest()}", len(member(wacz, name)))
        for name in (*WARCS, "indexes/index.cdxj", "pages/pages.jsonl")
    }
    assert (package["wacz_version"], package["created"]) == ("1.1.1", "2023-01-19T12:00:00Z")


def test_the_warcs_are_stored_in_the_zip_and_not_left_beside_it(wacz: Path, written: HarvestedFile) -> None:
    with zipfile.ZipFile(wacz) as archive:
        assert {archive.getinfo(name).compress_type for name in WARCS} == {zipfile.ZIP_STORED}
        assert archive.testzip() is None
    assert not written.path.with_suffix(".warc.gz").exists()


def test_small_media_are_not_compressed_again(wacz: Path) -> None:
    warc = member(wacz, "archive/data.warc.gz")
    assert picture(size=(8, 8)) in warc
    assert english()[:200] not in warc


@pytest.mark.parametrize(
    "url",
    [
        "http://www.Example.com/A/b?z=1&a=2",
        "https://example.com:8443/x/",
        "http://127.0.0.1:8080/",
        "https://www2.example.org/?b=&a=",
        "http://xn--e1afmkfd.xn--p1ai/path",
        "http://example.com",
    ],
)
def test_index_keys_are_those_of_the_reference(url: str) -> None:
    assert surt(url) == reference_surt.surt(url)
