"""What is read out of pictures."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
import pytest
from PIL import ExifTags, Image

from benchmarks import drawing
from sources.archiving.examining.tasks import Examined, Kind

from ..pages import english, picture
from .conftest import Examine


def shown(examined: Examined) -> Image.Image:
    """The thumbnail."""
    assert examined.thumbnail is not None
    with Image.open(examined.thumbnail) as thumbnail:
        assert thumbnail.format == "JPEG"
        return thumbnail.copy()


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(image: Image.Image, **options: bytes) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_picture_gets_size_format_and_thumbnail(examine: Examine, kind: str) -> None:
    found = examine(picture(kind))
    assert (found.width, found.height, found.codec, found.note) == (640, 400, kind.lower(), None)
    assert shown(found).size == found.small_size == (480, 300)


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_gets_a_thumbnail(examine: Examine, mode: str) -> None:
    shown(examine(saved(Image.new(mode, (50, 40)), "TIFF" if mode == "CMYK" else "PNG")))


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_from_a_telephone_is_read(examine: Examine, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Model] = "Pocket 12"
    found = examine(heic(drawing.picture(2).resize((600, 400)), exif=exif.tobytes()))
    size = (600, 400) if orientation == 1 else (400, 600)
    assert ((found.width, found.height), found.codec, found.note) == (size, "heif", None)
    assert (found.device, len(found.looks)) == ("Pocket 12", 1)
    assert max(shown(found).size) == 480


def test_a_broken_picture_from_a_telephone_has_a_note(examine: Examine) -> None:
    found = examine(heic(Image.new("RGB", (64, 64)))[:300])
    assert found.note
    assert found.thumbnail is None


def test_a_small_picture_is_not_enlarged(examine: Examine) -> None:
    assert shown(examine(picture(size=(20, 10)))).size == (20, 10)


def test_a_picture_on_its_side_is_shown_upright(examine: Examine) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = examine(picture("JPEG", exif=exif))
    assert (found.width, found.height) == (400, 640)
    assert shown(found).size == (300, 480)


def test_transparency_becomes_white(examine: Examine) -> None:
    found = examine(saved(Image.new("RGBA", (10, 10), (0, 0, 0, 0))))
    assert shown(found).getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_has_one_look_with_its_views(examine: Examine) -> None:
    (look,) = examine(saved(drawing.picture(0))).looks
    assert (len(bytes(look.whole)), len(look.views), look.at_seconds, look.frame) == (64, 10, None, None)
    assert len({look.whole, *look.views}) == 11


def test_a_search_reads_the_same_look_and_makes_no_thumbnail(examine: Examine, tmp_path: object) -> None:
    found = examine(saved(drawing.picture(0)), Kind.LOOK)
    assert found.thumbnail is None
    assert len(found.looks) == 1


@pytest.mark.parametrize(
    "data", [picture(), picture(size=(31, 200)), saved(drawing.picture(1).resize((31, 31)))]
)
def test_what_is_plain_or_tiny_has_no_look(examine: Examine, data: bytes) -> None:
    assert examine(data).looks == ()


def bomb(side: int) -> bytes:
    """A small PNG that decodes to ``side`` by ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [13_000, 20_000])
def test_a_flood_of_pixels_has_a_note_instead_of_a_thumbnail(examine: Examine, side: int) -> None:
    found = examine(bomb(side))
    assert "too many pixels" in (found.note or "")
    assert (found.thumbnail, found.looks) == (None, ())


@pytest.mark.parametrize("data", [picture()[:200], b"\x89PNG\r\n\x1a\n" + b"junk" * 20])
def test_a_broken_picture_has_a_note(examine: Examine, data: bytes) -> None:
    found = examine(data)
    assert found.note
    assert found.thumbnail is None


def test_a_file_that_lies_about_its_type_has_a_note(examine: Examine) -> None:
    assert "not a picture in" in (examine(english(), media_type="image/png").note or "")


def test_a_format_not_on_the_list_is_not_decoded(examine: Examine) -> None:
    assert "not a picture in" in (examine(saved(Image.new("RGB", (32, 32)), "ICO")).note or "")


@pytest.mark.parametrize("media_type", ["application/pdf", "image/svg+xml", "text/html"])
def test_what_is_no_medium_to_be_looked_at_says_nothing(examine: Examine, media_type: str) -> None:
    assert examine(b"whatever", media_type=media_type) == Examined()
