"""What a review refuses, each with a code of its own."""

from __future__ import annotations

from osint.errors import ConflictError, ForbiddenError


class OwnWorkError(ForbiddenError):
    """Somebody wants to verify what they logged, or attached evidence to. The database refuses it as well."""

    code = "own_work"
    title = "Nobody verifies a sighting that they logged or attached evidence to"


class SightingLockedError(ConflictError):
    """A verified sighting, or its evidence, was to be changed. The database refuses it as well."""

    code = "sighting_locked"
    title = "A verified sighting stays as it was verified until a reviewer reopens it"


class TurnTakenError(ConflictError):
    """Another reviewer has the sighting at this moment."""

    code = "turn_taken"
    title = "Another reviewer has taken this sighting"


class WrongStatusError(ConflictError):
    """The sighting does not stand where this step of the review begins."""

    code = "wrong_status"
    title = "The sighting does not stand where this step begins"
