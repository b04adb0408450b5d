"""Why a derivation is suggested, as a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Details = Mapping[str, Any]

#: What the order of the two publications was taken from.
ORDERS = {
    "dates": "The one that was published later is taken to derive from the earlier one.",
    "link": "The one that links is taken to derive from the one it links to.",
    "words": "The one that names its source is taken to derive from it.",
    "kind": "What shows a picture or video is taken to derive from the publication that consists of it.",
    "unknown": "Their dates do not tell which was first.",
}


def ground_in_words(ground: str, details: Details) -> str:
    """What the suggestion rests on. Raises KeyError for a ground that is none."""
    return SENTENCES[ground](details)


def order_in_words(details: Details) -> str:
    """Why the suggestion runs in this direction."""
    return ORDERS.get(str(details.get("order")), "")


def _media(details: Details) -> str:
    distance = details.get("distance", 0)
    if not distance:
        return "Both show the same file."
    where = f", {details['seconds']:g} s into the video" if details.get("seconds") is not None else ""
    return f"Both show nearly the same picture: {distance} of 256 bits of its look differ{where}."


def _text(details: Details) -> str:
    return f"They have about {round(100 * float(details.get('share', 0)))} % of their text in common."


def _link(details: Details) -> str:
    return f"It links to {details.get('address', 'it')}."


def _attribution(details: Details) -> str:
    return f"It names {details.get('name', 'its source')}: “…{details.get('quote', '')}…”"


SENTENCES: Mapping[str, Callable[[Details], str]] = {
    "media": _media,
    "link": _link,
    "text": _text,
    "attribution": _attribution,
}
