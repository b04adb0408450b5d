"""Types, sizes and thumbnails of media, read in child processes."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from sources.archiving import limited, media, media_child
from sources.archiving.media import MediumFacts, inspect_medium
from sources.archiving.signatures import media_type_of, sniff

from .pages import clip, english, picture, sound, video


def inspect(tmp_path: Path, data: bytes, **options: float) -> MediumFacts:
    """Inspect ``data`` as a file."""
    path = tmp_path / "medium"
    path.write_bytes(data)
    return inspect_medium(path, tmp_path / "thumbnail.jpg", **options)  # type: ignore[arg-type]  # only timeouts


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_picture_gets_type_size_and_thumbnail(tmp_path: Path, kind: str) -> None:
    facts = inspect(tmp_path, picture(kind))
    assert (facts.media_type, facts.width, facts.height) == (f"image/{kind.lower()}", 640, 400)
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (480, 300))


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_gets_a_thumbnail(tmp_path: Path, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (50, 40)).save(buffer, "TIFF" if mode == "CMYK" else "PNG")
    assert inspect(tmp_path, buffer.getvalue()).thumbnail is not None


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    facts = inspect(tmp_path, picture(size=(20, 10)))
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as thumbnail:
        assert thumbnail.size == (20, 10)


def test_a_picture_on_its_side_is_shown_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect(tmp_path, picture("JPEG", exif=exif))
    assert (facts.width, facts.height) == (400, 640)
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as thumbnail:
        assert thumbnail.size == (300, 480)


def test_transparency_becomes_white(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(buffer, "PNG")
    facts = inspect(tmp_path, buffer.getvalue())
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as thumbnail:
        assert thumbnail.getpixel((5, 5)) == (255, 255, 255)


def bomb(side: int) -> bytes:
    """A small PNG that decodes to ``side`` by ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [13_000, 20_000])
def test_a_decompression_bomb_has_a_reason_instead_of_a_thumbnail(tmp_path: Path, side: int) -> None:
    facts = inspect(tmp_path, bomb(side))
    assert facts.thumbnail is None
    assert "too many pixels" in (facts.reason or "")


@pytest.mark.parametrize("data", [picture()[:200], b"\x89PNG\r\n\x1a\n" + b"junk" * 20])
def test_a_broken_picture_has_a_reason(tmp_path: Path, data: bytes) -> None:
    facts = inspect(tmp_path, data)
    assert (facts.media_type, facts.thumbnail) == ("image/png", None)
    assert facts.reason


def test_a_format_not_on_the_list_is_not_decoded(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32)).save(buffer, "ICO")
    assert "not a picture in" in (inspect(tmp_path, buffer.getvalue()).reason or "")


def test_a_child_that_dies_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_run", lambda *_: "Traceback")
    assert "within its limits" in (inspect(tmp_path, picture()).reason or "")


def test_a_child_that_takes_too_long_is_a_reason(tmp_path: Path) -> None:
    facts = inspect(tmp_path, picture(), timeout=0.001)
    assert "within its limits" in (facts.reason or "")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("v.mp4", "video/mp4"),
        ("v.webm", "video/webm"),
        ("v.mkv", "video/x-matroska"),
        ("v.avi", "video/x-msvideo"),
        ("v.mov", "video/quicktime"),
        ("v.ts", "video/mp2t"),
        ("v.flv", "video/x-flv"),
    ],
)
def test_a_video_gets_type_size_duration_and_poster(tmp_path: Path, name: str, media_type: str) -> None:
    facts = inspect(tmp_path, video(tmp_path / name))
    assert (facts.media_type, facts.width, facts.height) == (media_type, 320, 240)
    assert facts.duration_s == pytest.approx(2, abs=0.2)
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as poster:
        assert (poster.format, poster.size) == ("JPEG", (320, 240))


def test_a_large_video_has_a_small_poster(tmp_path: Path) -> None:
    data = clip(tmp_path / "v.mp4", "-f", "lavfi", "-i", "testsrc=duration=1:size=1280x720:rate=5")
    facts = inspect(tmp_path, data)
    assert facts.thumbnail is not None
    with Image.open(facts.thumbnail) as poster:
        assert poster.size == (480, 270)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("s.mp3", "audio/mpeg"),
        ("s.wav", "audio/wav"),
        ("s.ogg", "audio/ogg"),
        ("s.flac", "audio/flac"),
        ("s.m4a", "audio/mp4"),
    ],
)
def test_sound_has_a_duration_and_no_poster(tmp_path: Path, name: str, media_type: str) -> None:
    facts = inspect(tmp_path, sound(tmp_path / name))
    assert (facts.media_type, facts.thumbnail, facts.reason) == (media_type, None, None)
    assert facts.duration_s == pytest.approx(1, abs=0.2)


