"""What pages show of discussions and notices."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from osint.mentions import Kind, Part, parts_of
from osint.models import User
from osint.pages.keyset import capped_count
from osint.selectors import unread_for
from osint.templatetags.sightline import address

register = template.Library()

MOST_COUNTED = 100


@register.filter
def comment_text(text: str, usernames: Iterable[str]) -> SafeString:
    """A comment as typed; mentions of these people stand out, and addresses are links that tell nothing of us."""
    return format_html_join("", "{}", ((_shown(part),) for part in parts_of(text, usernames)))


@register.simple_tag
def unread_notices(user: User | AnonymousUser | None) -> str:
    """How many notices wait for the reader: empty for none, `99+` where counting on says no more."""
    count = "0" if user is None else capped_count(unread_for(user), MOST_COUNTED)
    return "" if count == "0" else count


def _shown(part: Part) -> SafeString:
    if part.kind is Kind.ADDRESS:
        return conditional_escape(address(part.text))
    if part.kind is Kind.MENTION:
        return format_html('<span class="mention">{}</span>', part.text)
    return conditional_escape(part.text)
