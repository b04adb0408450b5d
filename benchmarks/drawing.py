"""Pictures that look like many things, drawn from a seed, and what becomes of pictures on their way round the web."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Random = np.random.Generator
Picture = Image.Image
SIZES = ((640, 480), (480, 640), (800, 450), (600, 600))
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"


def picture(seed: int) -> Picture:
    """One of `KINDS` in RGB, about 0.3 megapixels; the same seed draws the same picture."""
    random = np.random.default_rng(seed)
    size = SIZES[int(random.integers(len(SIZES)))]
    return KINDS[seed % len(KINDS)](random, size)


def poster(random: Random, size: tuple[int, int]) -> Picture:
    """Smooth colours with a few soft lights, some discs and a headline."""
    field = sum(_light(random, size) * random.uniform(0.3, 1) for _ in range(int(random.integers(3, 8))))
    page = _coloured(random, np.asarray(field))
    pen, radius = ImageDraw.Draw(page), size[0] * random.uniform(0.04, 0.12)
    for x, y in random.uniform(0, 1, (int(random.integers(2, 7)), 2)) * size:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(random))
    for line in range(int(random.integers(1, 4))):
        at = (size[0] * random.uniform(0.02, 0.4), size[1] * (0.1 + 0.25 * line + random.uniform(0, 0.1)))
        words = f"{_word(random)} {_word(random)} {_word(random)}"
        pen.text(at, words, font=ImageFont.load_default(int(random.integers(24, 60))), fill=_colour(random))
    return page


def shapes(random: Random, size: tuple[int, int]) -> Picture:
    """Polygons, discs and lines on a plain ground."""
    page = Image.new("RGB", size, _colour(random))
    pen = ImageDraw.Draw(page)
    for _ in range(int(random.integers(6, 25))):
        corners = [tuple(map(int, random.uniform(0, 1, 2) * size)) for _ in range(int(random.integers(2, 6)))]
        if len(corners) == 2:
            (a, b), (c, d) = corners
            pen.ellipse((min(a, c), min(b, d), max(a, c) + 5, max(b, d) + 5), fill=_colour(random))
        else:
            pen.polygon(corners, fill=_colour(random))
    return page


def clouds(random: Random, size: tuple[int, int]) -> Picture:
    """Noise whose strength falls with its frequency, as in most photographs."""
    return _coloured(random, _noise(random, size, random.uniform(1.0, 1.9)))


def writing(random: Random, size: tuple[int, int]) -> Picture:
    """A page of text with headings, and sometimes a picture in it."""
    page = Image.new("RGB", size, _colour(random, light=True))
    pen, ink = ImageDraw.Draw(page), _colour(random, light=False)
    left, y = int(random.uniform(0.02, 0.3) * size[0]), int(random.uniform(0.02, 0.2) * size[1])
    height = int(random.integers(12, 30))
    while y < size[1]:
        points = height * (2 if random.random() < 0.15 else 1)
        words = " ".join(_word(random) for _ in range(int(random.integers(1, 14))))
        pen.text((left, y), words, font=ImageFont.load_default(points), fill=ink)
        y += int(points * 1.4) + (height if random.random() < 0.2 else 0)
    if random.random() < 0.5:
        inset = clouds(random, (size[0] // 3, size[1] // 3))
        across, down = random.uniform(0, 0.6, 2) * size
        page.paste(inset, (int(across), int(down)))
    return page


def landscape(random: Random, size: tuple[int, int]) -> Picture:
    """Sky, hills and houses with windows under changing light, with the grain of a small sensor."""
    page = clouds(random, size).filter(ImageFilter.GaussianBlur(4))
    pen = ImageDraw.Draw(page)
    for depth in range(int(random.integers(2, 5))):
        _hills(random, pen, size, 0.35 + 0.15 * depth)
    for _ in range(int(random.integers(0, 9))):
        _house(random, pen, size)
    grain = random.normal(0, random.uniform(2, 9), (size[1], size[0], 1))
    return Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))


def stripes(random: Random, size: tuple[int, int]) -> Picture:
    """A bent pattern of waves, as on cloth, fences and water."""
    x, y = _grid(size)
    bend = _noise(random, size, 1.8) * random.uniform(0.2, 2)
    field = np.sin(
        (x * random.uniform(-12, 12) + y * random.uniform(-12, 12)) * np.pi + bend * random.uniform(1, 6)
    )
    return _coloured(random, field + _light(random, size))


def mosaic(random: Random, size: tuple[int, int]) -> Picture:
    """Patches of texture with hard borders, as seen from the air."""
    x, y = _grid(size)
    seeds = random.uniform(0, 1, (int(random.integers(8, 40)), 2))
    distance = (x[..., None] - seeds[:, 0]) ** 2 + (y[..., None] - seeds[:, 1]) ** 2
    shade = random.uniform(-2, 2, len(seeds))[distance.argmin(axis=-1)]
    return _coloured(random, shade + _noise(random, size, 1.2) * 0.4)


KINDS: tuple[Callable[[Random, tuple[int, int]], Picture], ...] = (
    landscape,
    shapes,
    clouds,
    writing,
    mosaic,
    poster,
    stripes,
)


def reencoded(image: Picture, random: Random) -> Picture:
    """Saved as JPEG of low to middling quality."""
    return _through(image, "JPEG", int(random.integers(25, 76)))


def resized(image: Picture, random: Random) -> Picture:
    """A third to one and a half of the size, not quite in proportion, and saved as WebP."""
    scale = random.uniform(0.33, 1.5)
    sides = (int(side * scale * random.uniform(0.97, 1.03)) for side in image.size)
    return _through(image.resize((next(sides), next(sides)), Image.Resampling.BICUBIC), "WEBP", 70)


def cropped(image: Picture, random: Random) -> Picture:
    """Without 5 % of width and height, taken off anywhere, and saved as JPEG."""
    width, height = image.size
    left, top = random.uniform(0, 0.05, 2) if random.random() < 0.5 else random.choice([0, 0.025, 0.05], 2)
    box = (left * width, top * height, (left + 0.95) * width, (top + 0.95) * height)
    return _through(image.crop(tuple(map(round, box))), "JPEG", 70)


def watermarked(image: Picture, random: Random) -> Picture:
    """With words across a corner or the middle, half transparent, and saved as JPEG."""
    sheet = Image.new("RGBA", image.size, (0, 0, 0, 0))
    points = int(image.width * random.uniform(0.05, 0.11))
    at = (image.width * random.uniform(0.02, 0.3), image.height * random.uniform(0.05, 0.85))
    text, alpha = f"{_word(random)} {_word(random)}", int(random.uniform(90, 200))
    ImageDraw.Draw(sheet).text(at, text, font=ImageFont.load_default(points), fill=(255, 255, 255, alpha))
    return _through(Image.alpha_composite(image.convert("RGBA"), sheet).convert("RGB"), "JPEG", 75)


CHANGES: tuple[Callable[[Picture, Random], Picture], ...] = (reencoded, resized, cropped, watermarked)


def _through(image: Picture, kind: str, quality: int) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=quality)
    return Image.open(buffer).convert("RGB")


def _grid(size: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    return x, y


def _light(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    x, y = _grid(size)
    if random.random() < 0.5:
        return np.asarray(x * random.uniform(-1, 1) + y * random.uniform(-1, 1))
    across, down = random.uniform(0, 1, 2)
    spread = random.uniform(0.02, 0.3)
    return np.asarray(np.exp(-((x - across) ** 2 + (y - down) ** 2) / spread) * random.choice([-1, 1]))


def _noise(random: Random, size: tuple[int, int], fall: float) -> NDArray[np.float64]:
    across = np.fft.rfftfreq(size[0]) * size[0]
    down = np.fft.fftfreq(size[1])[:, None] * size[1]
    strength = 1 / np.maximum(np.hypot(across, down), 1) ** fall
    phases = np.exp(2j * np.pi * random.uniform(0, 1, strength.shape))
    field = np.fft.irfft2(strength * phases, s=(size[1], size[0]))
    return np.asarray(field / field.std())


def _coloured(random: Random, field: NDArray[np.float64]) -> Picture:
    low, high = field.min(), field.max()
    level = ((field - low) / (high - low or 1))[..., None]
    ends = np.array([_colour(random, light=False), _colour(random, light=True)])
    return Image.fromarray((ends[0] * (1 - level) + ends[1] * level).astype(np.uint8))


def _colour(random: Random, light: bool | None = None) -> tuple[int, int, int]:
    low, high = {None: (0, 256), True: (150, 256), False: (0, 110)}[light]
    red, green, blue = map(int, random.integers(low, high, 3))
    return red, green, blue


def _word(random: Random) -> str:
    letters = (
        CONSONANTS[int(random.integers(len(CONSONANTS)))] + VOWELS[int(random.integers(5))] for _ in range(3)
    )
    return "".join(letters)[: int(random.integers(2, 7))]


def _hills(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], level: float) -> None:
    width, height = size
    heights = level + np.cumsum(random.normal(0, 0.03, 24))
    ridge = [(width * step / 23, height * float(top)) for step, top in enumerate(heights)]
    pen.polygon([(0, height), *ridge, (width, height)], fill=_colour(random))


def _house(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    left, top = random.uniform(0, 0.9) * size[0], random.uniform(0.3, 0.7) * size[1]
    wide, high = random.uniform(0.05, 0.25) * size[0], random.uniform(0.1, 0.4) * size[1]
    pen.rectangle((left, top, left + wide, top + high), fill=_colour(random))
    glass = _colour(random)
    for row in range(int(random.integers(1, 6))):
        for column in range(int(random.integers(1, 5))):
            x, y = left + wide * (0.1 + 0.2 * column), top + high * (0.08 + 0.16 * row)
            pen.rectangle((x, y, x + wide * 0.1, y + high * 0.09), fill=glass)
