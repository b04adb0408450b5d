"""How decisions and keys are drawn."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from osint.pages.drawing import sign
from sightings.models import Decision

register = template.Library()

SHAPES = {
    Decision.VERIFIED: "verified",
    Decision.DISPUTED: "disputed",
    Decision.REJECTED: "rejected",
    Decision.REOPENED: "waiting",
}


@register.simple_tag
def decision(value: str) -> SafeString:
    """What a reviewer decided: shape and word."""
    return sign(SHAPES[Decision(value)], Decision(value).label)


@register.simple_tag
def flag() -> SafeString:
    """That contrary evidence came to what is verified."""
    return sign("down", "Flagged", "Contrary evidence came after it was verified")
