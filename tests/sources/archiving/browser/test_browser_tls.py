"""Pages over TLS: who proved itself is recorded, and who cannot is not captured."""

from __future__ import annotations

import base64
import hashlib
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sources.archiving.browser import archive_in_browser
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import TlsError
from sources.archiving.policy import FetchPolicy
from tests.sources.archiving.conftest import PEM
from tests.sources.archiving.pages import english, picture
from tests.webserver import Server, response


def trusting(policy: FetchPolicy) -> FetchPolicy:
    """The policy with a browser that takes the key of the tests' server for proof."""
    assert policy.browser is not None
    certificates = x509.load_pem_x509_certificates(PEM.read_bytes())
    keys = (
        item.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for item in certificates
    )
    pins = ",".join(base64.b64encode(hashlib.sha256(key).digest()).decode() for key in keys)
    arguments = (*policy.browser.arguments, f"--ignore-certificate-errors-spki-list={pins}")
    return replace(policy, browser=replace(policy.browser, arguments=arguments), trust=PEM)


def test_the_certificate_is_recorded(tls_server: Server, policy: FetchPolicy, workdir: Path) -> None:
    tls_server.routes |= {
        "/": response(english(body="<img src='/photo.jpg'>")),
        "/photo.jpg": response(picture("JPEG"), media_type="image/jpeg"),
    }
    harvest = archive_in_browser(
        tls_server.url(), policy=trusting(policy), workdir=workdir, deadline=Deadline.after(60)
    )
    served = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", tls_server.port)))
    assert (harvest.verdict, len(harvest.exchanges)) == ("complete", 2)
    for item in harvest.exchanges:
        assert item["tls"]["peer_certificate_sha256"] == hashlib.sha256(served).hexdigest()
        assert item["tls"]["chain_sha256"] == [hashlib.sha256(served).hexdigest()]
        assert item["tls"]["version"].startswith("TLS 1.")
        assert item["recorded_by"] == "browser"


def test_a_server_that_cannot_prove_itself_is_refused(
    tls_server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    tls_server.routes["/"] = response(english())
    with pytest.raises(TlsError):
        archive_in_browser(tls_server.url(), policy=policy, workdir=workdir, deadline=Deadline.after(60))
    assert not tls_server.requests