def test_a_turned_video_has_its_displayed_size(tmp_path: Path) -> None:
    plain = tmp_path / "plain.mp4"
    video(plain)
    turned = clip(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(plain), "-c", "copy")
    facts = inspect(tmp_path, turned)
    assert (facts.width, facts.height) == (240, 320)


def test_a_broken_video_has_a_reason(tmp_path: Path) -> None:
    facts = inspect(tmp_path, video(tmp_path / "v.mp4")[:1000])
    assert (facts.media_type, facts.thumbnail, facts.duration_s) == ("video/mp4", None, None)
    assert facts.reason == "no frame could be decoded"


def test_a_playlist_is_not_followed_to_other_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    video(secret)
    playlist = tmp_path / "medium.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n")
    facts = inspect_medium(playlist, tmp_path / "thumbnail.jpg", served_type="video/mp4")
    assert (facts.thumbnail, facts.duration_s) == (None, None)


def test_without_ffmpeg_a_video_has_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = video(tmp_path / "v.mp4")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", _no_ffmpeg)
    media.ffmpeg_version.cache_clear()
    assert inspect(tmp_path, data).reason == "ffmpeg is not available"
    assert media.ffmpeg_version() is None
    media.ffmpeg_version.cache_clear()


def _no_ffmpeg() -> str:
    raise RuntimeError


def test_the_systems_ffmpeg_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    media.ffmpeg_version.cache_clear()
    assert media.ffmpeg_path() == str(program)
    assert media.ffmpeg_version() is None
    media.ffmpeg_version.cache_clear()


def test_what_is_no_medium_has_only_a_type(tmp_path: Path) -> None:
    assert inspect(tmp_path, english()) == MediumFacts("text/html")


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        (b"\xef\xbb\xbf <!-- hi --><!DOCTYPE html>", "text/html"),
        (b"<HTML lang=en>", "text/html"),
        (b"xxxxxxxxWEBP", None),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"OggS" + b"\x80theora", "video/ogg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"plain words", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("data", "served", "media_type"),
    [
        (picture(), "text/plain", "image/png"),
        (b"plain words", "text/css", "text/css"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "", "application/x-7z-compressed"),
        (b"", "", "application/octet-stream"),
        (b"plain words", "", "application/octet-stream"),
        (b"plain words", "application/vnd.example+json", "application/vnd.example+json"),
        (b"plain words", "text", "application/octet-stream"),
        (b"plain words", "text/", "application/octet-stream"),
        (b"plain words", "text/a/b", "application/octet-stream"),
        (b"plain words", "text/plain\n", "application/octet-stream"),
        (b"plain words", "text/<b>", "application/octet-stream"),
        (b"plain words", "text/pl\xe4in", "application/octet-stream"),
        (b"plain words", "text/" + "x" * 95, "text/" + "x" * 95),
        (b"plain words", "text/" + "x" * 96, "application/octet-stream"),
    ],
)
def test_content_counts_before_what_the_server_says(
    tmp_path: Path, data: bytes, served: str, media_type: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert media_type_of(path, served) == media_type


def test_the_child_reads_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(media_child, "limit_this_process", lambda: None)
    monkeypatch.setattr(media_child, "prepare", lambda: None)
    path = tmp_path / "a.png"
    path.write_bytes(picture())
    media_child.main([str(path), str(tmp_path / "t.jpg")])
    assert json.loads(capsys.readouterr().out) == {"width": 640, "height": 400}


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"junk", "not a picture"), (picture()[:200], "broken"), (bomb(20_000), "too many pixels")],
)
def test_the_child_says_why_not(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert reason in media_child.read_picture(path, tmp_path / "t.jpg")["reason"]


def test_limits_that_the_system_refuses_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refuse(kind: int, _: tuple[int, int]) -> None:
        tried.append(kind)
        raise ValueError

    monkeypatch.setattr("resource.setrlimit", refuse)
    limited.limit_this_process()
    assert len(tried) == len(limited.LIMITS)


def test_the_limited_program_has_the_limits() -> None:
    script = "import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])"
    output = subprocess.check_output(
        [sys.executable, "-m", "sources.archiving.limited", sys.executable, "-c", script]
    )
    assert int(output) == limited.FILE_BYTES


def test_the_wrapper_becomes_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(limited, "limit_this_process", lambda: None)
    monkeypatch.setattr(os, "execvp", lambda program, arguments: calls.append((program, arguments)))
    limited.main(["ffmpeg", "-version"])
    assert calls == [("ffmpeg", ["ffmpeg", "-version"])]
