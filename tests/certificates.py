"""Certificates in chains, made for a test and its servers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAMES = ("loopback", "intermediate", "authority")


@dataclass(frozen=True)
class Chain:
    """A server's own key and certificates (PEM), their authority's, and SHA-256 (hex) of all, the server's first."""

    served: Path
    authority: Path
    sha256: tuple[str, ...]


def certificate_chain(folder: Path) -> Chain:
    """A certificate for 127.0.0.1 by an intermediate authority of one that stands by itself."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in NAMES]
    chain = [_certificate(level, keys) for level in range(len(NAMES))]
    own_key = keys[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    served, authority = folder / "served.pem", folder / "authority.pem"
    served.write_bytes(own_key + b"".join(item.public_bytes(Encoding.PEM) for item in chain[:2]))
    authority.write_bytes(chain[2].public_bytes(Encoding.PEM))
    ders = (item.public_bytes(Encoding.DER) for item in chain)
    return Chain(served, authority, tuple(hashlib.sha256(der).hexdigest() for der in ders))


def _certificate(level: int, keys: list[ec.EllipticCurvePrivateKey]) -> x509.Certificate:
    issuer, now = min(level + 1, len(NAMES) - 1), datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(level))
        .issuer_name(_name(issuer))
        .public_key(keys[level].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=level > 0, path_length=None), critical=True)
    )
    builder = builder if level else builder.add_extension(alternative, critical=False)
    return builder.sign(keys[issuer], hashes.SHA256())


def _name(level: int) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAMES[level])])
