"""How the proxy says no, and how the fetcher understands it: a status, the error's code, its detail as JSON."""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus

from ..errors import (
    AddressRefusedError,
    ArchivingError,
    ConnectError,
    DeadlineError,
    DnsError,
    EgressError,
    HttpProtocolError,
    UnsupportedUrlError,
)

CODE_HEADER = "Sightline-Error"
SEAL_HEADER = "Sightline-Seal"
OWN_HOST = "sightline-egress.invalid"  # RFC 6761: nobody else can have it
JOURNAL_PATH = "/connections"
ADDRESS_HEADER = "Sightline-Remote-Address"

STATUSES: dict[type[ArchivingError], HTTPStatus] = {
    HttpProtocolError: HTTPStatus.BAD_REQUEST,
    UnsupportedUrlError: HTTPStatus.BAD_REQUEST,
    AddressRefusedError: HTTPStatus.FORBIDDEN,
    DnsError: HTTPStatus.BAD_GATEWAY,
    ConnectError: HTTPStatus.BAD_GATEWAY,
    EgressError: HTTPStatus.SERVICE_UNAVAILABLE,
    DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
}
BY_CODE = {kind.code: kind for kind in STATUSES}
# What another proxy means, which knows nothing of our codes.
BY_STATUS: dict[int, type[ArchivingError]] = {
    HTTPStatus.FORBIDDEN: AddressRefusedError,
    HTTPStatus.BAD_GATEWAY: ConnectError,
    HTTPStatus.SERVICE_UNAVAILABLE: ConnectError,
    HTTPStatus.GATEWAY_TIMEOUT: DeadlineError,
}


class CredentialsError(EgressError):
    """The request named no user, or not the password of this instance."""


STATUSES[CredentialsError] = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED


def seal_of(password: str) -> str:
    """What only the proxy can put under a refusal.

    Without TLS the answers of origins come the same way, and one could pose as a refusal. Fetchers tell it from an
    answer by the seal, and never show it to a page.
    """
    return _derived(password, b"refusal")


def journal_password(password: str) -> str:
    """What the list of connections is asked for with: browsers and downloaders, which pages can send, have another."""
    return _derived(password, b"journal")


def genuine_code(code: str | None, seal: str | None, password: str) -> str | None:
    """The code of a refusal that carries the proxy's seal; None where an origin answered."""
    return code if hmac.compare_digest((seal or "").encode(), seal_of(password).encode()) else None


def refusal(error: ArchivingError, seal: str) -> bytes:
    """The whole response that reports ``error``; the connection is closed after it."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    challenge = 'Proxy-Authenticate: Basic realm="egress"\r\n' if status == 407 else ""
    headers = f"{CODE_HEADER}: {error.code}\r\n{SEAL_HEADER}: {seal}\r\n{challenge}"
    return response(status, {"code": error.code, "detail": error.detail}, headers)


def response(status: HTTPStatus, content: object, headers: str = "") -> bytes:
    """A whole response of the proxy's own with ``content`` as JSON."""
    body = json.dumps(content).encode()
    fixed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{headers}{fixed}\r\n".encode("ascii") + body


def joined(address: str) -> bytes:
    """The head that says that a tunnel to ``address`` stands."""
    return f"HTTP/1.1 200 Connection established\r\n{ADDRESS_HEADER}: {address}\r\n\r\n".encode("ascii")


def understood(status: int, code: str | None, body: bytes) -> ArchivingError:
    """The error that a refusal reports, ours or that of another proxy."""
    kind = BY_CODE.get(code or "") or BY_STATUS.get(status, EgressError)
    return kind(_detail(body) or f"expected the way out to connect, got status {status}")


def _derived(password: str, purpose: bytes) -> str:
    return hmac.new(password.encode(), purpose, "sha256").hexdigest()


def _detail(body: bytes) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        return ""
    return str(content.get("detail", "")) if isinstance(content, dict) else ""
