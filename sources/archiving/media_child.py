"""Reads one picture in a process of its own: ``python -m sources.archiving.media_child PICTURE THUMBNAIL``.

Prints the facts as JSON and writes the thumbnail. A decoder that crashes or eats memory takes this process
with it and no other.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from .limited import limit_this_process

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
MAX_PIXELS = 150_000_000
THUMBNAIL_PIXELS = 480
JPEG_QUALITY = 80


def read_picture(picture: Path, thumbnail: Path) -> dict[str, Any]:
    """Width and height in pixels as displayed (after EXIF orientation); writes a JPEG ``thumbnail``.

    On failure the answer has only ``reason``.
    """
    try:
        with Image.open(picture, formats=FORMATS) as image:
            width, height = _displayed_size(image)
            _write_thumbnail(image, thumbnail)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        return {"reason": f"too many pixels: {error}"}
    except UnidentifiedImageError:
        return {"reason": f"not a picture in {', '.join(FORMATS)}"}
    except (OSError, ValueError, SyntaxError, MemoryError) as error:  # what Pillow raises on broken files
        return {"reason": f"broken picture: {error}"}
    return {"width": width, "height": height}


def _displayed_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    lies_on_its_side = image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (height, width) if lies_on_its_side else (width, height)


def _write_thumbnail(image: Image.Image, thumbnail: Path) -> None:
    smooth = image.convert("RGBA") if image.mode in ("1", "P", "PA") else image
    smooth.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    upright = ImageOps.exif_transpose(smooth).convert("RGBA")
    page = Image.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright.getchannel("A"))
    page.save(thumbnail, "JPEG", quality=JPEG_QUALITY)


def main(arguments: Sequence[str]) -> None:
    """Answer for the picture and the thumbnail path given."""
    limit_this_process()
    prepare()
    picture, thumbnail = map(Path, arguments)
    json.dump(read_picture(picture, thumbnail), sys.stdout)


def prepare() -> None:
    """Make Pillow refuse decompression bombs; its default only warns."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


if __name__ == "__main__":
    main(sys.argv[1:])
