"""What can be wrong with a seed file or the stand-in site."""

from __future__ import annotations

from typing import ClassVar


class SeedError(Exception):
    """A seed file or the stand-in site is wrong; the message names file, key, expected and actual."""

    code: ClassVar[str] = "seed"
