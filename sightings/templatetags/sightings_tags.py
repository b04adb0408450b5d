"""How stance, status, ratings, quantities and positions are drawn."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from osint.pages.drawing import sign, token
from sightings.geo import in_words
from sightings.models import Credibility, Evidence, Fit, Positioned, Sighting, Stance, Status
from sources.models import Reliability

register = template.Library()

STANCE_SHAPES = {
    Stance.SUPPORTS: "up",
    Stance.REFUTES: "down",
    Stance.NEUTRAL: "open",
    Stance.UNDERCUTS: "struck",
}
STATUS_SHAPES = {
    Status.DRAFT: "draft",
    Status.PROPOSED: "proposed",
    Status.IN_REVIEW: "in-review",
    Status.VERIFIED: "verified",
    Status.DISPUTED: "disputed",
    Status.REJECTED: "rejected",
}


@register.simple_tag
def stance(value: str) -> SafeString:
    """Which way evidence points: shape and word."""
    return sign(STANCE_SHAPES[Stance(value)], Stance(value).label)


@register.simple_tag
def status(value: str) -> SafeString:
    """Where a sighting stands: shape and word."""
    return sign(STATUS_SHAPES[Status(value)], Status(value).label)


@register.simple_tag
def rating(evidence: Evidence) -> SafeString:
    """Source and item as one token such as `B2`, with the meaning of both. What cannot be judged is a blank."""
    source = evidence.publication.source
    grade = source.reliability if source else None
    letter = grade if grade and grade != Reliability.F else "–"
    number = "–" if evidence.credibility == Credibility.UNKNOWN else str(evidence.credibility)
    reliability = Reliability(grade).label if grade else "source not rated"
    meaning = f"{reliability}, {Credibility(evidence.credibility).label}"
    return token(f"{letter}{number}", meaning, is_blank=letter == number == "–")


@register.simple_tag
def fit(value: str) -> SafeString:
    """How evidence fits a hypothesis, as a token with its meaning."""
    return token(value, Fit(value).label, is_blank=value == Fit.NEUTRAL)


@register.filter
def quantity(sighting: Sighting) -> str:
    """How many, as people write it; empty where nobody knows."""
    least, most = sighting.quantity_min, sighting.quantity_max
    if least is None and most is None:
        return ""
    if least is None:
        return f"at most {most}"
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"


@register.filter
def position(where: Positioned | None) -> str:
    """Coordinates with their radius; empty where nobody knows."""
    if where is None or where.latitude is None or where.longitude is None or where.radius_m is None:
        return ""
    return in_words(where.latitude, where.longitude, where.radius_m)
