"""The stand-in site, built once and served for real on a loopback port."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from seeds.model import CaseFile
from seeds.standins.build import STAMP_NAME, build
from seeds.standins.scenes import PICTURES
from seeds.standins.server import StandinServer

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 10


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("standins") / "site"
    build(target)
    return target


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with StandinServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.url
        server.shutdown()
        thread.join(TIMEOUT_SECONDS)


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def page_text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_second_build_has_nothing_to_do(site: Path) -> None:
    assert build(site) is False


def test_build_replaces_a_stale_site_with_the_same_bytes(site: Path, tmp_path: Path) -> None:
    stale = tmp_path / "site"
    stale.mkdir()
    (stale / STAMP_NAME).write_text("old")
    (stale / "left-over.html").write_text("old")
    assert build(stale) is True
    made = {path.relative_to(stale): path.read_bytes() for path in stale.rglob("*") if path.is_file()}
    assert made == {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_every_publication_is_served_with_its_title(case: CaseFile, address: str) -> None:
    for publication in case.publications:
        status, headers, body = fetch(address + publication.path)
        assert status == 200
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<title>{html.escape(publication.title)}</title>" in body.decode()


def test_every_page_shows_that_it_is_a_stand_in(case: CaseFile, site: Path) -> None:
    words = {
        "en": "Stand-in page made for a demonstration",
        "ru": "Условная страница, созданная для демонстрации",
    }
    for publication in case.publications:
        assert words[publication.language] in (site / publication.path).read_text(encoding="utf-8")


def test_every_quotation_is_on_its_page(case: CaseFile, site: Path) -> None:
    pages = {
        entry.slug: page_text((site / entry.path).read_text(encoding="utf-8")) for entry in case.publications
    }
    assert [item.slug for item in case.evidence if item.quotation not in pages[item.publication]] == []


def test_every_file_that_a_page_needs_is_there(case: CaseFile, site: Path) -> None:
    for publication in case.publications:
        page = site / publication.path
        needed = re.findall(r'(?:src|href|poster|content)="(\.\./[^"]+)"', page.read_text(encoding="utf-8"))
        assert [name for name in needed if not (page.parent / name).is_file()] == []


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_picture_opens_in_the_format_of_its_name_without_exif(site: Path, name: str) -> None:
    formats = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
    with Image.open(site / "media" / name) as picture:
        picture.load()
        assert picture.format == formats[Path(name).suffix]
        assert not picture.getexif()


def test_video_has_picture_and_sound_of_seven_seconds(site: Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(site / "media" / "zarechye.mp4")]
    facts = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert "Duration: 00:00:07" in facts
    assert "Video: h264" in facts
    assert "Audio: aac" in facts


# --- the server ---


def test_server_states_length_type_and_age(site: Path, address: str) -> None:
    _, headers, body = fetch(f"{address}media/ministry-roof.jpg")
    assert headers["Content-Type"] == "image/jpeg"
    assert (
        int(headers["Content-Length"]) == len(body) == (site / "media" / "ministry-roof.jpg").stat().st_size
    )
    assert headers["Last-Modified"] == "Sat, 21 Jan 2023 00:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("bytes=4-9", slice(4, 10)), ("bytes=-5", slice(-5, None)), ("bytes=90-", slice(90, None))],
)
def test_server_sends_a_range(site: Path, address: str, asked: str, expected: slice) -> None:
    whole = (site / "media" / "zarechye.mp4").read_bytes()
    status, headers, body = fetch(f"{address}media/zarechye.mp4", Range=asked)
    assert (status, body) == (206, whole[expected])
    assert headers["Content-Range"].endswith(f"/{len(whole)}")


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-", "bytes=9-4"])
def test_server_refuses_a_range_outside_the_file(address: str, asked: str) -> None:
    assert fetch(f"{address}media/zarechye.mp4", Range=asked)[0] == 416


def test_server_spares_an_unchanged_file(address: str) -> None:
    status, _, body = fetch(f"{address}assets/style.css", If_Modified_Since="Sat, 21 Jan 2023 00:00:00 GMT")
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["media/", "nothing.html", STAMP_NAME, "../secret.html", "%2e%2e/secret.html"]
)
def test_server_shows_neither_folders_nor_strangers(site: Path, address: str, path: str) -> None:
    (site.parent / "secret.html").write_text("outside the site")
    assert fetch(address + path)[0] == 404


def test_serve_command_stops_on_sigterm(site: Path) -> None:
    command = [sys.executable, "-m", "seeds.standins", "serve", str(site), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "http://127.0.0.1:" in process.stderr.readline()
            process.terminate()
            assert process.wait(TIMEOUT_SECONDS) == 0
        finally:
            process.kill()
