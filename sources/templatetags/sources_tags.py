"""How verdicts, states of captures and reliability are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from osint.models import JobState
from osint.pages.drawing import sign, token
from sources import errors_in_words
from sources.errors_in_words import Words
from sources.models import (
    Capture,
    CaptureFile,
    FileRole,
    LinkOutcome,
    LinkWatch,
    Publication,
    Reliability,
    Verdict,
)

register = template.Library()

VERDICT_SHAPES = {
    Verdict.COMPLETE: "complete",
    Verdict.PARTIAL: "partial",
    Verdict.LOGIN_WALL: "wall",
    Verdict.CONSENT_WALL: "wall",
    Verdict.GONE: "gone",
    Verdict.BLOCKED: "blocked",
    Verdict.TRUNCATED: "truncated",
    Verdict.EMPTY: "gone",
}
STATE_SHAPES = {
    JobState.QUEUED: "waiting",
    JobState.LEASED: "running",
    JobState.SUCCEEDED: "complete",
    JobState.FAILED: "failed",
    JobState.QUARANTINED: "blocked",
    JobState.CANCELLED: "rejected",
}
STATE_WORDS = {
    JobState.QUEUED: "Waiting for a worker",
    JobState.LEASED: "Preserving now",
    JobState.SUCCEEDED: "Preserved",
    JobState.FAILED: "Not preserved",
    JobState.QUARANTINED: "Set aside after crashes",
    JobState.CANCELLED: "Cancelled",
}

OUTCOME_SHAPES = {
    LinkOutcome.UNCHANGED: "complete",
    LinkOutcome.CHANGED: "partial",
    LinkOutcome.MOVED: "partial",
    LinkOutcome.GONE: "gone",
    LinkOutcome.UNREACHABLE: "waiting",
    LinkOutcome.UNCOMPARED: "waiting",
}
OUTCOME_WORDS = {
    LinkOutcome.UNCHANGED: "Still as preserved",
    LinkOutcome.CHANGED: "Changed",
    LinkOutcome.MOVED: "Moved",
    LinkOutcome.GONE: "Gone",
    LinkOutcome.UNREACHABLE: "No answer",
    LinkOutcome.UNCOMPARED: "Could not be compared",
}


@register.simple_tag
def verdict(capture: Capture) -> SafeString:
    """What a capture really contains: shape and word, or how far it is while nobody knows."""
    if capture.verdict:
        found = Verdict(capture.verdict)
        return sign(VERDICT_SHAPES[found], found.label, "; ".join(capture.verdict_reasons))
    return state(capture)


@register.simple_tag
def state(capture: Capture) -> SafeString:
    """How far a capture is: shape and word."""
    held = JobState(capture.state)
    return sign(STATE_SHAPES[held], STATE_WORDS[held], capture.error_detail)


@register.simple_tag
def sign_of_original(outcome: str) -> SafeString:
    """What a look at the original found: shape and word."""
    return sign(OUTCOME_SHAPES[LinkOutcome(outcome)], OUTCOME_WORDS[LinkOutcome(outcome)])


@register.simple_tag
def gone_of(publications: Iterable[Publication]) -> dict[UUID, datetime | None]:
    """Of the publications on a page those whose original is gone, and since when: one query."""
    keys = [publication.pk for publication in publications]
    gone = LinkWatch.objects.filter(publication__in=keys, outcome=LinkOutcome.GONE)
    return dict(gone.values_list("publication_id", "outcome_since"))


@register.simple_tag
def reliability(grade: str | None) -> SafeString:
    """A source's grade as a token; F and no grade at all are blanks, each with its meaning."""
    if grade is None:
        return token("–", "not rated", is_blank=True)
    is_blank = grade == Reliability.F
    return token("–" if is_blank else grade, Reliability(grade).label, is_blank=is_blank)


@register.filter
def seen(capture: Capture) -> str:
    """What a page shows of a running capture, as one text: another text means that there is news."""
    return "-".join(str(part) for part in (capture.state, capture.attempt, *capture.progress.values()))


@register.filter
def in_words(code: str) -> Words | None:
    """What an error's code means, and what to do about it."""
    return errors_in_words.in_words(code)


@register.filter
def seconds_in_words(seconds: int) -> str:
    """A time left, no more precise than a guess: `40 s`, `3 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@register.filter
def media(capture: Capture) -> list[CaptureFile]:
    """The files of a capture that have a small picture."""
    return [kept for kept in capture.kept.all() if kept.thumbnail is not None]


@register.filter
def screenshot(capture: Capture) -> CaptureFile | None:
    """The picture of the whole page, where the capture took one."""
    return next((kept for kept in capture.kept.all() if kept.role == FileRole.SCREENSHOT), None)


@register.inclusion_tag("sources/fragments/media.html", takes_context=True)
def preserved_media(context: dict[str, Any], capture: Capture) -> dict[str, Any]:
    """The preserved pictures and videos of a capture as small pictures with the verdict."""
    return {"case": context["case"], "capture": capture, "files": media(capture)}
