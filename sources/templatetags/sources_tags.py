"""How verdicts, states of captures and reliability are drawn."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from osint.models import JobState
from osint.pages.drawing import sign, token
from sources.models import Capture, CaptureFile, Reliability, Verdict

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
}
STATE_WORDS = {
    JobState.QUEUED: "Waiting for a worker",
    JobState.LEASED: "Preserving now",
    JobState.SUCCEEDED: "Preserved",
    JobState.FAILED: "Not preserved",
    JobState.QUARANTINED: "Set aside after crashes",
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
def reliability(grade: str | None) -> SafeString:
    """A source's grade as a token; F and no grade at all are blanks, each with its meaning."""
    if grade is None:
        return token("–", "not rated", is_blank=True)
    is_blank = grade == Reliability.F
    return token("–" if is_blank else grade, Reliability(grade).label, is_blank=is_blank)


@register.filter
def media(capture: Capture) -> list[CaptureFile]:
    """The files of a capture that have a small picture."""
    return [kept for kept in capture.kept.all() if kept.thumbnail_id is not None]


@register.inclusion_tag("sources/fragments/media.html", takes_context=True)
def preserved_media(context: dict[str, Any], capture: Capture) -> dict[str, Any]:
    """The preserved pictures and videos of a capture as small pictures with the verdict."""
    return {"case": context["case"], "capture": capture, "files": media(capture)}
