"""A reviewer's finding that what a publication shows is worth nothing, such as staged or old footage."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from osint.access import require_role
from osint.errors import ConflictError
from osint.models import Role, User
from osint.services.changes import insert, update
from sightings.models import Evidence, Invalidation, Sighting, Stance
from sightings.services.flags import flag_verified
from sources.models import INDEPENDENT, Publication


@transaction.atomic
def invalidate_publication(publication: Publication, *, actor: User, reason: str) -> Invalidation:
    """Find what the publication shows to be worth nothing, with a reason. Needs reviewer.

    Everything that derives from it loses this root, and what is verified on such evidence is flagged. Raises
    ForbiddenError, NotFoundError, ValidationError (`reason_required`, `invalidated_already`).
    """
    require_role(actor, publication.investigation, Role.REVIEWER)
    _require_reason(reason)
    resting = _held(_resting_on(publication))
    invalidation = Invalidation(
        investigation=publication.investigation, publication=publication, reviewer=actor, reason=reason
    )
    insert(invalidation, actor=actor, action="publication.invalidated")
    flag_verified(Sighting.objects.filter(pk__in=resting), actor=actor)
    return invalidation


@transaction.atomic
def withdraw_invalidation(invalidation: Invalidation, *, actor: User, reason: str) -> Invalidation:
    """Take the finding back, with a reason: the publication counts again. Needs reviewer.

    Raises ForbiddenError, NotFoundError, ValidationError (`reason_required`), ConflictError when it is withdrawn.
    """
    require_role(actor, invalidation.investigation, Role.REVIEWER)
    _require_reason(reason)
    locked = Invalidation.objects.select_for_update(of=("self",)).get(pk=invalidation.pk)
    if locked.withdrawn_at is not None:
        raise ConflictError("This finding is withdrawn already.")
    values = {"withdrawn_at": timezone.now(), "withdrawn_by": actor, "withdrawn_reason": reason}
    return update(locked, values, actor=actor, action="invalidation.withdrawn")


def _resting_on(publication: Publication) -> QuerySet[Evidence]:
    """The evidence that loses its weight with the publication."""
    standing = Evidence.objects.filter(stance=Stance.SUPPORTS, withdrawn_at=None)
    return standing.filter(publication__in=_relays(publication))


def _held(evidence: QuerySet[Evidence]) -> list[UUID]:
    """The keys of the sightings, held as by whoever attaches evidence: before their marks, and against decisions."""
    concerned = sorted(set(evidence.values_list("sighting_id", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM sightings_sighting WHERE id = ANY (%s) ORDER BY id FOR KEY SHARE", [concerned]
        )
        return [row[0] for row in cursor.fetchall()]


def _relays(publication: Publication) -> list[UUID]:
    """The keys of the publication and of everything that derives from it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE relays (id) AS (SELECT %(root)s::uuid UNION"
            " SELECT derivation.publication_id FROM sources_derivation AS derivation"
            " JOIN relays ON derivation.derives_from_id = relays.id WHERE derivation.kind <> %(independent)s)"
            " SELECT id FROM relays",
            {"root": publication.pk, "independent": INDEPENDENT.value},
        )
        return [row[0] for row in cursor.fetchall()]


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why.", code="reason_required")})
