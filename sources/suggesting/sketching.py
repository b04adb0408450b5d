"""Nearly the same text, found among millions: MinHash sketches of word shingles, and bands of them.

A text is the set of its shingles, all runs of three words. How alike two texts are is their Jaccard index: the share
of shingles that both have, of all that either has. A sketch keeps, for each of 128 hash functions, the least value
over all shingles; two sketches agree in one value with just the probability that is the Jaccard index (A. Broder, "On
the resemblance and containment of documents", 1997). So the share of values that agree estimates it, with a standard
error of √(J(1 − J)/128), which is at most .044.

To be found, texts must agree in all four values of one of 32 bands, which happens with the probability
1 − (1 − J⁴)³² (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3.4): .987 for J = .6,
.9999 for J = .7, .87 for J = .5, .23 for J = .3 and .003 for J = .1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS = 3
VALUES = 128
BANDS = 32
ROWS = VALUES // BANDS
VALUE_BYTES = 8
#: Shorter texts are alike by accident.
LEAST_WORDS = 30
#: Words of a longer text that count: enough for a book, and a bound on time and memory.
MOST_WORDS = 200_000
#: Texts whose sketches agree in this share of their values are nearly the same: two standard errors below J = .6.
NEARLY_THE_SAME = 0.5

WORD = re.compile(r"\w+")
CHUNK = 2048  # shingles hashed at once: two megabytes

_numbers = Random(1997)  # noqa: S311 - fixed for ever, so that sketches made at different times can be compared
#: Multiply and add, modulo 2⁶⁴, with odd factors (M. Dietzfelbinger and others, 1997).
FACTORS = np.array([_numbers.getrandbits(64) | 1 for _ in range(VALUES)], dtype=np.uint64)[:, None]
SUMMANDS = np.array([_numbers.getrandbits(64) for _ in range(VALUES)], dtype=np.uint64)[:, None]


@dataclass(frozen=True)
class Sketch:
    """The least hash values of a text of so many `words`."""

    words: int
    values: tuple[int, ...]

    def __bytes__(self) -> bytes:
        return b"".join(value.to_bytes(VALUE_BYTES, "big") for value in self.values)

    @classmethod
    def of_bytes(cls, words: int, packed: bytes) -> Sketch:
        """The sketch that `bytes` packed. Raises ValueError."""
        if len(packed) != VALUES * VALUE_BYTES:
            raise ValueError(f"expected a sketch of {VALUES * VALUE_BYTES} bytes, got {len(packed)}")
        starts = range(0, len(packed), VALUE_BYTES)
        return cls(
            words, tuple(int.from_bytes(packed[start : start + VALUE_BYTES], "big") for start in starts)
        )

    def likeness(self, other: Sketch) -> float:
        """The estimated Jaccard index of the two texts, from 0 to 1."""
        return sum(map(int.__eq__, self.values, other.values)) / VALUES

    def bands(self) -> list[int]:
        """One signed 64-bit number for each band; texts that share one are likely to be alike."""
        return [self._band(number) for number in range(BANDS)]

    def _band(self, number: int) -> int:
        values = self.values[number * ROWS : (number + 1) * ROWS]
        packed = b"".join(value.to_bytes(VALUE_BYTES, "big") for value in (number, *values))
        return int.from_bytes(blake2b(packed, digest_size=8).digest(), "big", signed=True)


def sketch(text: str) -> Sketch | None:
    """The sketch of a text; None where it is too short to be compared."""
    words = words_of(text)
    if len(words) < LEAST_WORDS:
        return None
    hashes = np.fromiter(map(_hash, shingles(words)), dtype=np.uint64)
    return Sketch(len(words), tuple(int(value) for value in _least(hashes)))


def words_of(text: str) -> list[str]:
    """The words that count, without case and punctuation."""
    return [match[0].casefold() for _, match in zip(range(MOST_WORDS), WORD.finditer(text), strict=False)]


def shingles(words: Sequence[str]) -> set[str]:
    """All runs of three words."""
    return {" ".join(words[start : start + SHINGLE_WORDS]) for start in _starts(words)}


def _starts(words: Sequence[str]) -> Iterator[int]:
    return iter(range(len(words) - SHINGLE_WORDS + 1))


def _hash(shingle: str) -> int:
    return int.from_bytes(blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _least(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    least = np.full(VALUES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashes), CHUNK):
        images = hashes[None, start : start + CHUNK] * FACTORS + SUMMANDS  # modulo 2⁶⁴ by itself
        least = np.minimum(least, images.min(axis=1))
    return least
