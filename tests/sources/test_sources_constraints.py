"""What the database itself refuses on the first floor, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sources.models import Capture, CaptureFile, Derivation, Publication, Source, SourceRating, StoredFile
from tests import cast


@transaction.atomic
def written(row: Any) -> None:
    """Insert around the services, and have the deferred constraints looked at."""
    type(row).objects.bulk_create([row])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def capture(team: cast.Team, publication: Publication, **values: Any) -> Capture:
    case = {"investigation": team.case, "requested_by": team.viewer, "url": publication.url}
    return Capture(**case | {"publication": publication} | values)


REFUSED: dict[str, Callable[[cast.Team, Publication, Publication], Any]] = {
    "source_kind_known": lambda team, ours, theirs: Source(name="x", kind="rumour"),
    "source_named_once": lambda team, ours, theirs: Source(name="The Courier", kind="outlet"),
    "rating_reliability_known": lambda team, ours, theirs: SourceRating(
        source=Source.objects.get(), reliability="G", reason="x", rater=team.viewer
    ),
    "rating_has_reason": lambda team, ours, theirs: SourceRating(
        source=Source.objects.get(), reliability="A", reason="", rater=team.viewer
    ),
    "publication_recognised_once": lambda team, ours, theirs: Publication(
        investigation=team.case, url=ours.url, canonical_url=ours.canonical_url
    ),
    "publication_kind_known": lambda team, ours, theirs: Publication(
        investigation=team.case, url="x", canonical_url="x", kind="rumour"
    ),
    "publication_dates_ordered": lambda team, ours, theirs: Publication(
        investigation=team.case, url="x", canonical_url="x",
        published_earliest=date(2023, 2, 1), published_latest=date(2023, 1, 1),
    ),
    "derivation_not_from_itself": lambda team, ours, theirs: Derivation(
        investigation=team.case, publication=ours, derives_from=ours, kind="relays"
    ),
    "derivation_kind_known": lambda team, ours, theirs: Derivation(
        investigation=team.case, publication=ours, derives_from=theirs, kind="steals"
    ),
    "derivation_from_same_case": lambda team, ours, theirs: Derivation(
        investigation=team.case, publication=ours, derives_from=theirs, kind="relays"
    ),
    "derivation_of_same_case": lambda team, ours, theirs: Derivation(
        investigation=team.case, publication=theirs, derives_from=ours, kind="relays"
    ),
    "capture_of_same_case": lambda team, ours, theirs: capture(team, theirs),
    "sources_capture_state_known": lambda team, ours, theirs: capture(team, ours, state="asleep"),
    "sources_capture_lease_while_leased": lambda team, ours, theirs: capture(team, ours, state="leased"),
    "capture_verdict_known": lambda team, ours, theirs: capture(team, ours, verdict="fine"),
    "capture_success_has_verdict": lambda team, ours, theirs: capture(team, ours, state="succeeded"),
}  # fmt: skip


@pytest.mark.parametrize("constraint", REFUSED)
def test_database_refuses(constraint: str, team: cast.Team, others: cast.Team) -> None:
    cast.source()
    row = REFUSED[constraint](team, cast.publication(team), cast.publication(others))

    with pytest.raises(IntegrityError, match=constraint):
        written(row)


def test_file_is_kept_once_for_each_address(team: cast.Team) -> None:
    file = StoredFile.objects.create(sha256="0" * 64, size=1, media_type="text/plain")
    row = capture(team, cast.publication(team))
    written(row)
    written(CaptureFile(capture=row, file=file, role="page", url="https://courier.example/" + "x" * 9000))

    with pytest.raises(IntegrityError, match="file_kept_once"):
        written(CaptureFile(capture=row, file=file, role="page", url="https://courier.example/" + "x" * 9000))
