"""How a picture looks, in 256 bits: alike pictures differ in few of them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .tasks import Look, View

HASH_SIDE = 16  # 16 × 16 bits
SAMPLE = 400  # pixels of the longer side; what is finer than that does not survive the web
CROP = 0.05
#: Where the part that is left after a crop lies, as shares of what was cut off at the left and at the top.
CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5))
SMALLEST = 32  # pixels: smaller ones are icons and counters, which look like many others
#: Below this there is less to see than what saving as JPEG adds.
PLAIN = 2.0
DETAIL_SIDE = 64

FREQUENCIES = 32
_SIDE = 8  # enough for as many
_ORDER = sorted(np.ndindex(_SIDE, _SIDE), key=lambda at: (at[0] ** 2 + at[1] ** 2, at))[1 : FREQUENCIES + 1]
#: Rows and columns of the lowest frequencies but that of the whole brightness.
LOWEST = tuple(np.array(_ORDER).T)
#: The cosine transform (type II) of 64 samples, for the lowest frequencies.
WAVES = np.cos(np.pi / DETAIL_SIDE * np.outer(np.arange(_SIDE), np.arange(DETAIL_SIDE) + 0.5))
#: They cut the normal distribution into nine equal parts, so that each bit tells as much as it can.
STEPS = np.array([NormalDist().inv_cdf(step / 9) for step in range(1, 9)])


def look_of(image: Image.Image, at_seconds: float | None = None) -> Look | None:
    """The look of a picture, or None of one that is too small or too plain to be told from others.

    ``views`` are the looks of the picture cropped by 5 % in five ways and extended by as much in five: a search
    with all of them finds a picture of which either is a crop of the other.
    """
    grey = image.convert("L")
    if min(grey.size) < SMALLEST or detail(grey) < PLAIN:
        return None
    grey.thumbnail((SAMPLE, SAMPLE))
    crops = [_cropped(grey, *corner) for corner in CORNERS]
    extensions = [_extended(grey, *corner) for corner in CORNERS]
    return Look(view_of(grey), tuple(map(view_of, [*crops, *extensions])), at_seconds)


def view_of(grey: Image.Image) -> View:
    """The two hashes of a picture in shades of grey.

    ``bits`` is the perceptual hash: the signs of the lowest 16 × 16 spatial frequencies against their median. All
    but random for unlike pictures, they tell these apart, and for that very reason no graph of neighbours leads to
    a near one: of a million an HNSW index found one in three. So there is the ``sketch``, which measures the 32
    lowest frequencies in eight steps each, written as so many ones: how many of its bits differ says how far two
    pictures are from each other, as a distance in few dimensions, through which an index finds its way.
    """
    import imagehash  # brings SciPy along: half a second, which whoever only reads a page is spared

    bits = imagehash.phash(grey, hash_size=HASH_SIDE).hash
    return View(np.packbits(bits.flatten()).tobytes(), np.packbits(_sketched(grey).flatten()).tobytes())


def _sketched(grey: Image.Image) -> NDArray[np.bool_]:
    """32 × 8 truths: is this frequency stronger than this step? Strengths are flattened (photographs have less of
    the higher ones) and measured by their mean square, so that brightness and contrast do not count."""
    small = np.asarray(grey.resize((DETAIL_SIDE, DETAIL_SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    strengths = (WAVES @ small @ WAVES.T)[LOWEST] * np.hypot(*LOWEST)
    level = np.sqrt(np.mean(strengths**2)) or 1.0
    return np.asarray(strengths[:, None] / level > STEPS)


def detail(grey: Image.Image) -> float:
    """How much there is to see: the mean bend of brightness from pixel to pixel, on 64 × 64 pixels of 0 to 255.

    A smooth ramp has none, so that its higher frequencies are noise, and every saving shuffles their signs.
    """
    small = np.asarray(grey.resize((DETAIL_SIDE, DETAIL_SIDE), Image.Resampling.BOX), dtype=np.float64)
    across = np.abs(np.diff(small, 2, axis=1)).mean()
    down = np.abs(np.diff(small, 2, axis=0)).mean()
    return float(across + down)


def _cropped(grey: Image.Image, across: float, down: float) -> Image.Image:
    width, height = grey.size
    left, top = CROP * across * width, CROP * down * height
    return grey.crop(
        (round(left), round(top), round(left + width * (1 - CROP)), round(top + height * (1 - CROP)))
    )


def _extended(grey: Image.Image, across: float, down: float) -> Image.Image:
    """The picture mirrored at its edges, out to where they may have been before a crop."""
    width, height = (round(side * CROP / (1 - CROP)) for side in grey.size)
    left, top = round(width * across), round(height * down)
    pixels: NDArray[np.uint8] = np.asarray(grey)
    return Image.fromarray(np.pad(pixels, ((top, height - top), (left, width - left)), mode="reflect"))
