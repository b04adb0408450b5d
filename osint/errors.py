"""What can go wrong in words a client understands. One handler maps this tree to HTTP problem details."""

from __future__ import annotations

from typing import Any, ClassVar


class SightlineError(Exception):
    """Base of the product's own errors. `code` is stable and machine-readable, `detail` is for a person."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts


class NotFoundError(SightlineError):
    """There is no such thing, or not for this user: the two are never told apart."""

    code = "not_found"
    status = 404
    title = "Not found"


class ForbiddenError(SightlineError):
    """The user sees the thing but their role does not allow this."""

    code = "forbidden"
    status = 403
    title = "Your role does not allow this"


class ConflictError(SightlineError):
    """The change contradicts what is already there."""

    code = "conflict"
    status = 409
    title = "This contradicts what is already there"


class BusyError(SightlineError):
    """As much is going on as this process takes on at once. `wait` says after how many seconds to ask again."""

    code = "busy"
    status = 503
    title = "Too much is going on at this moment"
    wait: ClassVar[int] = 30


class StaleLeaseError(SightlineError):
    """A worker whose lease another one has taken over tried to record its result."""

    code = "stale_lease"
    status = 409
    title = "Another worker has taken this job over"
