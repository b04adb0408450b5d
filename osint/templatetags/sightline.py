"""Small things that pages of every floor show: icons, uncertain dates, times, digests, sizes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from osint.edtf import EdtfError, in_words
from osint.pages.drawing import icon

register = template.Library()

SHOWN_ENDS = 8


register.simple_tag(icon)


@register.filter
def edtf(text: str) -> SafeString | str:
    """An EDTF date as people write it, with the date as entered on hover. Empty text is `unknown`."""
    if not text:
        return format_html('<span class="unknown">{}</span>', "unknown")
    try:
        words = in_words(text)
    except EdtfError:
        return text
    return format_html('<span class="when" title="EDTF {}">{}</span>', text, words)


@register.filter
def utc(moment: datetime | None) -> SafeString | str:
    """A moment to the minute in UTC, machine-readable too. None is a dash."""
    if moment is None:
        return "–"
    shown = localtime(moment)
    return format_html(
        '<time datetime="{}" title="{} UTC">{} UTC</time>',
        shown.isoformat(),
        shown.strftime("%Y-%m-%d %H:%M:%S"),
        shown.strftime("%-d %b %Y, %H:%M"),
    )


@register.filter
def digest(text: str) -> SafeString:
    """A hash shortened in the middle; the whole on hover and when copied."""
    short = f"{text[:SHOWN_ENDS]}…{text[-SHOWN_ENDS:]}" if len(text) > 2 * SHOWN_ENDS + 1 else text
    return format_html('<code class="digest" title="{0}" data-copy="{0}">{1}</code>', text, short)


@register.filter
def address(url: str) -> SafeString:
    """A link out to an address as typed. Only http and https become links: text by strangers stays text."""
    if not url.lower().startswith(("http://", "https://")):
        return format_html("<span>{}</span>", url)
    return format_html('<a class="address" href="{0}" rel="noreferrer noopener external">{0}</a>', url)


@register.filter
def percent(share: float) -> str:
    """A share of one as whole per cent."""
    return f"{100 * share:.0f} %"


@register.filter
def of(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key that is a variable."""
    return mapping.get(key)
