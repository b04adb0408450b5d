"""Videos in each way that hosts serve them, from the address to the files."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest, HarvestedFile, Role
from sources.archiving.policy import FetchPolicy
from sources.archiving.splices import open_frame
from sources.archiving.video.method import archive_media
from sources.archiving.video.outcomes import MediaFailedError, MediaUnsupportedError
from tests.webserver import Server, response

from ..harvesting import files
from ..pages import english, picture
from .conftest import Archive
from .stage import clip, dash, hls, serve


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def media(harvest: Harvest) -> list[HarvestedFile]:
    return files(harvest, Role.MEDIUM)


def test_a_file_at_the_address_is_kept_as_served(server: Server, archive: Archive, tmp_path: Path) -> None:
    data = clip(tmp_path / "made")
    serve(server, {"clip.mp4": data})
    harvest = archive("/clip.mp4")
    assert (harvest.verdict, [file.sha256 for file in media(harvest)]) == ("complete", [sha256(data)])


def test_fragments_of_hls_are_kept_one_after_the_other(
    server: Server, archive: Archive, tmp_path: Path
) -> None:
    made = hls(tmp_path / "made")
    serve(server, made)
    harvest = archive("/list.m3u8")
    joined = b"".join(data for name, data in made.items() if name.endswith(".ts"))
    assert (harvest.verdict, [file.sha256 for file in media(harvest)]) == ("complete", [sha256(joined)])
    assert "yt-dlp" in harvest.tools


def test_each_fragment_is_on_record(server: Server, archive: Archive, tmp_path: Path) -> None:
    made = hls(tmp_path / "made")
    serve(server, made)
    harvest = archive("/list.m3u8")
    record = next(file for file in files(harvest, Role.METADATA) if file.path.name == "streams.json")
    (stream,) = json.loads(record.path.read_text())["streams"]
    assert {fragment["url"]: fragment["sha256"] for fragment in stream["fragments"]} == {
        server.url(f"/{name}"): sha256(data) for name, data in made.items() if name.endswith(".ts")
    }
    assert any("2 fragments, kept one after the other" in note for note in harvest.notes)


def test_picture_and_sound_of_dash_stay_apart(server: Server, archive: Archive, tmp_path: Path) -> None:
    made = dash(tmp_path / "made")
    serve(server, made)
    harvest = archive("/list.mpd")
    expected = {
        kind: sha256(b"".join(made[name] for name in sorted(made, key=order) if f"stream{stream}" in name))
        for kind, stream in (("video/mp4", 0), ("audio/mp4", 1))
    }
    assert {file.media_type: file.sha256 for file in media(harvest)} == expected
    assert harvest.verdict == "complete"


def order(name: str) -> tuple[bool, str]:
    """The initialisation comes before the fragments."""
    return not name.startswith("init"), name


def test_a_video_in_a_page_is_found(server: Server, archive: Archive, tmp_path: Path) -> None:
    data = clip(tmp_path / "made")
    still = picture("JPEG")
    serve(
        server, {"clip.mp4": data, "still.jpg": still, "words.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi"}
    )
    head = f'<meta property="og:image" content="{server.url("/still.jpg")}">'
    player = '<video><source src="/clip.mp4" type="video/mp4"><track src="/words.vtt" srclang="en"></video>'
    server.routes["/"] = response(english(head, player))
    harvest = archive()
    assert {file.sha256 for file in media(harvest)} == {sha256(data), sha256(still)}
    assert (harvest.verdict, harvest.page.title) == ("complete", "Launcher on a roof - Example Post")
    assert files(harvest, Role.PAGE)
    assert server.asked("/clip.mp4") == 1, "the file is fetched once, by our own client"


def test_a_stream_in_a_page_is_found(server: Server, archive: Archive, tmp_path: Path) -> None:
    serve(server, hls(tmp_path / "made"))
    player = '<video><source src="/list.m3u8" type="application/x-mpegurl"></video>'
    server.routes["/"] = response(english(body=player))
    assert [file.media_type for file in media(archive())] == ["video/mp2t"]


def test_a_page_without_video_is_unsupported(server: Server, archive: Archive) -> None:
    server.routes["/"] = response(english())
    with pytest.raises(MediaUnsupportedError) as caught:
        archive()
    assert (caught.value.code, caught.value.permanent) == ("media_unsupported", True)


def test_a_wall_before_the_video_is_named(server: Server, archive: Archive) -> None:
    server.routes["/"] = response(b"<!doctype html><title>Log in</title><form><input type=password></form>")
    assert archive().verdict == "login wall"


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_page_that_is_gone_is_gone(server: Server, archive: Archive, status: str) -> None:
    server.routes["/"] = response(english(), status=status)
    assert archive().verdict == "gone"


def test_a_server_that_refuses_gives_a_blocked_capture(server: Server, archive: Archive) -> None:
    server.routes["/"] = response(b"no", status="503 Service Unavailable")
    harvest = archive()
    assert (harvest.verdict, harvest.may_retry) == ("blocked", True)


@pytest.mark.parametrize(
    ("answer", "word", "may_retry"),
    [
        (response(picture("PNG"), media_type="image/png", status="403 Forbidden"), "blocked", False),
        (response(b"%PDF-1.7", media_type="application/pdf", status="503 Unavailable"), "blocked", True),
        (response(b"", media_type="video/mp4"), "empty", False),
        (response(b"%PDF-1.7", media_type="application/pdf", Content_Length="99"), "truncated", True),
    ],
)
def test_a_file_at_the_address_is_judged_like_any_other_answer(
    server: Server, archive: Archive, answer: bytes, word: str, may_retry: bool
) -> None:
    server.routes["/clip.mp4"] = answer
    harvest = archive("/clip.mp4")
    assert (harvest.verdict, harvest.may_retry) == (word, may_retry)


def test_a_missing_fragment_makes_it_partial(server: Server, archive: Archive, tmp_path: Path) -> None:
    made = hls(tmp_path / "made")
    serve(server, made)
    del server.routes["/list1.ts"]
    harvest = archive("/list.m3u8")
    assert harvest.verdict == "partial"
    assert harvest.reasons[0].startswith("1 of 2 fragments missing")


def test_a_file_that_is_a_page_in_disguise_is_no_video(
    server: Server, archive: Archive, tmp_path: Path
) -> None:
    server.routes["/clip.mp4"] = response(b"<!doctype html><p>Log in", media_type="text/html")
    server.routes["/"] = response(english(body='<video src="/clip.mp4"></video>'))
    with pytest.raises(MediaFailedError, match="expected video, got text/html"):
        archive()


def test_the_web_archive_holds_exchanges_and_streams(
    server: Server, archive: Archive, tmp_path: Path
) -> None:
    serve(server, hls(tmp_path / "made"))
    harvest = archive("/list.m3u8")
    (wacz,) = files(harvest, Role.WACZ)
    with open_frame(wacz.path, wacz.size, wacz.splices) as whole, zipfile.ZipFile(whole) as archive_file:
        lines = archive_file.read("indexes/index.cdxj").decode().splitlines()
    urls = {json.loads(line.split(" ", 2)[2])["url"] for line in lines}
    assert server.url("/list.m3u8") in urls
    assert {url.split(":")[1] for url in urls if url.startswith("urn:")} == {"stream", "metadata"}


def test_the_web_archive_is_valid_for_others(server: Server, archive: Archive, tmp_path: Path) -> None:
    serve(server, hls(tmp_path / "made"))
    (wacz,) = files(archive("/list.m3u8"), Role.WACZ)
    path = tmp_path / "whole.wacz"
    with open_frame(wacz.path, wacz.size, wacz.splices) as whole:
        path.write_bytes(whole.read())
    assert sha256(path.read_bytes()) == wacz.sha256
    program = Path(sys.executable).with_name("wacz")
    subprocess.run([program, "validate", "-f", path], check=True, capture_output=True)
    with zipfile.ZipFile(path) as members:
        members.extractall(tmp_path / "members")
    for warc in (tmp_path / "members" / "archive").iterdir():
        subprocess.run([program.with_name("warcio"), "check", warc], check=True, capture_output=True)


def test_progress_is_told_in_the_calling_thread(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    serve(server, hls(tmp_path / "made"))
    told: list[tuple[str, int, int]] = []
    archive_media(
        server.url("/list.m3u8"),
        policy=policy,
        workdir=workdir,
        deadline=Deadline.after(60),
        on_progress=lambda *news: told.append(news),
    )
    assert ("video", 2, 2) in told
    assert told[-1] == ("done", 1, 1)
