"""What kind of file some bytes are, from the bytes themselves."""

from __future__ import annotations

import re
from pathlib import Path

import puremagic

HEAD_BYTES = 4096
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
#: Lists of the parts that a stream is served in: HLS under its several names, and DASH.
PLAYLIST_TYPES = frozenset(
    {
        "application/vnd.apple.mpegurl",
        "application/x-mpegurl",
        "audio/mpegurl",
        "audio/x-mpegurl",
        "application/dash+xml",
    }
)
SURE = 0.6  # what puremagic says of a match of six bytes or more

# Offset, signature, media type; the first that matches. From the formats' own specifications.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"#EXTM3U", "application/vnd.apple.mpegurl"),
    (0, b"WEBVTT", "text/vtt"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"wOF2", "font/woff2"),
    (0, b"wOFF", "font/woff"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
)
RIFF_TYPES = frozenset({"image/webp", "video/x-msvideo", "audio/wav"})
# ISO base media files: brand in the "ftyp" box (ISO/IEC 14496-12).
BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
    b"3g2a": "video/3gpp2",
}
#: Boxes that a fragment of a stream may begin with, cut from its start (ISO/IEC 23009-1).
FRAGMENT_BOXES = frozenset({b"styp", b"sidx", b"moof", b"moov"})
# What goes into headers and records has the shape of RFC 6838 names, or is not taken from the server.
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
MEDIA_TYPE_LENGTH = 100
# What may come before a root element is taken for good (?>…): a page of many comments would else be tried in every
# way that they can be taken together.
PROLOGUE = rb"\s*(?>(?:(?:<\?xml.*?\?>|<!--.*?-->|<!doctype svg[^>]*>)\s*)*)"
HTML_START = re.compile(PROLOGUE + rb"<(?:!doctype html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL)
SRT_START = re.compile(rb"\s*\d+\s*\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{1,3} --> ")
MPD_START = re.compile(PROLOGUE + rb"<(?:\w+:)?MPD[\s>]", re.DOTALL)
TTML_START = re.compile(PROLOGUE + rb"<(?:\w+:)?tt[\s>]", re.DOTALL)
SVG_START = re.compile(PROLOGUE + rb"<svg[\s>]", re.DOTALL)
TEXT_STARTS = (
    (SVG_START, "image/svg+xml"),
    (MPD_START, "application/dash+xml"),
    (TTML_START, "application/ttml+xml"),
    (SRT_START, "application/x-subrip"),
)


def media_type_of(path: Path, served: str = "") -> str:
    """The media type of a file by its content; ``served`` if the content does not tell.

    ``application/octet-stream`` when neither does, or ``served`` does not look like a media type.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return sniff(head) or _claimed(served) or _ask_puremagic(head) or "application/octet-stream"


def _claimed(served: str) -> str | None:
    is_plausible = len(served) <= MEDIA_TYPE_LENGTH and MEDIA_TYPE.fullmatch(served)
    return served if is_plausible else None


def sniff(head: bytes) -> str | None:
    """The media type of a file that begins with ``head``, or None if its first bytes do not tell."""
    return _by_signature(head) or _by_container(head) or _by_markup(head)


def _by_signature(head: bytes) -> str | None:
    for offset, signature, media_type in SIGNATURES:
        if head.startswith(signature, offset):
            if media_type in RIFF_TYPES and not head.startswith(b"RIFF"):
                continue
            return media_type
    return None


def _by_container(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    if head[4:8] in FRAGMENT_BOXES:
        return "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):  # EBML
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:512] else "audio/ogg"
    if head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G":
        return "video/mp2t"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:  # ADTS: sync word, layer 00
        return "audio/aac"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # MPEG audio frame, layer III
        return "audio/mpeg"
    return None


def _by_markup(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if HTML_START.match(text):
        return "text/html"
    return next((media_type for start, media_type in TEXT_STARTS if start.match(text)), None)


def _ask_puremagic(head: bytes) -> str | None:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    return next((guess.mime_type for guess in guesses if guess.confidence >= SURE and guess.mime_type), None)
