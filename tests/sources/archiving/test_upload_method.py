"""A file that was handed in, as a web archive that others can read."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from warcio.archiveiterator import ArchiveIterator

from sources.archiving.deadlines import Deadline
from sources.archiving.errors import DeadlineError
from sources.archiving.harvest import Harvest, HarvestedFile, Role
from sources.archiving.splices import open_frame
from sources.archiving.upload_method import HeldFile, UploadChangedError, preserve_upload

from .harvesting import files
from .pages import picture

CONTENT = picture(size=(300, 200))
NOON = datetime(2023, 1, 19, 12, tzinfo=UTC)


@pytest.fixture
def held(tmp_path: Path) -> HeldFile:
    """A picture that came under the name of a text."""
    path = tmp_path / "held"
    path.write_bytes(CONTENT)
    return HeldFile(
        id=UUID("01a2052c-ea7a-7ed9-915a-459c99d9fd6e"),
        path=path,
        filename="крыша.txt",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        note="From a neighbour",
        uploaded_by="Test Writer",
        begun=NOON,
        completed=NOON,
        publication_url="https://courier.example/roof",
    )


@pytest.fixture
def harvest(held: HeldFile, workdir: Path) -> Harvest:
    return preserve_upload(held, workdir=workdir, deadline=Deadline.after(60))


@pytest.fixture
def wacz(harvest: Harvest, tmp_path: Path) -> Path:
    """The web archive as one file."""
    (file,) = files(harvest, Role.WACZ)
    return whole(file, tmp_path / "capture.wacz")


def whole(file: HarvestedFile, target: Path) -> Path:
    with open_frame(file.path, file.size, file.splices) as source:
        target.write_bytes(source.read())
    return target


def test_bytes_are_kept_as_they_came(harvest: Harvest, held: HeldFile) -> None:
    (medium,) = files(harvest, Role.MEDIUM)

    assert medium.path.read_bytes() == CONTENT
    assert (medium.sha256, medium.size) == (held.sha256, held.size)


def test_type_is_told_by_the_content(harvest: Harvest) -> None:
    assert files(harvest, Role.MEDIUM)[0].media_type == "image/png"


def test_verdict_is_complete(harvest: Harvest) -> None:
    assert (harvest.verdict, harvest.exchanges, harvest.may_retry) == ("complete", (), False)


def test_statement_says_who_what_and_when(harvest: Harvest, held: HeldFile) -> None:
    said = json.loads(files(harvest, Role.METADATA)[0].path.read_text())

    assert (said["filename_as_given"], said["uploaded_by"], said["note"]) == (
        held.filename,
        held.uploaded_by,
        held.note,
    )
    assert (said["sha256"], said["completed"]) == (held.sha256, NOON.isoformat())


def test_people_read_the_same(harvest: Harvest) -> None:
    assert harvest.notes == (
        "Handed in by Test Writer, 2023-01-19 12:00 UTC, as “крыша.txt”.",
        "They say: From a neighbour",
    )


def test_medium_takes_no_room_in_the_web_archive(harvest: Harvest, held: HeldFile) -> None:
    (wacz,) = files(harvest, Role.WACZ)

    assert held.sha256 in {splice.sha256 for splice in wacz.splices}


def test_the_wacz_validator_accepts_it(wacz: Path) -> None:
    command = [sys.executable, "-m", "wacz.main", "validate", "-f", str(wacz)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "is valid" in done.stdout, done.stdout + done.stderr


def test_others_read_a_resource_of_its_own_name(wacz: Path, held: HeldFile) -> None:
    with zipfile.ZipFile(wacz) as archive, archive.open("archive/media.warc") as stream:
        records = {
            record.rec_headers["WARC-Target-URI"]: (record.rec_type, record.raw_stream.read())
            for record in ArchiveIterator(stream)
            if record.rec_type != "warcinfo"
        }

    assert records[f"urn:uuid:{held.id}"] == ("resource", CONTENT)
    assert {kind for kind, _ in records.values()} == {"resource"}


def test_file_may_lie_on_another_disk(held: HeldFile, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)

    harvest = preserve_upload(held, workdir=workdir, deadline=Deadline.after(60))

    assert files(harvest, Role.MEDIUM)[0].path.read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", [{"size": 1}, {"sha256": "0" * 64}])
def test_other_bytes_than_taken_in_are_refused(
    held: HeldFile, workdir: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(UploadChangedError):
        preserve_upload(replace(held, **wrong), workdir=workdir, deadline=Deadline.after(60))  # type: ignore[arg-type]  # field values


def test_missing_bytes_are_said_to_be_missing(held: HeldFile, workdir: Path) -> None:
    held.path.unlink()

    with pytest.raises(UploadChangedError, match="found none"):
        preserve_upload(held, workdir=workdir, deadline=Deadline.after(60))


def test_deadline_ends_the_reading(held: HeldFile, workdir: Path) -> None:
    with pytest.raises(DeadlineError):
        preserve_upload(held, workdir=workdir, deadline=Deadline.after(-1))


def test_progress_can_end_it(held: HeldFile, workdir: Path) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        raise InterruptedError(stage)

    with pytest.raises(InterruptedError, match="upload"):
        preserve_upload(held, workdir=workdir, deadline=Deadline.after(60), on_progress=stop)
