"""Where the archive lies is the operator's choice, by settings alone."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"


def archive_storage() -> dict[str, Any]:
    """The archive's storage as the settings have it in the environment of now."""
    found: dict[str, Any] = runpy.run_path(str(SETTINGS))["STORAGES"]["archive"]
    return found


def test_without_a_bucket_it_is_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_STORAGE", "/srv/archive")
    storage = archive_storage()
    assert storage["BACKEND"] == "sources.storage.local.AtomicFileSystemStorage"
    assert storage["OPTIONS"] == {"location": Path("/srv/archive")}


def test_with_a_bucket_it_is_that_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_S3_BUCKET", "evidence")
    monkeypatch.setenv("SIGHTLINE_S3_ENDPOINT", "https://store.example.org")
    storage = archive_storage()
    assert storage["BACKEND"] == "sources.storage.s3.S3ArchiveStorage"
    assert storage["OPTIONS"] == {
        "bucket_name": "evidence",
        "endpoint_url": "https://store.example.org",
        "region_name": None,
    }
