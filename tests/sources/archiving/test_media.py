"""Types of media from their bytes, where ffmpeg is, and limits for programs that read untrusted files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sources.archiving import limited, media
from sources.archiving.signatures import media_type_of, sniff

from .pages import picture


def test_without_ffmpeg_there_is_no_path_and_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", _no_ffmpeg)
    media.ffmpeg_version.cache_clear()
    assert (media.ffmpeg_path(), media.ffmpeg_version()) == (None, None)
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


def test_limits_that_the_system_refuses_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refuse(kind: int, _: tuple[int, int]) -> None:
        tried.append(kind)
        raise ValueError

    monkeypatch.setattr("resource.setrlimit", refuse)
    limited.limit_this_process()
    assert len(tried) == len(limited.LIMITS)


def test_a_limited_process_and_what_it_starts_have_the_limits() -> None:
    child = "import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])"
    script = (
        "import subprocess, sys; from sources.archiving.limited import limit_this_process;"
        f"limit_this_process(); subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )
    assert int(subprocess.check_output([sys.executable, "-c", script])) == limited.FILE_BYTES
