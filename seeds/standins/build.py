"""Building the stand-in site: pages, pictures and video from the case, the same bytes every time.

A stamp file holds the hash of everything the site is made from, so that a second build has nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL

from seeds.model import CaseFile
from seeds.read import read_case
from seeds.standins.pages import HERE, TEMPLATES, render_index, render_page
from seeds.standins.scenes import PICTURES
from seeds.standins.video import write_video

CASE = HERE.parent / "moscow-air-defence" / "case.toml"
STAMP_NAME = ".built"
VIDEO = "zarechye.mp4"
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    ".jpg": {"format": "JPEG", "quality": 82},
    ".png": {"format": "PNG"},
    ".webp": {"format": "WEBP", "quality": 80, "method": 4},
}
# Files carry the day of the case and not of the build: Last-Modified then repeats as well.
MODIFIED = datetime(2023, 1, 21, tzinfo=UTC).timestamp()


def build(target: Path, case_path: Path = CASE) -> bool:
    """Make the site in `target`; False when it was there already, from the same sources.

    A stale site is replaced whole. Raises SeedError when case or contents are wrong, or ffmpeg fails.
    """
    stamp, marker = source_hash(case_path), target / STAMP_NAME
    if marker.is_file() and marker.read_text() == stamp:
        return False
    case = read_case(case_path)
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    _write_site(fresh, case)
    _set_times(fresh)
    (fresh / STAMP_NAME).write_text(stamp)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def source_hash(case_path: Path = CASE) -> str:
    """SHA-256 (hex) over the case, this package's files and Pillow's version, which draws the pictures."""
    digest = hashlib.sha256(PIL.__version__.encode())
    files = [path for path in HERE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in [case_path, *sorted(files)]:
        digest.update(hashlib.sha256(path.name.encode()).digest())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _write_site(target: Path, case: CaseFile) -> None:
    for publication in case.publications:
        _write(target / publication.path, render_page(case, publication).encode())
    _write(target / "index.html", render_index(case).encode())
    for name in ("style.css", "pictures.js"):
        _write(target / "assets" / name, (TEMPLATES / name).read_bytes())
    for name in PICTURES:
        _write(target / "media" / name, picture_bytes(name))
    write_video(target / "media" / VIDEO)


def picture_bytes(name: str) -> bytes:
    """The encoded picture of that file name, without EXIF."""
    held = BytesIO()
    PICTURES[name]().save(held, **SAVE_OPTIONS[Path(name).suffix])
    return held.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _set_times(target: Path) -> None:
    for path in target.rglob("*"):
        if path.is_file():
            os.utime(path, (MODIFIED, MODIFIED))
