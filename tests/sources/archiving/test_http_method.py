"""A page and its requisites, from the URL to the files."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from sources.archiving import tools
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import AddressRefusedError, ArchivingError, ConnectError
from sources.archiving.harvest import Role
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from sources.archiving.splices import open_frame
from tests.webserver import Server, redirect, response

from .harvesting import archive, files
from .pages import english, picture, russian, video

CSS = b"@import 'more.css'; @font-face{src:url(/f.woff2)} body{background:url(/back.png)}"


def serve_article(server: Server, tmp_path: Path) -> dict[str, bytes]:
    """Serve an article with everything; the media's bytes by path."""
    made = tmp_path / "made"
    made.mkdir()
    media = {
        "/photo.jpg": picture("JPEG"),
        "/back.png": picture(size=(64, 64)),
        "/clip.mp4": video(made / "clip.mp4"),
    }
    links = '<link rel="stylesheet" href="/main.css"><link rel="icon" href="/i.png">'
    head = links + '<script src="/app.js"></script>'
    body = '<img src="/photo.jpg"><img src="/photo.jpg#again"><video src="/clip.mp4"></video>'
    types = {".jpg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4"}
    server.routes |= {path: response(data, media_type=types[path[-4:]]) for path, data in media.items()}
    server.routes |= {
        "/": response(english(head, body)),
        "/main.css": response(gzip.compress(CSS), media_type="text/css", Content_Encoding="gzip"),
        "/more.css": response(b"@import 'main.css';", media_type="text/css"),
        "/f.woff2": response(b"wOF2", media_type="font/woff2"),
        "/i.png": response(picture(size=(16, 16)), media_type="image/png"),
        "/app.js": response(b"1;", media_type="text/javascript"),
    }
    return media


