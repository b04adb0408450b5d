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
from sources.archiving.policy import FetchPolicy
from sources.archiving.wacz import Page, surt, write_wacz
from sources.archiving.warc import write_warc
from tests.webserver import Server, redirect, response

from .pages import english, picture

NOW = datetime(2023, 1, 19, 12, 0, 0, tzinfo=UTC)
SOFTWARE = {"software": "Sightline test", "format": "WARC File Format 1.1"}
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
)
ODD = b"HTTP/1.1 200 Fine\r\nx-ODD:  spaced \r\nContent-Length: 2\r\n\r\nhi"

ROUTES = {
    "/": response(english()),
    "/picture.png": response(picture(), media_type="image/png"),
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
def wacz(exchanges: list[Exchange], tmp_path: Path) -> Path:
    """The exchanges as a WACZ."""
    path = tmp_path / "capture.wacz"
    page = Page(exchanges[0].url, exchanges[0].started, "Launcher on a roof", "Текст")
    write_wacz(path, exchanges, page, software=SOFTWARE, now=NOW)
    return path


def member(wacz: Path, name: str) -> bytes:
    """One file out of the zip."""
    with zipfile.ZipFile(wacz) as archive:
        return archive.read(name)


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


def test_the_warc_checker_accepts_it(wacz: Path, tmp_path: Path) -> None:
    path = tmp_path / "data.warc.gz"
    path.write_bytes(member(wacz, "archive/data.warc.gz"))
    done = run("warcio.cli", "check", "-v", str(path))
    assert done.returncode == 0
    assert done.stdout.count("digest pass") == 1 + 2 * len(ROUTES)


def test_the_warc_checker_notices_a_change(exchanges: list[Exchange], tmp_path: Path) -> None:
    path = tmp_path / "data.warc.gz"
    exchanges[0].response_path.write_bytes(
        exchanges[0].response_path.read_bytes().replace(b"Launcher", b"LAUNCHER")
    )
    write_warc(path, exchanges, SOFTWARE, NOW)
    assert run("warcio.cli", "check", str(path)).returncode == 1


def test_every_response_is_kept_as_it_came(wacz: Path) -> None:
    found = records(member(wacz, "archive/data.warc.gz"))
    blocks = [record.block for record in found if record.rec_type == "response"]
    assert blocks == list(ROUTES.values())


def test_every_request_belongs_to_its_response(wacz: Path, server: Server) -> None:
    found = records(member(wacz, "archive/data.warc.gz"))
    ids = [record.rec_headers["WARC-Record-ID"] for record in found if record.rec_type == "response"]
    asked = [record for record in found if record.rec_type == "request"]
    assert [record.rec_headers["WARC-Concurrent-To"] for record in asked] == ids
    assert [record.block for record in asked] == server.requests


def test_records_say_where_and_when(wacz: Path, exchanges: list[Exchange]) -> None:
    headers = records(member(wacz, "archive/data.warc.gz"))[1].rec_headers
    assert headers.protocol == "WARC/1.1"
    assert headers["WARC-Target-URI"] == exchanges[0].url
    assert headers["WARC-IP-Address"] == "127.0.0.1"
    assert headers["WARC-Date"] == exchanges[0].started.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert headers["WARC-Payload-Digest"] == f"sha256:{exchanges[0].body_sha256}"


def test_the_file_begins_with_who_wrote_it(wacz: Path) -> None:
    first = records(member(wacz, "archive/data.warc.gz"))[0]
    assert first.rec_type == "warcinfo"
    assert b"software: Sightline test\r\n" in first.block


def test_only_what_was_cut_off_is_marked_truncated(wacz: Path, server: Server) -> None:
    found = records(member(wacz, "archive/data.warc.gz"))
    reasons = {
        record.rec_headers["WARC-Target-URI"]: record.rec_headers["WARC-Truncated"]
        for record in found
        if record.rec_type == "response"
    }
    assert {url: reason for url, reason in reasons.items() if reason} == {server.url("/short"): "disconnect"}


def test_a_chunked_response_carries_no_payload_digest_that_readers_disagree_on(
    wacz: Path, server: Server
) -> None:
    found = records(member(wacz, "archive/data.warc.gz"))
    chunked = next(record for record in found if record.block == CHUNKED)
    assert chunked.rec_headers["WARC-Payload-Digest"] is None


def test_the_index_points_to_each_record(wacz: Path, exchanges: list[Exchange]) -> None:
    warc = member(wacz, "archive/data.warc.gz")
    lines = member(wacz, "indexes/index.cdxj").decode().splitlines()
    assert lines == sorted(lines)
    found = {}
    for line in lines:
        fields = json.loads(line.split(" ", 2)[2])
        start, length = int(fields["offset"]), int(fields["length"])
        gzip_member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        gzip_member.decompress(warc[start : start + length])
        assert (gzip_member.eof, gzip_member.unused_data) == (True, b"")
        (record,) = records(warc[start : start + length])
        assert record.rec_headers["WARC-Target-URI"] == fields["url"]
        found[fields["url"]] = (record.block, fields["digest"], fields["status"])
    assert found == {
        exchange.url: (
            exchange.response_path.read_bytes(),
            f"sha256:{exchange.body_sha256}",
            str(exchange.status),
        )
        for exchange in exchanges
    }


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
        for name in ("archive/data.warc.gz", "indexes/index.cdxj", "pages/pages.jsonl")
    }
    assert (package["wacz_version"], package["created"]) == ("1.1.1", "2023-01-19T12:00:00Z")


def test_the_warc_is_stored_in_the_zip_and_not_left_beside_it(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as archive:
        assert archive.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
    assert not wacz.with_suffix(".warc.gz").exists()


def test_compressed_media_are_not_compressed_again(exchanges: list[Exchange], tmp_path: Path) -> None:
    located = write_warc(tmp_path / "a.warc.gz", exchanges, SOFTWARE, NOW)
    data = (tmp_path / "a.warc.gz").read_bytes()
    by_url = {
        entry.exchange.url.rsplit("/", 1)[1]: data[entry.offset : entry.offset + entry.length]
        for entry in located
    }
    assert picture() in by_url["picture.png"]
    assert english()[:200] not in by_url[""]


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
