"""Folders that several processes may make at the same time: two test runs, an instance and its tests."""

from pathlib import Path


def put_in_place(made: Path, place: Path) -> None:
    """Move a finished folder to its place, unless another process has put the same there meanwhile.

    Raises OSError where it cannot be moved and nothing is there.
    """
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise
