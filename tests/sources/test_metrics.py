"""What the first floor counts, and that none of it tells of anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from osint.metrics import Reader, Sample
from sources import metrics
from sources.models import (
    Capture,
    Examination,
    FixityCheck,
    FixityRun,
    LinkCheck,
    LinkWatch,
    RefusedAddress,
)
from sources.services.captures import request_capture
from sources.services.uploads import append, begin_upload
from tests import cast

READERS = (
    metrics.captures,
    metrics.examinations,
    metrics.way_out,
    metrics.fixity,
    metrics.originals,
    metrics.uploads,
    metrics.disks,
)


@pytest.fixture
def capture(team: cast.Team) -> Capture:
    return request_capture(cast.publication(team), actor=team.researcher, method="http")


@pytest.fixture
def watch(team: cast.Team) -> LinkWatch:
    publication = cast.publication(team, "https://herald.example/")
    return LinkWatch.objects.create(investigation=team.case, publication=publication)


def told(reader: Reader) -> dict[tuple[str, str], float]:
    samples: list[Sample] = list(reader())
    return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}


def test_captures_are_counted_by_state(capture: Capture) -> None:
    Capture.objects.create(
        investigation=capture.investigation,
        publication=capture.publication,
        requested_by=capture.requested_by,
        url="https://courier.example/",
        state="quarantined",
    )

    found = told(metrics.captures)

    assert (found["captures", "queued"], found["captures", "leased"]) == (1, 0)
    assert (found["captures_ended_last_day", "quarantined"], found["captures_ended_last_day", "failed"]) == (
        1,
        0,
    )


def test_what_ended_long_ago_is_not_counted(capture: Capture) -> None:
    old = metrics._key_of(timedelta(days=2))
    Capture.objects.filter(pk=capture.pk).update(id=old, state="failed")

    assert told(metrics.captures)["captures_ended_last_day", "failed"] == 0


def test_queue_is_as_old_as_what_waits_longest(capture: Capture) -> None:
    Capture.objects.update(not_before=timezone.now() - timedelta(minutes=5))

    assert 300 <= told(metrics.captures)["capture_queue_age_seconds", ""] < 360


def test_empty_queue_has_no_age(db: None) -> None:
    assert told(metrics.captures)["capture_queue_age_seconds", ""] == 0


def test_examinations_wait(capture: Capture) -> None:
    Examination.objects.create(capture=capture)

    assert told(metrics.examinations) == {("examinations_waiting", ""): 1}


def test_refused_addresses_only_grow(capture: Capture) -> None:
    before = told(metrics.way_out)["refused_addresses_total", ""]
    newest = RefusedAddress.objects.create(
        publication=capture.publication,
        capture=capture,
        host="169.254.169.254",
        port=80,
        reason="not public",
    )

    assert before < told(metrics.way_out)["refused_addresses_total", ""] == newest.pk


def test_fixity_tells_findings_and_the_last_full_reading(db: None) -> None:
    ended = timezone.now() - timedelta(hours=2)
    run = FixityRun.objects.create(is_whole=True, ended_at=ended)
    FixityCheck.objects.create(run=run, sha256="stray", outcome="untracked", detail="a stray")

    found = told(metrics.fixity)

    assert (found["fixity_findings", "untracked"], found["fixity_findings", "changed"]) == (1, 0)
    assert 7200 <= found["fixity_full_reading_age_seconds", ""] < 7300


def test_originals_tell_outcomes_and_what_is_overdue(watch: LinkWatch) -> None:
    LinkCheck.objects.create(watch=watch, outcome="gone")
    LinkWatch.objects.update(outcome="gone", next_at=timezone.now() - timedelta(hours=3))

    found = told(metrics.originals)

    assert (found["link_checks_latest", "gone"], found["originals_gone", ""]) == (1, 1)
    assert found["link_watches_overdue", ""] == 1


def test_uploads_tell_how_many_and_how_much(team: cast.Team, settings: Settings, tmp_path: Path) -> None:
    settings.UPLOAD_ROOT = tmp_path
    upload = begin_upload(cast.publication(team), actor=team.researcher, filename="a", size=10)
    append(upload, [b"four"], actor=team.researcher, offset=0)

    assert told(metrics.uploads) == {("uploads_unfinished", ""): 1, ("uploads_unfinished_bytes", ""): 4}


def test_disks_have_room(db: None) -> None:
    assert told(metrics.disks)["disk_free_bytes", "archive"] > 0


def test_numbers_tell_of_nobody(
    client: Client, settings: Settings, capture: Capture, watch: LinkWatch, team: cast.Team
) -> None:
    settings.METRICS_TOKEN = "open"
    secret = f"https://secret-{uuid4().hex}.example/"
    Capture.objects.update(url=secret, host="secret.example", error_detail=secret)
    RefusedAddress.objects.create(
        publication=capture.publication, host="secret.example", port=80, reason=secret
    )
    LinkCheck.objects.create(watch=watch, outcome="moved", final_url=secret, detail=secret)

    text = client.get("/metrics", headers={"Authorization": "Bearer open"}).content.decode()

    assert "sightline_captures" in text
    people = [team.viewer, team.researcher, team.reviewer, team.admin]
    for told_of in ("://", ".example", team.case.slug, team.case.title, *(user.username for user in people)):
        assert told_of not in text


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_each_reader_asks_few_questions(db: None, reader: Reader) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(reader())

    assert len(queries) <= 5