def test_an_article_is_archived_whole(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve_article(server, tmp_path)
    harvest = archive(server, policy, workdir)
    assert (harvest.verdict, harvest.reasons, harvest.failures) == ("complete", (), ())
    assert harvest.final_url == server.url()
    assert (harvest.page.title, harvest.page.language) == ("Launcher on a roof - Example Post", "en-gb")


def test_stored_media_are_the_bytes_served(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    served = serve_article(server, tmp_path)
    media = files(archive(server, policy, workdir), Role.MEDIUM)
    assert {medium.url: medium.sha256 for medium in media} == {
        server.url(path): hashlib.sha256(data).hexdigest() for path, data in served.items()
    }
    for medium in media:
        assert hashlib.sha256(medium.path.read_bytes()).hexdigest() == medium.sha256
        assert medium.path.stat().st_size == medium.size


def test_each_url_is_requested_once(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve_article(server, tmp_path)
    archive(server, policy, workdir)
    paths = [request.split(b" ")[1].decode() for request in server.requests]
    assert sorted(paths) == sorted(server.routes)


def test_the_wacz_holds_every_exchange(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve_article(server, tmp_path)
    harvest = archive(server, policy, workdir)
    (wacz,) = files(harvest, Role.WACZ)
    with open_frame(wacz.path, wacz.size, wacz.splices) as whole, zipfile.ZipFile(whole) as archived:
        warcs = [archived.read(name) for name in archived.namelist() if name.startswith("archive/")]
    uris = [
        record.rec_headers["WARC-Target-URI"]
        for warc in warcs
        for record in ArchiveIterator(io.BytesIO(warc))
        if record.rec_type == "response"
    ]
    assert sorted(uris) == sorted(server.url(path) for path in server.routes)
    assert len(harvest.exchanges) == len(uris)


def test_the_page_is_a_file_and_its_text_is_glanced_at(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    server.routes["/"] = response(gzip.compress(russian()), Content_Encoding="gzip")
    harvest = archive(server, policy, workdir)
    (page,) = files(harvest, Role.PAGE)
    assert page.path.read_bytes() == russian()
    assert "боевую машину" in harvest.page.text
    assert harvest.page.language == "ru"


@pytest.mark.parametrize(
    ("charset", "media_type"),
    [
        ("windows-1251", "text/html; charset=Windows-1251"),
        ("utf-8", "text/html"),
        ("utf-8", "text/html; charset=junk"),
    ],
)
def test_a_page_that_does_not_declare_its_charset_is_read(
    server: Server, policy: FetchPolicy, workdir: Path, charset: str, media_type: str
) -> None:
    undeclared = russian(charset).replace(f'<meta charset="{charset}">'.encode(), b"")
    server.routes["/"] = response(undeclared, media_type=media_type)
    harvest = archive(server, policy, workdir)
    assert harvest.page.title == "Установка на крыше"
    assert "боевую машину" in harvest.page.text


def test_the_servers_charset_counts_where_a_guess_would_fail(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    page = "<html><title>Крыша</title><p>Ёж</p></html>".encode("koi8-r")
    server.routes["/"] = response(page, media_type="text/html; charset=koi8-r")
    assert archive(server, policy, workdir).page.title == "Крыша"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_a_charset_declared_in_the_page_counts_when_the_server_says_none(
    server: Server, policy: FetchPolicy, workdir: Path, charset: str
) -> None:
    server.routes["/"] = response(russian(charset), media_type="text/html")
    assert archive(server, policy, workdir).page.title == "Установка на крыше"


def test_the_record_is_plain_json(server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path) -> None:
    serve_article(server, tmp_path)
    harvest = archive(server, policy, workdir)
    json.dumps([harvest.exchanges, harvest.failures, harvest.tools, harvest.reasons])
    assert {"sightline", "python", "lxml", "ffmpeg"} <= harvest.tools.keys()


def test_redirects_are_part_of_the_record(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes |= {"/": redirect("/new"), "/new": response(english())}
    harvest = archive(server, policy, workdir)
    assert harvest.requested_url == server.url()
    assert harvest.final_url == server.url("/new")
    assert [facts["status"] for facts in harvest.exchanges] == [302, 200]


@pytest.mark.parametrize(
    ("data", "media_type"), [(picture("JPEG"), "image/jpeg"), (b"%PDF-1.7\n%%EOF", "application/pdf")]
)
def test_a_medium_can_be_archived_by_itself(
    server: Server, policy: FetchPolicy, workdir: Path, data: bytes, media_type: str
) -> None:
    server.routes["/"] = response(data, media_type="text/html")  # wrongly labelled, as happens
    harvest = archive(server, policy, workdir)
    (medium,) = files(harvest, Role.MEDIUM)
    assert (medium.media_type, medium.path.read_bytes(), harvest.verdict) == (media_type, data, "complete")
    assert files(harvest, Role.PAGE) == []


def test_a_page_that_is_gone_is_still_a_harvest(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = response(english(), status="410 Gone")
    harvest = archive(server, policy, workdir)
    assert (harvest.verdict, harvest.may_retry) == ("gone", False)
    assert files(harvest, Role.WACZ)


def test_an_empty_answer_is_empty(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = response(b"")
    harvest = archive(server, policy, workdir)
    assert (harvest.verdict, [file.role for file in harvest.files]) == ("empty", [Role.WACZ])


def test_a_page_cut_off_is_truncated(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = response(english())
    harvest = archive(server, replace(policy, body_bytes=300), workdir)
    assert (harvest.verdict, harvest.may_retry) == ("truncated", False)


def test_a_missing_picture_makes_it_partial(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = response(english(body='<img src="/none.jpg">'))
    harvest = archive(server, policy, workdir)
    assert (harvest.verdict, harvest.reasons) == (
        "partial", (f"image missing: {server.url('/none.jpg')} (status 404)",),
    )  # fmt: skip


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("tag", "answer", "reason"),
    [
        (
            "video",
            response(HLS, media_type="application/vnd.apple.mpegurl"),
            "video missing: {} (only its playlist was fetched)",
        ),
        (
            "video",
            response(b"<MPD></MPD>", media_type="text/xml"),
            "video missing: {} (only its playlist was fetched)",
        ),
        ("audio", response(b"<!doctype html><p>Log in"), "audio missing: {} (the answer is text/html)"),
        ("video", response(b"", media_type="video/mp4"), "video missing: {} (the answer is empty)"),
    ],
    ids=["HLS", "DASH", "a page", "nothing"],
)
def test_a_video_that_did_not_come_makes_it_partial(
    server: Server, policy: FetchPolicy, workdir: Path, tag: str, answer: bytes, reason: str
) -> None:
    server.routes |= {"/": response(english(body=f"<{tag} src='/s'></{tag}>")), "/s": answer}
    harvest = archive(server, policy, workdir)
    assert (harvest.verdict, harvest.reasons) == ("partial", (reason.format(server.url("/s")),))


@pytest.mark.parametrize(
    "player",
    ["https://www.youtube.com/embed/abc", "https://t.me/channel/12?embed=1"],
)
def test_a_player_that_is_not_followed_makes_it_partial(
    server: Server, policy: FetchPolicy, workdir: Path, player: str
) -> None:
    server.routes["/"] = response(english(body=f'<iframe src="{player}"></iframe>'))
    harvest = archive(server, policy, workdir)
    host = player.split("/")[2]
    reason = f"video missing: {player} (a player of {host}, which was not followed)"
    assert (harvest.verdict, harvest.reasons) == ("partial", (reason,))


def test_the_limits_are_on_record_without_secrets(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = response(english())
    settings = archive(server, replace(policy, body_bytes=12_345_678), workdir).settings
    assert policy.egress is not None
    assert policy.egress.password not in json.dumps(settings)
    assert (settings["body_bytes"], settings["user_agent"]) == (12_345_678, policy.user_agent)
    assert settings["deadline_seconds"] == pytest.approx(60, abs=5)


def test_a_refused_requisite_is_a_failure_and_not_fetched(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    server.routes["/"] = response(english(body='<img src="http://169.254.169.254/a.jpg">'))
    harvest = archive(server, policy, workdir)
    assert [(item["code"], item["kind"]) for item in harvest.failures] == [("address_refused", "image")]
    assert harvest.verdict == "partial"


def test_a_cut_off_medium_is_not_passed_off_as_a_file(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    server.routes |= {
        "/": response(english(body='<img src="/a.png">')),
        "/a.png": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + picture()[:500],
    }
    harvest = archive(server, policy, workdir)
    assert files(harvest, Role.MEDIUM) == []
    assert "truncated: disconnect" in harvest.reasons[0]


def test_what_claims_to_be_a_picture_but_is_none_is_no_medium(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    server.routes |= {
        "/": response(english(body='<img src="/a.png">')),
        "/a.png": response(b"<html>sorry</html>"),
    }
    assert files(archive(server, policy, workdir), Role.MEDIUM) == []


def test_a_medium_that_was_encoded_anyway_is_decoded(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    coded = response(gzip.compress(picture()), media_type="image/png", Content_Encoding="gzip")
    server.routes |= {"/": response(english(body='<img src="/a.png">')), "/a.png": coded}
    (medium,) = files(archive(server, policy, workdir), Role.MEDIUM)
    assert medium.path.read_bytes() == picture()
    assert b"\r\nAccept-Encoding: identity\r\n" in server.requests[1]


@pytest.mark.parametrize("path", ["/page.html", "/with-picture"])
def test_what_cannot_be_decoded_is_kept_as_served(
    server: Server, policy: FetchPolicy, workdir: Path, path: str
) -> None:
    broken = response(b"no brotli", Content_Encoding="br")
    page = response(english('<link rel="stylesheet" href="/a.css">', '<img src="/page.html">'))
    server.routes |= {"/page.html": broken, "/a.css": broken, "/with-picture": page}
    harvest = archive(server, policy, workdir, path)
    assert files(harvest, Role.WACZ)
    assert files(harvest, Role.MEDIUM) == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/"])
def test_a_refused_address_is_an_error(policy: FetchPolicy, workdir: Path, url: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        archive_page(url, policy=policy, workdir=workdir, deadline=Deadline.after(5))
    assert (caught.value.code, caught.value.permanent) == ("address_refused", True)


def test_a_url_without_answer_is_an_error(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    server.routes["/"] = b""
    with pytest.raises(ConnectError):
        archive(server, policy, workdir)


def test_progress_is_told_in_the_calling_thread(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve_article(server, tmp_path)
    told: list[tuple[str, int, int]] = []
    threads: set[int] = set()

    def listen(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))
        threads.add(threading.get_ident())

    archive_page(
        server.url(), policy=policy, workdir=workdir, deadline=Deadline.after(60), on_progress=listen
    )
    assert told[0] == ("page", 0, 1)
    assert told[-1] == ("done", 1, 1)
    assert threads == {threading.get_ident()}


def test_what_the_listener_raises_ends_the_capture(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve_article(server, tmp_path)

    def stop(stage: str, *_: int) -> None:
        if stage == "requisites":
            raise ArchivingError("no longer wanted")

    with pytest.raises(ArchivingError, match="no longer wanted"):
        archive_page(
            server.url(), policy=policy, workdir=workdir, deadline=Deadline.after(60), on_progress=stop
        )


def test_a_library_that_is_missing_is_said_to_be() -> None:
    assert tools._version("no-such-library") == "not installed as a package"
