"""What files say of themselves, from tags to when, where and with what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from osint.dates import validate_edtf
from sources.archiving.examining.metadata import claims_in, edtf_of

from ..pages import picture
from .conftest import Examine

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" exif:GPSLatitude="55,43.668N" exif:GPSLongitude="37,35.514E"
 xmp:CreateDate="2023-01-19T14:05:07.5+03:00"><tiff:Model>Model 7</tiff:Model></rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def photograph(**gps: Any) -> bytes:
    """A JPEG with the tags of a camera."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Maker Model 7\x00\x00"
    exif.get_ifd(0x8769).update({0x9003: "2023:01:19 14:05:07", 0x9011: "+03:00"})
    exif.get_ifd(0x8825).update(
        {
            1: "N",
            2: (55.0, 43.0, 40.08),
            3: "E",
            4: (37.0, 35.0, 30.84),
            **{int(k[1:]): v for k, v in gps.items()},
        }
    )
    return picture("JPEG", exif=exif)


def test_a_photograph_says_when_where_and_with_what(examine: Examine) -> None:
    found = examine(photograph())
    assert (found.taken, found.device) == ("2023-01-19T14:05:07+03:00", "Maker Model 7")
    assert (found.latitude, found.longitude) == (55.7278, 37.5919)
    assert found.embedded["DateTimeOriginal"] == "2023:01:19 14:05:07"


def test_south_and_west_are_negative(examine: Examine) -> None:
    found = examine(photograph(_1="S", _3="W"))
    assert (found.latitude, found.longitude) == (-55.7278, -37.5919)


def test_a_division_by_nought_is_no_position(examine: Examine) -> None:
    found = examine(photograph(_2=(IFDRational(1, 0), 0.0, 0.0)))
    assert (found.latitude, found.longitude, found.note) == (None, None, None)


def test_xmp_is_read_too(examine: Examine) -> None:
    found = examine(picture("JPEG", xmp=XMP))
    assert (found.taken, found.device) == ("2023-01-19T14:05:07+03:00", "Model 7")
    assert (found.latitude, found.longitude) == (55.7278, 37.5919)


def test_xmp_reaches_for_no_file(examine: Examine) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    found = examine(picture("JPEG", xmp=doctype + XMP.replace(b"Model 7", b"&e;")))
    assert "root" not in str(found.embedded)


@pytest.mark.parametrize(
    ("text", "zone", "edtf"),
    [
        ("2023:01:19 14:05:07", "", "2023-01-19T14:05:07"),
        ("2023:01:19 14:05:07", "+03:00", "2023-01-19T14:05:07+03:00"),
        ("2023-01-19T14:05:07.000000Z", "", "2023-01-19T14:05:07Z"),
        ("2023-01-19T14:05:07+0300", "", "2023-01-19T14:05:07+03:00"),
        ("2023-01-19T14:05", "", "2023-01-19T14:05:00"),
        ("2023-01-19", "", "2023-01-19"),
        ("2023:01:19", "+03:00", "2023-01-19"),
        ("0000:00:00 00:00:00", "", ""),
        ("1904-01-01T00:00:00Z", "", ""),
        ("2023:02:30 14:05:07", "", ""),
        ("yesterday", "", ""),
        ("", "", ""),
    ],
)
def test_times_become_edtf_as_far_as_they_are_times(text: str, zone: str, edtf: str) -> None:
    assert edtf_of(text, zone) == edtf


@given(
    st.from_regex(r"\d{4}[:-]\d{2}[:-]\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?", fullmatch=True), st.text(max_size=8)
)
def test_whatever_is_made_of_a_time_is_edtf(text: str, zone: str) -> None:
    if edtf := edtf_of(text, zone):
        validate_edtf(edtf)


@pytest.mark.parametrize(
    "embedded",
    [
        {"GPSLatitude": [0, 0, 0], "GPSLatitudeRef": "N", "GPSLongitude": [0, 0, 0], "GPSLongitudeRef": "E"},
        {"GPSLatitude": [55, 0, 0], "GPSLatitudeRef": "N"},
        {"GPSLatitude": [95, 0, 0], "GPSLatitudeRef": "N", "GPSLongitude": [1, 0, 0], "GPSLongitudeRef": "E"},
        {
            "GPSLatitude": ["a", 0, 0],
            "GPSLatitudeRef": "N",
            "GPSLongitude": [1, 0, 0],
            "GPSLongitudeRef": "E",
        },
        {"location": "here"},
    ],
)
def test_half_a_position_or_an_impossible_one_is_none(embedded: dict[str, Any]) -> None:
    claims = claims_in(embedded)
    assert (claims["latitude"], claims["longitude"]) == (None, None)


def test_a_model_that_names_its_maker_is_not_named_twice() -> None:
    assert claims_in({"Make": "Acme", "Model": "ACME One"})["device"] == "ACME One"
