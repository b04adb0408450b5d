"""Bytes lie in the archive under their own hash, whole or not at all."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.storage import storages

from sources import storage

BYTES = b"what the page showed"
DIGEST = sha256(BYTES).hexdigest()


@pytest.fixture
def archive(tmp_path: Path, settings: object) -> Path:
    """An archive of this test alone."""
    place = tmp_path / "archive"
    backend = {"BACKEND": "sources.storage.AtomicFileSystemStorage", "OPTIONS": {"location": place}}
    settings.STORAGES = {**settings.STORAGES, "archive": backend}  # type: ignore[attr-defined]  # pytest-django's
    assert Path(storages["archive"].location) == place  # type: ignore[attr-defined]  # a file system storage
    return place


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local"
    path.write_bytes(BYTES)
    return path


def names_in(archive: Path) -> list[str]:
    return sorted(str(path.relative_to(archive)) for path in archive.rglob("*") if path.is_file())


def test_bytes_are_kept_under_their_hash(archive: Path, local: Path) -> None:
    storage.keep(local, DIGEST)
    assert names_in(archive) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    with storage.read(DIGEST) as kept:
        assert kept.read() == BYTES


def test_the_same_bytes_are_kept_once(archive: Path, local: Path) -> None:
    storage.keep(local, DIGEST)
    first = (archive / storage.name_of(DIGEST)).stat().st_ino
    storage.keep(local, DIGEST)
    assert (archive / storage.name_of(DIGEST)).stat().st_ino == first


def test_nothing_is_kept_under_a_wrong_name(archive: Path, local: Path) -> None:
    with pytest.raises(storage.WrongBytesError, match="Expected SHA-256"):
        storage.keep(local, "0" * 64)
    assert not archive.exists()


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.rename"])
def test_a_failing_disk_leaves_nothing_behind(
    archive: Path, local: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call, fail)
    with pytest.raises(OSError, match="No space left"):
        storage.keep(local, DIGEST)
    assert names_in(archive) == []


def test_dropped_bytes_are_gone_and_dropping_again_is_safe(archive: Path, local: Path) -> None:
    storage.keep(local, DIGEST)
    storage.drop(DIGEST)
    storage.drop(DIGEST)
    assert list(storage.kept_digests()) == []


def test_what_a_killed_writer_left_is_removed_once_it_is_old(archive: Path) -> None:
    half = archive / storage.INCOMING / "half"
    half.parent.mkdir(parents=True)
    half.write_bytes(BYTES[:5])
    assert storage.remove_abandoned(timedelta(minutes=1)) == 0
    os.utime(half, (0, 0))
    assert storage.remove_abandoned(timedelta(minutes=1)) == 1
    assert names_in(archive) == []


def test_everything_kept_can_be_listed(archive: Path, local: Path) -> None:
    storage.keep(local, DIGEST)
    assert list(storage.kept_digests()) == [DIGEST]
