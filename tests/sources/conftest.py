"""Archives of a test's own, on a file system and in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from sources import storage

BUCKET = "evidence"


def use(settings: Any, backend: str, **options: Any) -> None:
    """Let this be the archive for one test."""
    settings.STORAGES = {**settings.STORAGES, "archive": {"BACKEND": backend, "OPTIONS": options}}


@pytest.fixture
def archive(tmp_path: Path, settings: Any) -> Path:
    """An archive of this test alone, on a file system."""
    place = tmp_path / "archive"
    use(settings, "sources.storage.local.AtomicFileSystemStorage", location=place)
    return place


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a store that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An archive of this test alone, in a bucket; the client with which to look into it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    use(
        settings,
        "sources.storage.s3.S3ArchiveStorage",
        bucket_name=BUCKET,
        endpoint_url=s3_server,
        region_name="us-east-1",
    )
    client = storages["archive"].connection.meta.client  # type: ignore[attr-defined]  # an S3 storage
    client.create_bucket(Bucket=BUCKET)
    yield client
    for name in list(storage.kept_names()):
        storage.archive().delete(name)
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture(params=["archive", "bucket"])
def anywhere(request: pytest.FixtureRequest) -> Any:
    """Both kinds of archive, one after the other."""
    return request.getfixturevalue(request.param)
