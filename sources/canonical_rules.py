"""What is known about sites: which parameters only track, and which addresses show the same publication."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from tld import get_tld

# The Wikimedia sites put the mobile label behind the language: ru.m.wikipedia.org.
MOBILE_WIKI = re.compile(
    r"(?:\.m)+(?=\.(?:wikipedia|wikimedia|wikinews|wikisource|wikiquote|wikivoyage|wikibooks|wiktionary)\.org$)"
)
SERVICE_LABELS = frozenset({"www", "m", "mobile", "amp"})

HOST_ALIASES = {
    "twitter.com": "x.com",
    "telegram.me": "t.me",
    "telegram.dog": "t.me",
    "vk.ru": "vk.com",
    "vkontakte.ru": "vk.com",
    "fb.com": "facebook.com",
    "mbasic.facebook.com": "facebook.com",
    "touch.facebook.com": "facebook.com",
    "web.facebook.com": "facebook.com",
    "old.reddit.com": "reddit.com",
    "new.reddit.com": "reddit.com",
    "np.reddit.com": "reddit.com",
    "music.youtube.com": "youtube.com",
    "youtube-nocookie.com": "youtube.com",
}

# Names that advertisers, mailers and sharing buttons add. Not `ref`, `source` and `from`: sites use them.
TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_", "pk_campaign", "pk_kwd", "pk_source", "pk_medium")
TRACKING = frozenset(
    {"_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "dclid", "fbclid", "gbraid", "gclid", "gclsrc", "igsh"}
    | {"igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "oly_anon_id", "oly_enc_id"}
    | {"rb_clickid", "srsltid", "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "yclid", "ysclid"}
)

SITE_TRACKING = {
    "bbc.co.uk": {"at_campaign", "at_medium", "at_link_id", "at_link_origin", "at_link_type", "at_ptr_name"},
    "bbc.com": {"at_campaign", "at_medium", "at_link_id", "at_link_origin", "at_link_type", "at_ptr_name"},
    "facebook.com": {
        "__tn__",
        "_rdr",
        "eav",
        "fref",
        "hc_ref",
        "mibextid",
        "paipv",
        "rdid",
        "refsrc",
        "sfnsn",
    }
    | {"__cft__[0]", "__xts__[0]", "share_url"},
    "instagram.com": {"hl", "img_index"},
    "nytimes.com": {"smid", "smtyp"},
    "open.spotify.com": {"si", "context"},
    "t.me": {"single", "embed", "mode"},
    "theguardian.com": {"cmp"},
    "tiktok.com": {"_r", "_t", "is_copy_url", "is_from_webapp", "sender_device", "sender_web_id", "web_id"},
    "x.com": {"ref_src", "ref_url"},
    "youtube.com": {"ab_channel", "app", "feature", "pp", "si"},
}

# Beside a video's own `v`, where in it and out of which list it is played.
YOUTUBE_PLAYING = frozenset({"index", "list", "start", "start_radio", "t", "time_continue"})
YOUTUBE_VIDEO = re.compile(r"/(?:shorts|embed|live|v)/(?!videoseries$|live_stream$)([A-Za-z0-9_-]+)")
SHORT_VIDEO = re.compile(r"/([A-Za-z0-9_-]+)")
X_POST = re.compile(r"(/(?:[^/]+|i/web)/status/[0-9]+)(?:/(?:photo|video)/[0-9]+)?")
X_SHARING = frozenset({"s", "t"})
TELEGRAM_PREVIEW = re.compile(r"/s(/[A-Za-z0-9_]{2,}(?:/.*)?)")


class Address(NamedTuple):
    """A publication's address in parts: `query` as encoded `name=value` pairs, `route` with its `!`."""

    host: str
    path: str
    query: tuple[str, ...]
    route: str


def is_tracking(pair: str) -> bool:
    """Whether a query pair tells nothing but how the reader came here, on any site."""
    name = _name(pair)
    return name in TRACKING or name.startswith(TRACKING_PREFIXES) or pair in {"amp", "amp=1", "amp=true"}


def without_service_labels(host: str) -> str:
    """The host without `www`, `m`, `mobile` or `amp` in front, while a name that can be registered is left.

    The public suffix list (bundled with the library tld) knows that `m.co.uk` and `m.github.io` are names of
    their own; a host under a suffix it does not know stays whole.
    """
    while True:
        label, _, rest = host.partition(".")
        if label not in SERVICE_LABELS or not _is_registrable(rest):
            return host
        host = rest


def apply_site_rules(address: Address) -> Address:
    """The address as the site's own main form, where the site is known."""
    address = _on_known_host(address)
    dropped = SITE_TRACKING.get(address.host, set())
    address = address._replace(query=_without(address.query, dropped))
    rule = RULES.get(address.host)
    return rule(address) if rule else address


def _is_registrable(host: str) -> bool:
    found = get_tld(f"https://{host}", as_object=True, fail_silently=True, search_private=True)
    return bool(found and not isinstance(found, str) and found.fld != found.tld)


def _on_known_host(address: Address) -> Address:
    host = MOBILE_WIKI.sub("", address.host)
    return address._replace(host=HOST_ALIASES.get(host, host))


def _name(pair: str) -> str:
    return unquote(pair.partition("=")[0]).casefold()


def _without(query: tuple[str, ...], names: frozenset[str] | set[str]) -> tuple[str, ...]:
    return tuple(pair for pair in query if _name(pair) not in names)


def _youtube(address: Address) -> Address:
    if video := YOUTUBE_VIDEO.fullmatch(address.path):
        return _video(address, video[1])
    if address.path == "/watch" and any(pair.startswith("v=") for pair in address.query):
        return address._replace(query=_without(address.query, YOUTUBE_PLAYING))
    return address


def _youtu_be(address: Address) -> Address:
    video = SHORT_VIDEO.fullmatch(address.path)
    return _video(address, video[1]) if video else address


def _video(address: Address, video: str) -> Address:
    others = _without(address.query, YOUTUBE_PLAYING | SITE_TRACKING["youtube.com"] | {"v"})
    query = tuple(sorted((*others, f"v={video}"), key=lambda pair: unquote(pair.partition("=")[0])))
    return address._replace(host="youtube.com", path="/watch", query=query)


def _x(address: Address) -> Address:
    post = X_POST.fullmatch(address.path)
    if not post:
        return address
    return address._replace(path=post[1], query=_without(address.query, X_SHARING))


def _telegram(address: Address) -> Address:
    preview = TELEGRAM_PREVIEW.fullmatch(address.path)
    return address._replace(path=preview[1]) if preview else address


RULES: dict[str, Callable[[Address], Address]] = {
    "youtube.com": _youtube,
    "youtu.be": _youtu_be,
    "x.com": _x,
    "t.me": _telegram,
}
