"""A page and what it needs, through a real browser, from the URL to the files."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from sources.archiving.browser import recording
from sources.archiving.errors import ConnectError
from sources.archiving.harvest import Harvest, Role
from sources.archiving.splices import open_frame
from tests.sources.archiving.harvesting import files
from tests.sources.archiving.pages import clip, english, picture, russian
from tests.webserver import Server, redirect, response

from .conftest import Capture

TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webm": "video/webm"}
WEBM = ("-f", "lavfi", "-i", "testsrc=duration=1:size=160x120:rate=10", "-c:v", "libvpx", "-b:v", "400k")


def serve(server: Server, head: str = "", body: str = "", **media: bytes) -> None:
    """Serve an article at / and media by name (``photo_jpg`` is /photo.jpg)."""
    server.routes["/"] = response(english(head, body))
    for name, data in media.items():
        path = "/" + name.replace("_", ".")
        server.routes[path] = response(data, media_type=TYPES[path[path.index(".") :]])


def media_of(harvest: Harvest) -> dict[str, str]:
    """SHA-256 of each medium by its path."""
    return {"/" + medium.url.split("/", 3)[3]: medium.sha256 for medium in files(harvest, Role.MEDIUM)}


def test_a_video_of_which_only_the_playlist_came_makes_it_partial(server: Server, capture: Capture) -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n"
    loader = "<video preload=none src='/s.m3u8'></video><script>fetch('/other.m3u8')</script>"
    frame = "<iframe src='https://www.youtube.com/embed/abc'></iframe>"
    server.routes["/"] = response(english(body=loader + frame))
    for path in ("/s.m3u8", "/other.m3u8"):
        server.routes[path] = response(playlist, media_type="application/vnd.apple.mpegurl")
    harvest = capture()
    assert harvest.verdict == "partial"
    for path in ("/s.m3u8", "/other.m3u8"):
        assert f"video missing: {server.url(path)} (only its playlist was fetched)" in harvest.reasons
    assert any("a player of www.youtube.com, which was not followed" in reason for reason in harvest.reasons)
    assert harvest.settings["deadline_seconds"] == pytest.approx(60, abs=5)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def exchange(harvest: Harvest, path: str) -> dict[str, Any]:
    """The facts of the exchange for ``path``."""
    return next(item for item in harvest.exchanges if item["url"].endswith(path))


def test_an_article_is_captured_whole(server: Server, capture: Capture) -> None:
    serve(server, body='<img src="/photo.jpg">', photo_jpg=picture("JPEG"))
    harvest = capture()
    assert (harvest.verdict, harvest.reasons, harvest.failures) == ("complete", (), ())
    assert {file.role for file in harvest.files} == {
        *(Role.WACZ, Role.PAGE, Role.DOM, Role.TEXT, Role.SCREENSHOT, Role.PDF, Role.MEDIUM)
    }
    assert harvest.page.title == "Launcher on a roof - Example Post"
    assert harvest.tools["browser"].startswith("HeadlessChrome/")


def test_files_are_what_their_records_say(server: Server, capture: Capture) -> None:
    serve(server)
    for file in capture().files:
        if file.role is not Role.WACZ:  # its bytes are partly those of other files
            assert (sha256(file.path.read_bytes()), file.path.stat().st_size) == (file.sha256, file.size)


def test_media_are_the_bytes_served_and_each_is_asked_for_once(
    server: Server, capture: Capture, tmp_path: Path
) -> None:
    served = {
        "photo_jpg": picture("JPEG"),
        "back_png": picture(),
        "clip_webm": clip(tmp_path / "c.webm", *WEBM),
    }
    head = "<style>body{background:url(/back.png)}</style>"
    serve(server, head, '<img src="/photo.jpg"><video src="/clip.webm" controls></video>', **served)
    harvest = capture()
    assert media_of(harvest) == {"/" + name.replace("_", "."): sha256(data) for name, data in served.items()}
    assert {path: server.asked(path) for path in ("/", *media_of(harvest))} == dict.fromkeys(
        ("/", *media_of(harvest)), 1
    )
    assert exchange(harvest, "/clip.webm")["recorded_by"] == "browser"
    assert not any(b"\r\nRange:" in request for request in server.requests)


def test_a_second_capture_fetches_everything_again(server: Server, capture: Capture) -> None:
    serve(server, body='<img src="/photo.jpg">', photo_jpg=picture("JPEG"))
    for path in ("/", "/photo.jpg"):
        served = server.routes[path]
        assert isinstance(served, bytes)
        server.routes[path] = served.replace(b"\r\n", b"\r\nCache-Control: max-age=9999\r\n", 1)
    first, second = capture(), capture()
    assert (server.asked("/"), server.asked("/photo.jpg")) == (2, 2)
    assert media_of(first) == media_of(second)


def test_no_cookie_outlives_its_capture(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english(), Set_Cookie="who=me; Max-Age=9999")
    capture()
    capture()
    assert not any(b"who=me" in request for request in server.requests)


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_a_page_in_an_old_charset_is_kept_to_the_byte(server: Server, capture: Capture, charset: str) -> None:
    served = russian(charset)
    server.routes["/"] = response(served, media_type=f"text/html; charset={charset}")
    harvest = capture()
    assert files(harvest, Role.PAGE)[0].sha256 == sha256(served)
    assert "Жители района" in harvest.page.text


def test_a_coded_page_is_kept_decoded_and_the_record_says_so(server: Server, capture: Capture) -> None:
    page = english()
    server.routes["/"] = response(gzip.compress(page), Content_Encoding="gzip")
    harvest = capture()
    facts = exchange(harvest, "/")
    headers = dict(facts["headers"])
    assert files(harvest, Role.PAGE)[0].sha256 == facts["body_sha256"] == sha256(page)
    assert (facts["body_is_decoded"], headers["X-Orig-Content-Encoding"]) == (True, "gzip")
    assert (headers["Content-Length"], "Content-Encoding" in headers) == (str(len(page)), False)


def test_headers_are_as_on_the_wire(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english(), X_oDD_Case="1", Link="<a>", SERVER="x")
    names = [name for name, _ in exchange(capture(), "/")["headers"]]
    assert names == ["Content-Type", "Content-Length", "X-oDD-Case", "Link", "SERVER"]


def test_requests_are_recorded_without_the_password_of_the_way_out(server: Server, capture: Capture) -> None:
    serve(server)
    request = exchange(capture(), "/")["request"]
    assert request.startswith("GET / HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in request
    assert "proxy" not in request.lower()


def test_what_scripts_make_is_in_tree_and_text(server: Server, capture: Capture) -> None:
    script = "<script>document.querySelector('h1').textContent='Made by script'</script>"
    serve(server, body=script)
    harvest = capture()
    dom, text = (files(harvest, role)[0].path.read_text() for role in (Role.DOM, Role.TEXT))
    assert dom.startswith("<!DOCTYPE html>")
    assert ">Made by script</h1>" in dom
    assert "Made by script" in text
    assert "Made by script" in harvest.page.text


def test_the_page_itself_is_kept_as_served(server: Server, capture: Capture) -> None:
    script = "<script>document.title='Changed'</script>"
    serve(server, body=script)
    assert files(capture(), Role.PAGE)[0].sha256 == sha256(english(body=script))


def test_lazy_pictures_far_below_are_fetched(server: Server, capture: Capture) -> None:
    body = "<div style='height:9000px'></div><img loading=lazy width=10 height=10 src='/photo.jpg'>"
    serve(server, body=body, photo_jpg=picture("JPEG"))
    harvest = capture()
    assert exchange(harvest, "/photo.jpg")["recorded_by"] == "browser"


def test_content_that_waits_for_scrolling_is_fetched(server: Server, capture: Capture) -> None:
    script = """<div style='height:5000px'></div><div id=end></div><script>
      new IntersectionObserver((seen, self) => { if (seen[0].isIntersecting) {
        self.disconnect(); document.body.append(Object.assign(new Image(), {src: '/photo.jpg'})); }
      }).observe(document.getElementById('end'))</script>"""
    serve(server, body=script, photo_jpg=picture("JPEG"))
    assert "/photo.jpg" in media_of(capture())


def test_media_that_the_browser_had_no_need_of_are_fetched_by_the_client(
    server: Server, capture: Capture
) -> None:
    small, large, card = picture("JPEG"), picture("JPEG", (1200, 900)), picture("JPEG", (30, 30))
    head = '<meta property="og:image" content="/card.jpg">'
    body = '<img src="/small.jpg" srcset="/small.jpg 1x, /large.jpg 3x">'
    serve(server, head, body, small_jpg=small, large_jpg=large, card_jpg=card)
    harvest = capture()
    assert media_of(harvest) == {
        "/small.jpg": sha256(small),
        "/large.jpg": sha256(large),
        "/card.jpg": sha256(card),
    }
    assert exchange(harvest, "/large.jpg")["recorded_by"] == "client"
    assert "2 addresses were fetched by the plain client after the visit." in harvest.notes


def test_a_body_too_long_for_a_message_is_fetched_by_the_client(
    server: Server, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MESSAGE_BODY_BYTES", 2000)
    photo = picture("JPEG", (900, 900))
    serve(server, body='<img src="/photo.jpg">', photo_jpg=photo)
    harvest = capture()
    assert media_of(harvest) == {"/photo.jpg": sha256(photo)}
    assert exchange(harvest, "/photo.jpg")["recorded_by"] == "client"


def test_redirects_are_recorded_hop_by_hop(server: Server, capture: Capture) -> None:
    serve(server)
    server.routes |= {"/a": redirect("/b", "301 Moved Permanently"), "/b": redirect("/")}
    harvest = capture("/a")
    assert [(item["url"], item["status"]) for item in harvest.exchanges] == [
        (server.url("/a"), 301),
        (server.url("/b"), 302),
        (server.url("/"), 200),
    ]
    assert (harvest.requested_url, harvest.final_url) == (server.url("/a"), server.url("/"))


def test_the_servers_address_comes_from_the_way_out(server: Server, capture: Capture) -> None:
    serve(server)
    harvest = capture()
    assert {item["remote_address"] for item in harvest.exchanges} == {"127.0.0.1"}
    assert {item["port"] for item in harvest.connections} == {server.port}


def test_a_page_that_is_gone_is_said_to_be(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english(), status="404 Not Found")
    assert capture().verdict == "gone"


def test_a_picture_at_the_address_itself_is_a_medium(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(photo := picture("JPEG"), media_type="image/jpeg")
    harvest = capture()
    assert (harvest.verdict, media_of(harvest)) == ("complete", {"/": sha256(photo)})


def test_a_download_is_kept_without_a_picture_of_it(server: Server, capture: Capture) -> None:
    data = b"PK\x03\x04" + bytes(500)
    server.routes["/"] = response(data, media_type="application/zip", Content_Disposition="attachment")
    harvest = capture()
    assert files(harvest, Role.PAGE)[0].sha256 == sha256(data)
    assert not files(harvest, Role.SCREENSHOT)


def test_a_missing_picture_makes_the_capture_partial(server: Server, capture: Capture) -> None:
    serve(server, body='<img src="/none.jpg">')
    harvest = capture()
    assert (harvest.verdict, harvest.reasons) == (
        "partial",
        (f"image missing: {server.url('/none.jpg')} (status 404)",),
    )


def test_a_refused_picture_is_a_failure_with_the_reason_of_the_way_out(
    server: Server, capture: Capture
) -> None:
    serve(server, body='<img src="http://127.0.0.1:9/x.jpg"><img src="https://127.0.0.1:9/y.jpg">')
    failures = {item["url"]: item["code"] for item in capture().failures}
    assert failures == {
        "http://127.0.0.1:9/x.jpg": "address_refused",
        "https://127.0.0.1:9/y.jpg": "address_refused",
    }


def test_an_origin_that_hangs_up_is_an_error_of_the_connection(server: Server, capture: Capture) -> None:
    server.close_at_once = True
    with pytest.raises(ConnectError):
        capture()


@pytest.mark.parametrize(
    ("text", "banner"),
    [
        ("We use cookies to tell you apart. Accept all", True),
        ("Мы используем файлы cookie. Принять", True),
        ("Sign up for our letter", False),
    ],
)
def test_a_cookie_banner_is_noted_and_left(server: Server, capture: Capture, text: str, banner: bool) -> None:
    script = "<script>document.querySelector('button').onclick = () => document.body.remove()</script>"
    dialog = f"<div class=cookie-bar style='position:fixed;bottom:0'>{text} <button>OK</button></div>{script}"
    serve(server, body=dialog)
    harvest = capture()
    assert any(text in note for note in harvest.notes) is banner
    assert text in harvest.page.text


def test_the_screenshot_shows_the_page_to_its_end(server: Server, capture: Capture) -> None:
    style = "body{margin:0;background:#fff}nav,article,footer{display:none}"
    bar = "<div style='height:3000px;background:#0f0'></div><div style='height:200px;background:#f00'></div>"
    server.routes["/"] = response(f"<!doctype html><style>{style}</style><body>{bar}text".encode())
    with Image.open(files(capture(), Role.SCREENSHOT)[0].path) as shot:
        picture = shot.convert("RGB")
    assert picture.width == 1280
    assert picture.height >= 3200
    assert (picture.getpixel((600, 2990)), picture.getpixel((600, 3190))) == ((0, 255, 0), (255, 0, 0))


def test_a_screenshot_of_an_endless_page_is_cut_and_says_so(server: Server, capture: Capture) -> None:
    bars = "".join(
        f"<div style='height:4096px;background:#{c}'></div>" for c in ("f00", "0f0", "00f", "ff0", "0ff")
    )
    server.routes["/"] = response(f"<!doctype html><body style='margin:0'>{bars}text".encode())
    harvest = capture()
    with Image.open(files(harvest, Role.SCREENSHOT)[0].path) as shot:
        picture = shot.convert("RGB")
    assert picture.size == (1280, 16384)
    assert [picture.getpixel((5, 4096 * k + 4090)) for k in range(4)] == [
        *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)),
    ]
    assert any(note.startswith("The screenshot shows the first 16384 of 20") for note in harvest.notes)


def test_the_pdf_is_one(server: Server, capture: Capture) -> None:
    serve(server)
    assert files(capture(), Role.PDF)[0].path.read_bytes().startswith(b"%PDF-")


def test_the_web_archive_can_be_read_by_others(server: Server, capture: Capture) -> None:
    import zipfile

    photo = picture("JPEG", (900, 900), quality=95)
    serve(server, body='<img src="/photo.jpg">', photo_jpg=photo)
    wacz = files(capture(), Role.WACZ)[0]
    found: dict[str, str] = {}
    with open_frame(wacz.path, wacz.size, wacz.splices) as whole, zipfile.ZipFile(whole) as archive:
        pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()]
        for name in archive.namelist():
            if name.startswith("archive/"):
                for record in ArchiveIterator(io.BytesIO(archive.read(name)), check_digests="raise"):
                    body = record.content_stream().read()
                    if record.rec_type == "response":
                        found[record.rec_headers["WARC-Target-URI"]] = sha256(body)
    assert found == {
        server.url("/"): sha256(english(body='<img src="/photo.jpg">')),
        server.url("/photo.jpg"): sha256(photo),
    }
    assert pages[1]["url"] == server.url("/")
    assert "vehicle was lifted" in pages[1]["text"]


def test_frames_of_the_page_are_recorded(server: Server, capture: Capture) -> None:
    serve(server, body='<iframe src="/frame"></iframe>')
    server.routes["/frame"] = response(english())
    harvest = capture()
    assert exchange(harvest, "/frame")["recorded_by"] == "browser"
    assert harvest.final_url == server.url("/")


def test_a_page_that_moves_on_is_followed(server: Server, capture: Capture) -> None:
    server.routes["/a"] = response(b"<!doctype html><script>location.replace('/')</script>")
    serve(server)
    harvest = capture("/a")
    assert (harvest.final_url, harvest.verdict) == (server.url("/"), "complete")


def test_posted_and_fetched_data_are_recorded(server: Server, capture: Capture) -> None:
    server.routes["/data.json"] = response(b'{"a": 1}', media_type="application/json")
    serve(server, body="<script>fetch('/data.json').then(r => r.json())</script>")
    assert exchange(capture(), "/data.json")["body_sha256"] == sha256(b'{"a": 1}')
