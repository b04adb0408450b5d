"""From what the browser was answered to exchanges as every method records them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sources.archiving.exchange import Exchange, TlsFacts
from sources.archiving.recorder import HashingFile
from sources.archiving.splices import pieces_of
from sources.archiving.urls import DEFAULT_PORT

from .protocol import Params
from .recording import Answer, Headers, Recorder, Wire, header, origin_of

PIECE = 1024 * 1024
#: What describes the bytes on the wire and not those kept; renamed as web archives do when the two differ.
OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
ORIGINAL = "X-Orig-"
ABOUT_THE_PROXY = "proxy-"
BROWSER, CLIENT = "browser", "client"

Exchanges = list[tuple[Answer, Exchange]]


def assembled(recorder: Recorder, directory: Path) -> Exchanges:
    """The recorder's answers as exchanges, in order of arrival, without those left out or taken from a cache.

    The files are new, in ``directory``. Where the origins were is not known yet: see ``located``.
    """
    assembler = _Assembler(recorder, directory)
    return [
        (answer, assembler.exchange(answer, wire))
        for answer in recorder.answers
        if answer.lack is None and not (wire := recorder.wire_of(answer.network_id)).is_cached
    ]


def located(exchange: Exchange, connections: Iterable[dict[str, Any]]) -> Exchange:
    """The exchange with the address that its origin was reached at, out of the way out's list."""
    parts = urlsplit(exchange.url)
    origin = (parts.hostname, parts.port or DEFAULT_PORT[parts.scheme])
    found = (entry["address"] for entry in connections if (entry["host"], entry["port"]) == origin)
    return replace(exchange, remote_address=next(filter(None, found), ""))


class _Assembler:
    def __init__(self, recorder: Recorder, directory: Path) -> None:
        self._recorder = recorder
        self._directory = directory

    def exchange(self, answer: Answer, wire: Wire) -> Exchange:
        body = answer.body or self._no_body()
        status_line, headers = _head(answer, _taken(wire.responses, "statusCode", answer.status))
        headers = _fitting(headers, body.length)
        lines = (status_line, *(f"{name}: {value}\r\n" for name, value in headers), "\r\n")
        head = "".join(lines).encode("latin-1", "replace")
        digest = hashlib.sha256(head)
        for data in pieces_of(body.path):
            digest.update(data)
        return Exchange(
            url=answer.url,
            request=_request(answer, wire),
            head=head,
            response_sha256=digest.hexdigest(),
            response_length=len(head) + body.length,
            status=answer.status,
            reason=answer.reason,
            headers=headers,
            remote_address="",
            started=answer.started,
            ended=answer.ended,
            body_path=body.path,
            framed_path=None,
            body_sha256=body.sha256,
            body_length=body.length,
            truncated=answer.truncated,
            tls=self._tls(answer, wire),
        )

    def _no_body(self) -> HashingFile:
        """An empty one: of redirects the browser gives none."""
        body = HashingFile(self._directory / f"{uuid4().hex}.body")
        body.close()
        return body

    def _tls(self, answer: Answer, wire: Wire) -> TlsFacts | None:
        if wire.security is None or not answer.url.startswith("https:"):
            return None
        return TlsFacts(
            version=wire.security.get("protocol", ""),
            cipher=wire.security.get("cipher", ""),
            chain_sha256=self._recorder.chains.get(origin_of(answer.url), ()),
        )


def facts_of(exchange: Exchange, recorded_by: str) -> dict[str, Any]:
    """The exchange's facts, and who recorded it; whether the body kept is without the coding it came in."""
    is_decoded = any(name.startswith(ORIGINAL) for name, _ in exchange.headers)
    return exchange.facts() | {"recorded_by": recorded_by, "body_is_decoded": is_decoded}


def _taken(said: list[Params], key: str, value: object) -> Params | None:
    """The first of ``said`` whose ``key`` is ``value``, which is then used up."""
    found = next((params for params in said if params.get(key) == value), None)
    if found is not None:
        said.remove(found)
    return found


def _head(answer: Answer, said: Params | None) -> tuple[str, Headers]:
    """Status line and headers: as they came over the wire where HTTP/1 brought them, else put together."""
    text = (said or {}).get("headersText") or ""
    if text:
        first, *lines = text.split("\r\n")
        pairs = (line.partition(":") for line in lines if ":" in line)
        return f"{first}\r\n", tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return f"HTTP/1.1 {answer.status} {answer.reason}\r\n", answer.headers


def _fitting(headers: Headers, length: int) -> Headers:
    """Headers that describe the body kept; those of a coded or chunked one are kept under another name."""
    is_coded = any(header(headers, name) is not None for name in ("content-encoding", "transfer-encoding"))
    if not is_coded:
        return headers
    renamed = tuple((f"{ORIGINAL}{k}" if k.lower() in OF_THE_WIRE else k, v) for k, v in headers)
    return (*renamed, ("Content-Length", str(length)))


def _request(answer: Answer, wire: Wire) -> bytes:
    """The request's head; over HTTP/2 there were no such lines, and these say the same."""
    parts = urlsplit(answer.url)
    said = wire.requests.pop(0)["headers"].items() if wire.requests else answer.request_headers
    kept = [(k, v) for k, v in said if not k.startswith(":") and not k.lower().startswith(ABOUT_THE_PROXY)]
    if header(tuple(kept), "host") is None:
        kept.insert(0, ("Host", parts.netloc))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{answer.method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in kept), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
