"""What kind of file some bytes are."""

from __future__ import annotations

import pytest

from sources.archiving.signatures import sniff


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x00\x00\x00\x18ftypisom\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp5\x00\x00", "video/3gpp"),
        (b"\x00\x00\x00\x18stypmsdh\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x2csidx\x00\x00\x00\x00", "video/mp4"),
        (b"\x00\x00\x04\x00moof\x00\x00", "video/mp4"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "application/vnd.apple.mpegurl"),
        (b"<?xml version='1.0'?>\n<MPD xmlns='urn:x'>", "application/dash+xml"),
        (b"WEBVTT\n\n00:00.000", "text/vtt"),
        (b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", "application/x-subrip"),
        (b"<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml'>", "application/ttml+xml"),
        (b"#!AMR\n", "audio/amr"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (b"<!doctype html><title>x", "text/html"),
        (b"1. A list of things", None),
        (b"<title>MPD</title>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell(head: bytes, expected: str | None) -> None:
    assert sniff(head) == expected


@pytest.mark.parametrize(
    "before", [b"<!-- one --> <!-- two -->\n", b"<?xml version='1.0'?><!-- a -->", b" \n"]
)
@pytest.mark.parametrize(("root", "expected"), [(b"<html>", "text/html"), (b"<svg >", "image/svg+xml")])
def test_what_may_come_before_a_root_does_not_hide_it(before: bytes, root: bytes, expected: str) -> None:
    assert sniff(before + root) == expected
