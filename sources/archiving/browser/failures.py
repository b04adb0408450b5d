"""What the page asked for and did not get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sources.archiving.requisites import Kind
from sources.archiving.urls import DEFAULT_PORT

from .recording import Recorder, Unanswered

KINDS = {
    "Image": Kind.IMAGE,
    "Media": Kind.VIDEO,
    "Stylesheet": Kind.STYLE,
    "Script": Kind.SCRIPT,
    "Font": Kind.FONT,
}
#: The page's own second thoughts, and ours: nothing was lost.
MEANT = frozenset({"Aborted", "BlockedByClient", "BlockedByResponse"})
#: The protocol's reasons (Network.ErrorReason) in the words of our errors.
CODES = {"NameNotResolved": "dns_failed", "TimedOut": "deadline_passed"}
OTHERWISE = "connect_failed"
LACKS = {"time": "deadline_passed", "disconnect": OTHERWISE}

Connections = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Failed:
    """A requisite without an answer that could be kept; ``code`` is that of an ArchivingError."""

    url: str
    kind: Kind
    code: str
    detail: str

    def facts(self) -> dict[str, str]:
        """The failure as JSON-safe values."""
        return {"url": self.url, "kind": self.kind.value, "code": self.code, "detail": self.detail}


def kind_of(resource_type: str) -> Kind:
    """The protocol's type of a resource in the archive's words."""
    return KINDS.get(resource_type, Kind.OTHER)


def failures_of(recorder: Recorder, connections: Connections, kept: Iterable[str]) -> list[Failed]:
    """What failed and is not among the URLs ``kept`` in the end. Each URL once.

    The browser often knows no more than that it failed; then the way out's list says why.
    """
    found = {
        item.url: _failed(item, recorder, connections)
        for item in recorder.unanswered
        if item.reason not in MEANT and item.url.startswith(("http:", "https:"))
    }
    for answer in recorder.answers:
        if answer.lack in LACKS:
            detail = f"expected a whole body, got part of one ({answer.lack})"
            found[answer.url] = Failed(answer.url, kind_of(answer.kind), LACKS[answer.lack], detail)
    for url in kept:
        found.pop(url, None)
    return list(found.values())


def _failed(item: Unanswered, recorder: Recorder, connections: Connections) -> Failed:
    error = recorder.wire_of(item.network_id).error or item.reason
    known = _known_to_the_way_out(item.url, connections)
    code, detail = known or (_code(item, error), f"expected an answer, got {error}")
    return Failed(item.url, kind_of(item.kind), item.refusal or code, detail)


def _code(item: Unanswered, error: str) -> str:
    is_tls = "_CERT_" in error or "_SSL_" in error
    return "tls_failed" if is_tls else CODES.get(item.reason, OTHERWISE)


def _known_to_the_way_out(url: str, connections: Connections) -> tuple[str, str] | None:
    parts = urlsplit(url)
    origin = (parts.hostname, parts.port or DEFAULT_PORT[parts.scheme])
    refused = (
        (str(entry["code"]), str(entry.get("detail", "")))
        for entry in connections
        if entry.get("code") and (entry["host"], entry["port"]) == origin
    )
    return next(refused, None)
