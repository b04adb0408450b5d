"""The headers of the tus resumable upload protocol 1.0 (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from sources.models import Upload
from sources.services.uploads import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = {"sha1": 20, "sha256": 32}
PIECE = 64 * 1024
NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class VersionError(APIException):
    """The client speaks another version of the protocol."""

    status_code = 412
    default_code = "tus_version"
    default_detail = f"Expected Tus-Resumable: {VERSION}."


class OffsetStreamParser(BaseParser):
    """The body as a stream that nobody has read yet: it may be larger than memory."""

    media_type = "application/offset+octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The stream itself."""
        return stream


def pieces_of(stream: Any) -> Iterator[bytes]:
    """What `OffsetStreamParser` yields, piece by piece; ends early where the connection does."""
    if not hasattr(stream, "read"):
        return  # an empty body is not even parsed
    try:
        while piece := stream.read(PIECE):
            yield piece
    except UnreadablePostError:
        return


def require_version(request: Request) -> None:
    """Refuse another version than ours, where one is named. Raises VersionError."""
    if request.headers.get("Tus-Resumable", VERSION) != VERSION:
        raise VersionError


def offset_of(request: Request) -> int:
    """Where the bytes sent begin. Raises ValidationError."""
    return _number(request, "Upload-Offset")


def announced_in(request: Request) -> dict[str, Any] | None:
    """What a client of the protocol announces in headers, as the JSON body would say it; None without headers.

    Metadata: `publication`, `filename`, and where wanted `sha256` and `note`. Raises ValidationError.
    """
    if "Upload-Length" not in request.headers:
        return None
    return {
        **_metadata(request.headers.get("Upload-Metadata", "")),
        "size": _number(request, "Upload-Length"),
    }


def checksum_of(request: Request) -> Checksum | None:
    """What the bytes sent are said to hash to. Raises ValidationError."""
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, text = given.partition(" ")
    digest = _decoded("Upload-Checksum", text)
    if len(digest) != ALGORITHMS.get(algorithm):
        names = " or ".join(ALGORITHMS)
        raise ValidationError({"Upload-Checksum": f"Expected {names}, a space, and the digest in Base64."})
    return Checksum(algorithm, digest)


def stamp(response: HttpResponseBase, headers: Mapping[str, str]) -> None:
    """Put the headers on an answer."""
    for name, value in headers.items():
        response[name] = value


def abilities() -> dict[str, str]:
    """The headers that say what the server can do."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
    }


def standing(upload: Upload) -> dict[str, str]:
    """The headers that say how far an upload is. A copy of them would mislead, so none is kept."""
    headers = {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.size),
        "Cache-Control": "no-store",
    }
    if upload.completed_at is None:
        headers["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return headers


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not NUMBER.fullmatch(text):
        raise ValidationError({name: "Expected a number of bytes."})
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    pairs = (item.strip().partition(" ") for item in text.split(",") if item.strip())
    decoded = {name: _decoded("Upload-Metadata", value) for name, _, value in pairs}
    try:
        return {name: value.decode("utf-8") for name, value in decoded.items()}
    except UnicodeDecodeError as error:
        raise ValidationError({"Upload-Metadata": "Expected text in UTF-8."}) from error


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError({name: "Expected Base64."}) from error
