"""What every archive can do, wherever its bytes lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from osint.errors import SightlineError

CHUNK = 1024 * 1024

#: A spliced file is kept without the files that lie in it; the ending says that these bytes are not the whole.
FRAME = ".frame"


class WrongBytesError(SightlineError):
    """What was read is not what its name says."""

    code = "wrong_bytes"
    status = 500
    title = "The bytes do not match their hash"


@dataclass(frozen=True)
class Arriving:
    """The local file at `path`, which is to be known as `name`. `sha256` (hex) and `size` in bytes are its own."""

    path: Path
    name: str
    sha256: str
    size: int


class Archive(Protocol):
    """A storage that keeps files under names that follow from their content."""

    def keep(self, files: Sequence[Arriving], *, may_link: bool) -> None:
        """Keep the files, each whole or not at all; when this returns they outlive a loss of power.

        What lies there already under such a name is left alone. With `may_link` the archive may take the local file
        itself in, so nobody must write to it any more. Raises OSError, WrongBytesError.
        """

    def names(self) -> Iterator[str]:
        """The names of everything that lies in the archive, ordered."""

    def open(self, name: str, mode: str = "rb") -> Any:
        """A file that can be read and sought in. Raises FileNotFoundError, OSError."""

    def exists(self, name: str) -> bool:
        """Whether something lies there under this name."""

    def delete(self, name: str) -> None:
        """Remove what lies there under this name, if anything does."""

    def remove_abandoned(self, idle: timedelta) -> int:
        """Remove what killed writers left half-written, untouched for at least `idle`; returns how many."""

    def probe(self) -> None:
        """Raises OSError where the archive would take no bytes now."""


def name_of(digest: str) -> str:
    """The name under which the bytes with this SHA-256 lie: two levels of folders keep each one small."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def frame_name_of(digest: str) -> str:
    """The name of the frame of the spliced file with this SHA-256."""
    return name_of(digest) + FRAME


def digest_in(name: str) -> str:
    """The SHA-256 in a name of the archive; what follows no rule comes back as it is, without its folders."""
    return name.rpartition("/")[2].removesuffix(FRAME)


def hash_of(path: Path) -> str:
    """SHA-256 of a local file, in hex."""
    digest = sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def wrong_bytes(file: Arriving, found: str) -> WrongBytesError:
    """The error of a file that is not what it is said to be."""
    return WrongBytesError(
        f"Expected {file.size} bytes with SHA-256 {file.sha256} to be kept, found {found}."
    )
