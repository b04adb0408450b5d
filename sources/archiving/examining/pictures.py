"""Reading pictures: size, what they say of themselves, a small JPEG of them, how they look."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from .looks import look_of
from .metadata import claims_in, embedded_in

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
MAX_PIXELS = 150_000_000
THUMBNAIL_PIXELS = 480
JPEG_QUALITY = 80
THUMBNAIL = "thumbnail.jpg"


class UnreadableError(Exception):
    """Why a medium cannot be read, in words."""


def read_picture(path: Path, folder: Path) -> dict[str, Any]:
    """Width and height in pixels as displayed (after EXIF orientation), embedded tags and what they claim, looks.

    Writes a JPEG thumbnail, longer side at most 480 px, into ``folder``. Raises UnreadableError.
    """
    with _opened(path) as image:
        width, height = _displayed_size(image)
        embedded = embedded_in(image)
        codec = (image.format or "").lower()
        small = shrunk(image)
    small.save(folder / THUMBNAIL, "JPEG", quality=JPEG_QUALITY)
    look = look_of(small) if is_telling(width, height) else None
    return {
        "width": width,
        "height": height,
        "codec": codec,
        "embedded": embedded,
        **claims_in(embedded),
        "thumbnail": THUMBNAIL,
        "small_size": small.size,
        "looks": [look] if look else [],
    }


def read_look(path: Path) -> dict[str, Any]:
    """Only size and looks, for a search. Raises UnreadableError."""
    with _opened(path) as image:
        width, height = _displayed_size(image)
        small = shrunk(image)
    look = look_of(small) if is_telling(width, height) else None
    return {"width": width, "height": height, "looks": [look] if look else []}


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The picture, of a format on the list, not too large. What breaks while it is read raises UnreadableError."""
    _refuse_bombs()
    register_heif_opener(thumbnails=False)
    try:
        with Image.open(path, formats=FORMATS) as image:
            yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableError(f"too many pixels: {error}") from error
    except UnidentifiedImageError as error:
        raise UnreadableError(f"not a picture in {', '.join(FORMATS)}") from error
    except MemoryError as error:
        raise UnreadableError("the picture takes more memory than it may") from error
    except Exception as error:
        # Decoders in Python raise whatever a broken file makes of their arithmetic: IndexError, struct.error …
        raise UnreadableError(f"broken picture: {error}") from error


def _refuse_bombs() -> None:
    """By default Pillow only warns, at half of what it then refuses."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def is_telling(width: int, height: int) -> bool:
    """Whether the picture is large enough for its look to mean something: icons and counters look like many others."""
    return min(width, height) >= 32


def shrunk(image: Image.Image) -> Image.Image:
    """The picture upright, at most 480 px long, on white where it is transparent."""
    smooth = image.convert("RGBA") if image.mode in ("1", "P", "PA") else image
    smooth.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    upright = ImageOps.exif_transpose(smooth).convert("RGBA")
    page = Image.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright.getchannel("A"))
    return page


def _displayed_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    lies_on_its_side = image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (height, width) if lies_on_its_side else (width, height)
