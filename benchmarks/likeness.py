"""How well the looks of pictures survive what happens to pictures, and keep different ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawing import CHANGES, Picture, picture
from sources.archiving.examining.looks import look_of
from sources.archiving.examining.pictures import shrunk
from sources.archiving.examining.tasks import Look

ALIKE = 60  # as in sources.services.pictures, which this must not import: it would need a database
ONES = np.array([bin(byte).count("1") for byte in range(256)], dtype=np.uint16)
AT_ONCE = 8

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Likeness:
    """One change of all pictures: which share is found again, and how many of 256 bits differ."""

    change: str
    recall: float
    median: float
    most: int

    def line(self) -> str:
        """The row as text."""
        return f"{self.change:<14} {self.recall:>7.3f} {self.median:>7.0f} {self.most:>7}"


@dataclass(frozen=True)
class Result:
    """What came of one experiment. `nearest` is the smallest distance between two different originals."""

    likenesses: tuple[Likeness, ...]
    nearest: int
    false_matches: int


def measure(count: int, processes: int = 2) -> Result:
    """Draw `count` pictures, change each in every way, and look for the originals among the originals."""
    with ProcessPoolExecutor(processes) as pool:
        looks = list(pool.map(_looks_of, range(count), chunksize=AT_ONCE))
    wholes = np.array([_bytes(each[0])[0] for each in looks])
    apart = np.array([_distances(each[0], wholes) for each in looks])
    np.fill_diagonal(apart, 256)
    found = [
        _likeness(change.__name__, [each[1 + number] for each in looks], wholes)
        for number, change in enumerate(CHANGES)
    ]
    return Result(tuple(found), int(apart.min()), int((apart <= ALIKE).sum()))


def _looks_of(seed: int) -> list[Look]:
    """The look of a picture, then those of its changed versions."""
    original = picture(seed)
    random = np.random.default_rng(seed + 1_000_000)
    return [_look(each) for each in (original, *(change(original, random) for change in CHANGES))]


def _look(image: Picture) -> Look:
    look = look_of(shrunk(image))
    if look is None:
        raise ValueError("expected a picture with something to see in it")
    return look


def _likeness(change: str, looks: Sequence[Look], wholes: Bytes) -> Likeness:
    own = np.array([_distances(look, wholes[number : number + 1])[0] for number, look in enumerate(looks)])
    return Likeness(change, float((own <= ALIKE).mean()), float(np.median(own)), int(own.max()))


def _bytes(look: Look) -> Bytes:
    views = (look.whole, *look.views)
    return np.array([np.frombuffer(view.bits, np.uint8) for view in views])


def _distances(look: Look, wholes: Bytes) -> NDArray[np.uint16]:
    """How far the picture's nearest view is from each of `wholes`."""
    differing = _bytes(look)[:, None, :] ^ wholes[None, :, :]
    return np.asarray(ONES[differing].sum(axis=-1).min(axis=0))
