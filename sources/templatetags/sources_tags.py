"""How verdicts, states of captures and reliability are drawn."""

from __future__ import annotations

from typing import Any

from django import template

from osint.models import JobState
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


@register.inclusion_tag("osint/sign.html")
def verdict(capture: Capture) -> dict[str, str]:
    """What a capture really contains: shape and word, or how far it is while nobody knows."""
    if capture.verdict:
        found = Verdict(capture.verdict)
        reasons = "; ".join(capture.verdict_reasons)
        return {"shape": VERDICT_SHAPES[found], "word": found.label, "meaning": reasons}
    return state(capture)


@register.inclusion_tag("osint/sign.html")
def state(capture: Capture) -> dict[str, str]:
    """How far a capture is: shape and word."""
    held = JobState(capture.state)
    return {"shape": STATE_SHAPES[held], "word": STATE_WORDS[held], "meaning": capture.error_detail}


@register.inclusion_tag("osint/rating.html")
def reliability(grade: str | None) -> dict[str, str]:
    """A source's grade as a token; F and no grade at all are blanks, each with its meaning."""
    if grade is None:
        return {"token": "–", "meaning": "not rated", "kind": "blank"}
    kind = "blank" if grade == Reliability.F else "known"
    return {"token": "–" if kind == "blank" else grade, "meaning": Reliability(grade).label, "kind": kind}


@register.filter
def media(capture: Capture) -> list[CaptureFile]:
    """The files of a capture that have a small picture."""
    return [kept for kept in capture.kept.all() if kept.thumbnail_id is not None]


@register.inclusion_tag("sources/fragments/media.html", takes_context=True)
def preserved_media(context: dict[str, Any], capture: Capture) -> dict[str, Any]:
    """The preserved pictures and videos of a capture as small pictures with the verdict."""
    return {"case": context["case"], "capture": capture, "files": media(capture)}
