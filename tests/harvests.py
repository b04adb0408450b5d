"""Harvests without a network: exchanges made up of bytes, and what archiving makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from sources.archiving.exchange import Exchange
from sources.archiving.harvest import HarvestedFile, Role
from sources.archiving.wacz import Page, write_wacz
from sources.services.files import LocalFile

NOW = datetime(2023, 1, 19, 12, 0, 0, tzinfo=UTC)
SOFTWARE = {"software": "Sightline test"}


def exchange(folder: Path, url: str, body: bytes, media_type: str) -> Exchange:
    """The answer of a server that sent this body, as files in the folder."""
    headers = (("Content-Type", media_type), ("Content-Length", str(len(body))))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()
    path = folder / f"{uuid4().hex}.body"
    path.write_bytes(body)
    return Exchange(
        url=url,
        request=f"GET {url} HTTP/1.1\r\n\r\n".encode(),
        head=head,
        response_sha256=sha256(head + body).hexdigest(),
        response_length=len(head + body),
        status=200,
        reason="OK",
        headers=headers,
        remote_address="192.0.2.1",
        started=NOW,
        ended=NOW,
        body_path=path,
        framed_path=None,
        body_sha256=sha256(body).hexdigest(),
        body_length=len(body),
        truncated=None,
        tls=None,
    )


def wacz_of(folder: Path, exchanges: list[Exchange]) -> HarvestedFile:
    """The frame of a web archive of the exchanges, of which the first is the page."""
    page = Page(exchanges[0].url, NOW, "A page")
    return write_wacz(folder / f"{uuid4().hex}.wacz", exchanges, page, software=SOFTWARE, now=NOW)


def site(folder: Path, bodies: Mapping[str, tuple[bytes, str]]) -> list[HarvestedFile]:
    """A capture of a page with its media: body and media type by path, the page first. The web archive comes first."""
    folder.mkdir(parents=True, exist_ok=True)
    exchanges = [
        exchange(folder, f"https://courier.example{path}", *served) for path, served in bodies.items()
    ]
    files = [
        HarvestedFile(
            item.body_path,
            Role.PAGE if item.served_type == "text/html" else Role.MEDIUM,
            item.url,
            item.body_sha256,
            item.body_length,
            item.served_type,
        )
        for item in exchanges
        if item.served_type.startswith(("text/html", "image/", "video/"))
    ]
    return [wacz_of(folder, exchanges), *files]


def local(file: HarvestedFile) -> LocalFile:
    """The file as the service takes it."""
    return LocalFile(file.path, file.sha256, file.size, file.media_type, splices=file.splices)
