"""Bytes lie in the archive under their own hash, whole or not at all, on a file system and in a bucket."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sources import storage
from sources.storage.s3 import S3ArchiveStorage

BYTES = b"what the page showed"
DIGEST = sha256(BYTES).hexdigest()
BUCKET = "evidence"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local"
    path.write_bytes(BYTES)
    return path


def arriving(tmp_path: Path, content: bytes = BYTES) -> storage.Arriving:
    digest = sha256(content).hexdigest()
    path = tmp_path / f"local-{digest}"
    path.write_bytes(content)
    return storage.Arriving(path, storage.name_of(digest), digest, len(content))


def names_in(archive: Path) -> list[str]:
    return sorted(str(path.relative_to(archive)) for path in archive.rglob("*") if path.is_file())


def test_bytes_are_kept_under_their_hash(anywhere: Any, local: Path) -> None:
    storage.keep(local, DIGEST)
    assert list(storage.kept_names()) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    with storage.read(DIGEST) as kept:
        assert kept.read() == BYTES


def test_bytes_can_be_read_from_any_position(anywhere: Any, local: Path) -> None:
    storage.keep(local, DIGEST)
    with storage.read(DIGEST) as kept:
        assert kept.seek(-6, os.SEEK_END) == 14
        assert kept.read() == b"showed"
        kept.seek(5)
        assert kept.read(3) == b"the"


@pytest.mark.parametrize("keep", [storage.keep, lambda path, digest: storage.keep_all([named(path, digest)])])
def test_nothing_is_kept_under_a_wrong_name(
    bucket: Any, local: Path, keep: Callable[[Path, str], None]
) -> None:
    with pytest.raises(storage.WrongBytesError, match=f"SHA-256 {'0' * 64} to be kept, found {DIGEST}"):
        keep(local, "0" * 64)
    assert list(storage.kept_names()) == []


def named(path: Path, digest: str) -> storage.Arriving:
    return storage.Arriving(path, storage.name_of(digest), digest, path.stat().st_size)


def test_a_copy_is_not_kept_under_a_wrong_name(archive: Path, local: Path) -> None:
    with pytest.raises(storage.WrongBytesError, match=f"SHA-256 {'0' * 64} to be kept, found {DIGEST}"):
        storage.keep(local, "0" * 64)
    assert names_in(archive) == []


def test_a_file_of_another_length_is_not_kept(anywhere: Any, tmp_path: Path) -> None:
    file = arriving(tmp_path)
    file.path.write_bytes(BYTES[:4])
    with pytest.raises(storage.WrongBytesError, match="found 4 bytes"):
        storage.keep_all([file])
    assert list(storage.kept_names()) == []


def test_what_is_there_is_left_alone(archive: Path, tmp_path: Path) -> None:
    storage.keep_all([arriving(tmp_path)])
    first = (archive / storage.name_of(DIGEST)).stat().st_ino
    storage.keep_all([arriving(tmp_path)])
    assert (archive / storage.name_of(DIGEST)).stat().st_ino == first


def test_dropped_bytes_are_gone_and_dropping_again_is_safe(anywhere: Any, local: Path) -> None:
    storage.keep(local, DIGEST)
    storage.drop(DIGEST)
    storage.drop(DIGEST)
    assert list(storage.kept_digests()) == []


def test_reading_what_is_not_there_says_so(anywhere: Any) -> None:
    with pytest.raises(FileNotFoundError):
        storage.read(DIGEST)


def test_a_frame_has_a_name_of_its_own_and_is_dropped_with_its_file(anywhere: Any, tmp_path: Path) -> None:
    file = arriving(tmp_path)
    frame = storage.Arriving(file.path, storage.frame_name_of("ab" * 32), file.sha256, file.size)
    storage.keep_all([frame])
    assert list(storage.kept_names()) == [f"ab/ab/{'ab' * 32}.frame"]
    assert list(storage.kept_digests()) == ["ab" * 32]
    with storage.read_frame("ab" * 32) as kept:
        assert kept.read() == BYTES
    storage.drop("ab" * 32)
    assert list(storage.kept_names()) == []


def test_an_archive_that_takes_bytes_says_nothing(anywhere: Any) -> None:
    storage.archive().probe()


def test_files_are_listed_in_order_and_those_under_odd_names_too(archive: Path, tmp_path: Path) -> None:
    files = [arriving(tmp_path, str(number).encode()) for number in range(20)]
    storage.keep_all(files)
    (archive / "stray.txt").write_bytes(b"?")
    (archive / "00").mkdir(exist_ok=True)
    (archive / "00" / "other").write_bytes(b"?")
    names = [file.name for file in files]
    assert list(storage.kept_names()) == sorted([*names, "00/other", "stray.txt"])


def test_a_file_is_taken_in_without_copying_it(archive: Path, tmp_path: Path) -> None:
    file = arriving(tmp_path)
    storage.keep_all([file])
    assert (archive / file.name).samefile(file.path)
    assert not (archive / file.name).stat().st_mode & 0o222


def test_a_file_on_another_file_system_is_copied(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    file = arriving(tmp_path)
    monkeypatch.setattr(os, "link", refuse)
    storage.keep_all([file])
    assert (archive / file.name).read_bytes() == BYTES
    assert not (archive / file.name).samefile(file.path)


def test_everything_is_synced_before_anything_gets_its_name(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    sync, rename = os.fsync, Path.rename

    def note_sync(descriptor: int) -> None:
        calls.append("folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file")
        sync(descriptor)

    def note_rename(path: Path, target: Path) -> Path:
        calls.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "rename", note_rename)
    files = [arriving(tmp_path, str(number).encode()) for number in range(3)]
    storage.keep_all(files)
    folders = {parent for file in files for parent in (archive / file.name).parents[:3]}
    assert calls == ["file"] * 3 + ["rename"] * 3 + ["folder"] * len(folders)


def test_what_a_killed_writer_left_is_removed_once_it_is_old(archive: Path) -> None:
    half = archive / storage.INCOMING / "half"
    half.parent.mkdir(parents=True)
    half.write_bytes(BYTES[:5])
    assert storage.remove_abandoned(timedelta(minutes=1)) == 0
    assert list(storage.kept_names()) == []
    assert storage.remove_abandoned(timedelta(minutes=-1)) == 1
    assert names_in(archive) == []


def test_the_store_is_told_the_hash_it_has_to_find(bucket: Any, tmp_path: Path) -> None:
    file = arriving(tmp_path)
    storage.keep_all([file])
    head = bucket.head_object(Bucket=BUCKET, Key=file.name, ChecksumMode="ENABLED")
    assert base64.b64decode(head["ChecksumSHA256"]).hex() == DIGEST


def test_what_another_writer_put_there_first_is_left_alone(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = arriving(tmp_path)
    bucket.put_object(Bucket=BUCKET, Key=file.name, Body=b"the other writer's")
    monkeypatch.setattr("sources.storage.s3._is_there", lambda *_: False)  # as it was a moment ago
    storage.keep_all([file])
    assert bucket.get_object(Bucket=BUCKET, Key=file.name)["Body"].read() == b"the other writer's"


def test_a_long_list_comes_in_pages(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.storage.s3.LISTED_AT_ONCE", 3)
    pages: list[object] = []
    bucket.meta.events.register("before-send.s3.ListObjects", lambda request, **_: pages.append(request))
    files = [arriving(tmp_path, str(number).encode()) for number in range(7)]
    storage.keep_all(files)
    assert list(storage.kept_names()) == sorted(file.name for file in files)
    assert len(pages) == 3


def test_only_the_part_that_is_read_is_asked_for(bucket: Any, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    file = arriving(tmp_path, content)
    storage.keep_all([file])
    asked: list[bytes] = []
    bucket.meta.events.register(
        "before-send.s3.GetObject", lambda request, **_: asked.append(request.headers["Range"])
    )
    with storage.read(file.sha256) as kept:
        kept.seek(2_999_000)
        assert kept.read() == content[2_999_000:]
    assert asked == [b"bytes=2999000-"]


def test_a_store_that_is_away_is_to_callers_a_failing_disk(settings: Any, tmp_path: Path) -> None:
    settings.AWS_ACCESS_KEY_ID = settings.AWS_SECRET_ACCESS_KEY = "key"
    away = S3ArchiveStorage(bucket_name=BUCKET, endpoint_url="http://127.0.0.1:9", region_name="us-east-1")
    with pytest.raises(OSError, match="The object store is away"):
        away.keep([arriving(tmp_path)], may_link=True)


def test_a_bucket_that_is_not_there_is_a_failing_disk(bucket: Any, tmp_path: Path) -> None:
    storage.archive().bucket_name = "another"  # type: ignore[attr-defined]  # an S3 storage
    with pytest.raises(OSError, match="NoSuchBucket"):
        storage.keep_all([arriving(tmp_path)])
    storage.archive().bucket_name = BUCKET  # type: ignore[attr-defined]  # an S3 storage
