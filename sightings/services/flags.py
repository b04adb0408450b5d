"""Flagging what is verified when something contrary comes to light, so that a reviewer looks again."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from osint.models import User
from osint.services.changes import record_change
from sightings.models import Evidence, Sighting, Stance, Status
from sightings.selectors import merges


def flag_for(evidence: Evidence, *, actor: User) -> None:
    """Flag what the evidence, just attached, is contrary to: its sighting, and one that this counts for."""
    if _is_contrary(evidence):
        counts_for = merges().filter(sighting=evidence.sighting_id)
        concerned = [evidence.sighting_id, *counts_for.values_list("other_id", flat=True)]
        flag_verified(Sighting.objects.filter(pk__in=concerned), actor=actor)


def flag_verified(sightings: QuerySet[Sighting], *, actor: User) -> None:
    """Flag those of the sightings that are verified and not flagged yet. Belongs inside the transaction that found
    something contrary.

    By one conditional statement a row, without locking it first: others may hold its key, as they attach evidence
    too, and waiting for them while they wait for the mark of the recomputation would never end.
    """
    unflagged = {"status": Status.VERIFIED, "flagged_at": None}
    for sighting in sightings.filter(**unflagged).order_by("pk"):
        new = {"flagged_at": timezone.now(), "waiting_since": timezone.now()}
        if Sighting.objects.filter(pk=sighting.pk, **unflagged).update(**new, updated_at=timezone.now()):
            old = {"flagged_at": None, "waiting_since": sighting.waiting_since}
            record_change(sighting, actor=actor, action="sighting.flagged", old=old, new=new)


def _is_contrary(evidence: Evidence) -> bool:
    """What undercuts a refutation speaks for the claim."""
    if evidence.undercuts is not None:
        return evidence.undercuts.stance != Stance.REFUTES
    return evidence.stance == Stance.REFUTES
