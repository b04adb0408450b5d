"""What a file says of itself: when, where and with what it was made. Claims, every one of them easily forged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

import lxml.etree
from PIL import ExifTags, Image

MOST_ENTRIES = 200
LONGEST_VALUE = 500
XMP_BYTES = 1024 * 1024
FIRST_YEAR = 1990  # earlier ones are clocks that were never set: 1904 and 1970 are where they begin

# EXIF writes 2023:01:19 14:05:07, XMP and video containers ISO 8601, each with or without time and zone.
MOMENT = re.compile(
    r"(\d{4})[:-](\d{2})[:-](\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*",
    re.ASCII,
)
XMP_POSITION = re.compile(r"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])", re.ASCII)
ISO_6709 = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)(?:[+-].*)?/?", re.ASCII)

#: In which order they are believed: the taking of the picture, then its digitising, then the making of the file.
WHEN = (
    "DateTimeOriginal", "com.apple.quicktime.creationdate", "exif:DateTimeOriginal", "photoshop:DateCreated",
    "DateTimeDigitized", "xmp:CreateDate", "creation_time",
)  # fmt: skip
ZONES = {"DateTimeOriginal": "OffsetTimeOriginal", "DateTimeDigitized": "OffsetTimeDigitized"}
MAKERS = ("Make", "com.apple.quicktime.make", "com.android.manufacturer", "tiff:Make", "make", "MAKE")
MODELS = ("Model", "com.apple.quicktime.model", "com.android.model", "tiff:Model", "model", "MODEL")
PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")

NAMESPACES = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
}


def embedded_in(image: Image.Image) -> dict[str, Any]:
    """The EXIF and XMP of an open picture by tag, as JSON-safe values, at most 200 of them."""
    found = [*_exif(image), *_xmp(image.info.get("xmp", b""))]
    return {name: value for name, value in found[:MOST_ENTRIES] if value not in ("", None)}


def claims_in(embedded: Mapping[str, Any]) -> dict[str, Any]:
    """When (EDTF), where (degrees, WGS 84) and with which device, as far as the embedded tags say."""
    latitude, longitude = _position(embedded)
    return {
        "taken": _taken(embedded),
        "device": _device(embedded),
        "latitude": latitude,
        "longitude": longitude,
    }


def edtf_of(text: str, zone: str = "") -> str:
    """The EDTF of a time as files write it, with its zone where one is known; empty for none that can be."""
    match = MOMENT.fullmatch(text)
    if match is None:
        return ""
    year, month, day, hour, minute, second, own_zone = match.groups()
    try:
        moment = datetime(*map(int, (year, month, day, hour or 0, minute or 0, second or 0)))  # type: ignore[arg-type]  # noqa: DTZ001  # six numbers; the zone is text
    except ValueError:
        return ""
    if moment.year < FIRST_YEAR:
        return ""
    return moment.isoformat() + _zone(own_zone or zone) if hour else moment.date().isoformat()


def _taken(embedded: Mapping[str, Any]) -> str:
    for name in WHEN:
        if taken := edtf_of(str(embedded.get(name, "")), str(embedded.get(ZONES.get(name, ""), ""))):
            return taken
    return ""


def _zone(text: str) -> str:
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", text.strip(), re.ASCII)
    return f"{match[1]}{match[2]}:{match[3]}" if match else "Z" if text.strip() == "Z" else ""


def _device(embedded: Mapping[str, Any]) -> str:
    maker, model = (_first(embedded, names) for names in (MAKERS, MODELS))
    return model if model.lower().startswith(maker.lower()) else f"{maker} {model}".strip()


def _first(embedded: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(embedded[name]).strip() for name in names if embedded.get(name)), "")


def _position(embedded: Mapping[str, Any]) -> tuple[float, float] | tuple[None, None]:
    """The first position that is one: neither half of a pair nor 0, 0, which receivers write before they know."""
    for latitude, longitude in (_exif_position(embedded), _xmp_position(embedded), _iso_position(embedded)):
        if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None, None


def _exif_position(embedded: Mapping[str, Any]) -> tuple[float | None, float | None]:
    return tuple(_exif_degrees(embedded, name) for name in ("GPSLatitude", "GPSLongitude"))  # type: ignore[return-value]  # two of them


def _exif_degrees(embedded: Mapping[str, Any], name: str) -> float | None:
    parts, side = embedded.get(name), str(embedded.get(f"{name}Ref", ""))[:1].upper()
    if not isinstance(parts, list) or len(parts) != 3 or side not in {"N", "S", "E", "W"}:
        return None
    if not all(isinstance(part, int | float) for part in parts):
        return None
    return _signed(parts[0] + parts[1] / 60 + parts[2] / 3600, side)


def _xmp_position(embedded: Mapping[str, Any]) -> tuple[float | None, float | None]:
    return tuple(_xmp_degrees(embedded, name) for name in ("exif:GPSLatitude", "exif:GPSLongitude"))  # type: ignore[return-value]  # two of them


def _xmp_degrees(embedded: Mapping[str, Any], name: str) -> float | None:
    match = XMP_POSITION.fullmatch(str(embedded.get(name, "")).strip())
    if match is None:
        return None
    return _signed(int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600, match[4])


def _iso_position(embedded: Mapping[str, Any]) -> tuple[float | None, float | None]:
    match = ISO_6709.fullmatch(_first(embedded, PLACES))
    return (float(match[1]), float(match[2])) if match else (None, None)


def _signed(degrees: float, side: str) -> float:
    return round(-degrees if side in {"S", "W"} else degrees, 7)


def _exif(image: Image.Image) -> Iterator[tuple[str, Any]]:
    exif = image.getexif()
    for tags, names in (
        (exif, ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS),
    ):
        for number, value in tags.items():
            yield names.get(number, f"0x{number:04x}"), _plain(value)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it; what is no text, number or short list of them is left out."""
    match value:
        case bytes():
            text = value.decode("ascii", "replace").strip("\x00 ")
            return text[:LONGEST_VALUE] if text.isprintable() else None
        case str():
            return value.replace("\x00", "").strip()[:LONGEST_VALUE]
        case bool() | int():
            return value if abs(value) < 1 << 53 else str(value)[:LONGEST_VALUE]
        case tuple() | list():
            return [_plain(item) for item in value[:16]]
        case _:
            return _real(value)


def _real(value: Any) -> float | None:
    """A number with a fraction; EXIF's may be divided by nought."""
    try:
        number = float(Fraction(value))
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if abs(number) < 1e15 else None


def _xmp(packet: bytes | str) -> Iterator[tuple[str, Any]]:
    data = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    if not data or len(data) > XMP_BYTES:
        return
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = lxml.etree.fromstring(data.strip(b"\x00 \r\n\t"), parser)
    except (lxml.etree.LxmlError, ValueError):
        return
    for element in root.iter("{*}*") if root is not None else ():
        for name, value in element.attrib.items():
            yield from _property(str(name), str(value))
        yield from _property(str(element.tag), " ".join("".join(map(str, element.itertext())).split()))


def _property(name: str, value: str) -> Iterator[tuple[str, Any]]:
    namespace, _, local = name.removeprefix("{").rpartition("}")
    if namespace in NAMESPACES and value:
        yield f"{NAMESPACES[namespace]}:{local}", _plain(value)
