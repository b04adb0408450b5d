"""Drawing basics for the stand-in pictures: sky, ground, trees, windows, grain, and the visible stamp.

Coordinates are pixels of the finished picture. Scenes are drawn at twice their size and reduced at the end,
because Pillow's polygons have no anti-aliasing of their own.
"""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]

SCALE = 2
STAMP = "GENERATED STAND-IN - not a real photograph"


class Canvas:
    """A picture in the making: `width` x `height` pixels, with a seeded source of chance."""

    def __init__(self, width: int, height: int, *, seed: int) -> None:
        self.width, self.height = width, height
        self.chance = random.Random(seed)  # noqa: S311 - texture, not a secret; it must repeat exactly
        self._image = Image.new("RGB", (width * SCALE, height * SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def sky(self, top: Colour, bottom: Colour, until: float) -> None:
        """A vertical gradient from the upper edge down to row `until`."""
        rows = round(until * SCALE)
        for row in range(rows):
            self._draw.line((0, row, self.width * SCALE, row), fill=_mix(top, bottom, row / rows))

    def polygon(self, points: list[Point], fill: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def box(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """A filled rectangle with its upper left corner at x, y."""
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], fill)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """A filled circle around x, y."""
        corners = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self._draw.ellipse(corners, fill=fill)

    def line(self, points: list[Point], fill: Colour, width: float) -> None:
        """A line through the points, `width` pixels thick."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")

    def text(self, x: float, y: float, words: str, size: float, fill: Colour) -> None:
        """Words in Pillow's own font, which has Latin letters only, starting at x, y."""
        font = ImageFont.load_default(size * SCALE)
        self._draw.text((x * SCALE, y * SCALE), words, font=font, fill=fill)

    def windows(self, area: tuple[float, float, float, float], rows: int, columns: int, lit: float) -> None:
        """A grid of windows in `area` (x, y, width, height); `lit` is the share with a light on."""
        x, y, width, height = area
        across, down = width / columns, height / rows
        for row in range(rows):
            for column in range(columns):
                fill = (236, 205, 142) if self.chance.random() < lit else (72, 80, 94)
                self.box(
                    x + (column + 0.27) * across, y + (row + 0.22) * down, across * 0.46, down * 0.56, fill
                )

    def pines(self, left: float, right: float, base: float, height: float, count: int) -> None:
        """A row of `count` firs of about `height` pixels, standing on row `base`."""
        for index in range(count):
            x = left + (right - left) * (index + self.chance.random()) / count
            tall = height * self.chance.uniform(0.7, 1.15)
            shade = self.chance.randint(-8, 10)
            self._fir(x, base + self.chance.uniform(-4, 6), tall, (38 + shade, 58 + shade, 54 + shade))

    def _fir(self, x: float, base: float, tall: float, fill: Colour) -> None:
        self.box(x - tall * 0.02, base - tall * 0.12, tall * 0.04, tall * 0.12, (62, 50, 44))
        for step in range(4):
            top, half = base - tall + step * tall * 0.2, tall * (0.1 + step * 0.045)
            self.polygon([(x, top), (x + half, top + tall * 0.32), (x - half, top + tall * 0.32)], fill)

    def finish(self, *, grain: float = 0.06) -> Image.Image:
        """The picture at its real size, with film grain (share of noise, 0 to 1) and the stamp."""
        picture = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        noise = Image.frombytes("L", picture.size, self.chance.randbytes(self.width * self.height))
        return stamp(Image.blend(picture, noise.convert("RGB"), grain))


def stamp(picture: Image.Image) -> Image.Image:
    """The same picture with the stand-in stamp in a band along its lower edge."""
    draw = ImageDraw.Draw(picture)
    band = max(26, picture.height // 18)
    draw.rectangle((0, picture.height - band, picture.width, picture.height), fill=(20, 20, 22))
    draw.rectangle((0, picture.height - band, picture.width, picture.height - band + 2), fill=(244, 196, 48))
    font = ImageFont.load_default(band * 0.55)
    middle = (picture.width / 2, picture.height - band / 2 + 1)
    draw.text(middle, STAMP, font=font, fill=(250, 250, 250), anchor="mm")
    return picture


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
