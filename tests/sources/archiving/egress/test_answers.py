"""How the proxy says no, and how that is understood."""

from __future__ import annotations

import json

import pytest

from sources.archiving.egress.answers import (
    STATUSES,
    CredentialsError,
    genuine_code,
    journal_password,
    refusal,
    seal_of,
    understood,
)
from sources.archiving.errors import (
    AddressRefusedError,
    ArchivingError,
    ConnectError,
    DeadlineError,
    DnsError,
    EgressError,
)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (AddressRefusedError, 403),
        (CredentialsError, 407),
        (DnsError, 502),
        (ConnectError, 502),
        (DeadlineError, 504),
    ],
)
def test_each_error_has_its_status(kind: type[ArchivingError], status: int) -> None:
    assert refusal(kind("why"), "seal").startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("kind", [kind for kind in STATUSES if kind is not CredentialsError])
def test_what_is_said_is_what_is_understood(kind: type[ArchivingError]) -> None:
    head, body = refusal(kind("expected this, got that"), "seal").split(b"\r\n\r\n")
    status, code = int(head.split(b" ")[1]), head.split(b"Sightline-Error: ")[1].split(b"\r\n")[0].decode()
    error = understood(status, code, body)
    assert (type(error), error.detail) == (kind, "expected this, got that")


def test_only_missing_credentials_are_asked_for() -> None:
    assert b"Proxy-Authenticate: Basic" in refusal(CredentialsError("who?"), "seal")
    assert b"Proxy-Authenticate" not in refusal(AddressRefusedError("no"), "seal")


def test_a_detail_cannot_break_out_of_the_body() -> None:
    answer = refusal(AddressRefusedError("a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), "seal")
    assert answer.count(b"\r\n\r\n") == 1
    assert json.loads(answer.split(b"\r\n\r\n")[1])["code"] == "address_refused"


@pytest.mark.parametrize("seal", [None, "", "seal", "é", seal_of("another password")])
def test_without_the_seal_a_refusal_is_an_origins_answer(seal: str | None) -> None:
    assert genuine_code("address_refused", seal, "password") is None
    assert genuine_code("address_refused", seal_of("password"), "password") == "address_refused"


def test_each_purpose_has_a_secret_of_its_own() -> None:
    assert len({"password", seal_of("password"), journal_password("password")}) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, AddressRefusedError),
        (407, EgressError),
        (502, ConnectError),
        (504, DeadlineError),
        (418, EgressError),
    ],
)
@pytest.mark.parametrize("body", [b"<h1>No</h1>", b"", b"[1]", b"\xff"])
def test_another_proxy_is_understood_by_its_status(
    status: int, kind: type[ArchivingError], body: bytes
) -> None:
    error = understood(status, None, body)
    assert type(error) is kind
    assert str(status) in error.detail
