"""Signs that are drawn the same on every page: an icon, a shape with its word, a rating as a token."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(shape: str) -> SafeString:
    """A drawing from the sprite. It is decoration: the word beside it carries the meaning."""
    sprite = static("osint/icons.svg")
    return format_html(
        '<svg class="icon icon-{0}" aria-hidden="true" focusable="false"><use href="{1}#{0}"/></svg>',
        shape,
        sprite,
    )


def sign(shape: str, word: str, meaning: str = "") -> SafeString:
    """A shape with its word; more about it on hover."""
    title = format_html(' title="{}"', meaning) if meaning else ""
    return format_html(
        '<span class="sign sign-{}"{}>{}<span>{}</span></span>', shape, title, icon(shape), word
    )


def token(text: str, meaning: str, *, is_blank: bool = False) -> SafeString:
    """A rating as one token; its meaning on hover, on focus and for screen readers, which hear only that."""
    return format_html(
        '<span class="rating rating-{}" title="{}" tabindex="0"><span aria-hidden="true">{}</span>'
        '<span class="heard">{}</span></span>',
        "blank" if is_blank else "known",
        meaning,
        text,
        meaning,
    )
