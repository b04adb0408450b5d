"""The archive in an object store that speaks S3."""

from __future__ import annotations

import base64
import errno
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from .base import Arriving, hash_of, wrong_bytes

SENT_AT_ONCE = 4
BUFFER = 256 * 1024
LISTED_AT_ONCE = 1000

#: What S3 takes in one request; what is longer goes up in parts, of which each is checked.
LARGEST_PUT = 5 * 1024**3

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
THERE_ALREADY = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict"})


class S3ArchiveStorage(S3Storage):  # type: ignore[misc]  # the library carries no types
    """A bucket. A PUT is atomic, and durable when it is answered; the server checks what arrives by SHA-256."""

    def get_default_settings(self) -> dict[str, Any]:
        """Patience that fits a worker with a lease; names in the path, which every server understands."""
        patience = {
            "connect_timeout": 5,
            "read_timeout": 60,
            "retries": {"mode": "standard", "total_max_attempts": 3},
        }
        config = Config(s3={"addressing_style": "path"}, **patience)
        return {**super().get_default_settings(), "client_config": config, "file_overwrite": True}

    def keep(self, files: Sequence[Arriving], *, may_link: bool) -> None:
        """Send the files that are not there yet. Each is hashed before, as it cannot be looked at afterwards.

        Raises OSError, WrongBytesError.
        """
        put = partial(self._put, self.connection.meta.client)
        with ThreadPoolExecutor(SENT_AT_ONCE, thread_name_prefix="s3") as pool:
            for _ in pool.map(put, files):
                pass  # to hear of errors

    def names(self) -> Iterator[str]:
        """The names of everything in the bucket below the storage's location, a page of them at a time."""
        prefix = f"{self.location.strip('/')}/" if self.location else ""
        with _as_os_errors():
            for found in self.bucket.objects.filter(Prefix=prefix).page_size(LISTED_AT_ONCE):
                yield found.key.removeprefix(prefix)

    def exists(self, name: str) -> bool:
        """Whether an object has this name. Raises OSError."""
        try:
            self._size(name)
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove the object, if there is one. Raises OSError."""
        with _as_os_errors():
            super().delete(name)

    def remove_abandoned(self, idle: timedelta) -> int:
        """Nothing: what was not sent whole was never there."""
        return 0

    def probe(self) -> None:
        """Raises OSError where the bucket does not answer."""
        with _as_os_errors():
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        get = partial(self.connection.meta.client.get_object, Bucket=self.bucket_name, Key=self._key(name))
        return File(io.BufferedReader(RangeReader(get, self._size(name)), BUFFER), name)

    def _size(self, name: str) -> int:
        with _as_os_errors():
            head = self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=self._key(name))
        return int(head["ContentLength"])

    def _key(self, name: str) -> str:
        key: str = self._normalize_name(name)
        return key

    def _put(self, client: Any, file: Arriving) -> None:
        target = {"Bucket": self.bucket_name, "Key": self._key(file.name)}
        if _is_there(client, target):
            return
        if (size := file.path.stat().st_size) != file.size:
            raise wrong_bytes(file, f"{size} bytes")
        if (found := hash_of(file.path)) != file.sha256:
            raise wrong_bytes(file, found)
        with _as_os_errors():
            _send(client, target, file)


class RangeReader(io.RawIOBase):
    """An object's bytes from any position on: one request for each leap, streamed from there."""

    def __init__(self, get: Any, size: int) -> None:
        self._get = get
        self._size = size
        self._position = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + position != self._position:
            self._drop_body()
            self._position = base + position
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # no other buffer comes
        if self._position >= self._size:
            return 0
        with _as_os_errors():
            if self._body is None:
                self._body = self._get(Range=f"bytes={self._position}-")["Body"]
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._drop_body()
        super().close()

    def _drop_body(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


def _is_there(client: Any, target: dict[str, str]) -> bool:
    try:
        with _as_os_errors():
            client.head_object(**target)
    except FileNotFoundError:
        return False
    return True


def _send(client: Any, target: dict[str, str], file: Arriving) -> None:
    if file.size > LARGEST_PUT:
        client.upload_file(
            str(file.path), target["Bucket"], target["Key"], ExtraArgs={"ChecksumAlgorithm": "SHA256"}
        )
        return
    checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    try:
        with file.path.open("rb") as body:
            client.put_object(
                **target, Body=body, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum, IfNoneMatch="*"
            )
    except ClientError as error:
        # Somebody else was quicker: the name says that it is the same.
        if _code(error) not in THERE_ALREADY:
            raise


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """A store that fails is to its callers what a failing disk is."""
    try:
        yield
    except ClientError as error:
        if _code(error) in MISSING:
            raise FileNotFoundError(errno.ENOENT, "No such object") from error
        raise OSError(errno.EIO, f"The object store refused: {_code(error)}") from error
    except BotoCoreError as error:
        raise OSError(errno.EIO, f"The object store is away: {type(error).__name__}") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
