"""Saying how sightings relate to one another, and taking it back.

What is the same as another sighting counts for that one: `sighting` is merged into `other`. Merging goes one step deep:
nothing is merged into what is itself merged, and nothing that others were merged into is merged. So there are neither
chains nor rings, and undoing one relation always parts two sightings. Both rows are locked while that is looked at.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from osint.access import get_one, require_role
from osint.errors import ConflictError
from osint.models import Role, User
from osint.services.changes import insert, update
from sightings.errors import SightingLockedError
from sightings.models import Decision, RelationKind, Review, Sighting, SightingRelation
from sightings.selectors import merges, sightings_in


@transaction.atomic
def relate(sighting: Sighting, *, actor: User, other: Sighting, kind: str, reason: str) -> SightingRelation:
    """Say that `sighting` is the same as, follows, or contradicts `other` of the same case. Needs researcher.

    Raises ForbiddenError, NotFoundError for a sighting of another case, ValidationError (`relation_exists`,
    `merged_already`, `reason_required`), ConflictError where merging is refused or the opposite stands, and
    SightingLockedError for merging where somebody's decision that one of the two is verified stands.
    """
    investigation = sighting.investigation
    require_role(actor, investigation, Role.RESEARCHER)
    get_one(sightings_in(investigation), pk=other.pk)
    _require_reason(reason)
    sighting, other = _locked(sighting, other)
    _refuse_opposite(sighting, other, kind)
    if kind == RelationKind.SAME_AS:
        _refuse_merging(sighting, other)
    relation = SightingRelation(
        investigation=investigation,
        sighting=sighting,
        other=other,
        kind=kind,
        reason=reason,
        stated_by=actor,
    )
    return insert(relation, actor=actor, action="relation.stated")


@transaction.atomic
def undo_relation(relation: SightingRelation, *, actor: User, reason: str) -> SightingRelation:
    """Take a relation back, with a reason; it stays on record. What was merged is parted again. Needs researcher.

    Raises ForbiddenError, NotFoundError, ValidationError (`reason_required`), ConflictError when it is undone
    already, and SightingLockedError when it would take evidence from a verified sighting.
    """
    require_role(actor, relation.investigation, Role.RESEARCHER)
    _require_reason(reason)
    both = _locked(relation.sighting, relation.other)
    standing = SightingRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    if standing.undone_at is not None:
        raise ConflictError("This relation is undone already.")
    if standing.kind == RelationKind.SAME_AS:
        _refuse_verified(*both)
    values = {"undone_at": timezone.now(), "undone_by": actor, "undone_reason": reason}
    return update(relation, values, actor=actor, action="relation.undone")


def _locked(sighting: Sighting, other: Sighting) -> tuple[Sighting, Sighting]:
    """Both as they are now, and nobody merges or verifies either until the end of the transaction."""
    rows = Sighting.objects.filter(pk__in=[sighting.pk, other.pk]).select_related("investigation")
    found = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    return found[sighting.pk], found[other.pk]


def _refuse_opposite(sighting: Sighting, other: Sighting, kind: str) -> None:
    """What follows is not followed; and that two contradict one another is said once."""
    opposite = SightingRelation.objects.filter(
        sighting=other, other=sighting, kind=kind, undone_at__isnull=True
    )
    if opposite.exists():
        raise ConflictError(f"“{other}” {RelationKind(kind).label} “{sighting}” already.")


def _refuse_merging(sighting: Sighting, other: Sighting) -> None:
    _refuse_verified(sighting, other)
    into_it = merges().filter(other=sighting).select_related("sighting").first()
    if into_it is not None:
        raise ConflictError(
            f"“{into_it.sighting}” counts for “{sighting}”, which can therefore not be merged."
        )
    further = merges().filter(sighting=other).select_related("other").first()
    if further is not None:
        raise ConflictError(f"“{other}” itself counts for “{further.other}”. Name that one instead.")


def _refuse_verified(*sightings: Sighting) -> None:
    """What a reviewer verified neither gains the evidence of another sighting, nor loses or hands on its own."""
    standing = Review.objects.filter(decision=Decision.VERIFIED, superseded_at=None, sighting__in=sightings)
    verified = standing.select_related("sighting").first()
    if verified is not None:
        raise SightingLockedError(
            f"“{verified.sighting}” is verified, and stays so until a reviewer reopens it."
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why.", code="reason_required")})
