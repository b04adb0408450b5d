"""The guard: which addresses may be connected to.

``ipaddress.is_global`` is not used: across Python versions it calls translated, tunnelled, deprecated
site-local and multicast addresses public. The tables follow the IANA IPv4 and IPv6 Special-Purpose
Address Registries (RFC 6890) and the IPv6 address space registry, where only 2000::/3 is global unicast.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from .errors import AddressRefusedError

DEFAULT_PORTS = frozenset({80, 443, 8080, 8443})

REFUSED_IPV4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), meaning)
    for network, meaning in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private use"),
        ("100.64.0.0/10", "shared address space"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud platform service"),  # Azure's host agent sits on a public-looking address
        ("169.254.0.0/16", "link local"),
        ("172.16.0.0/12", "private use"),
        ("192.0.0.0/24", "IETF protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private use"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

GLOBAL_UNICAST_IPV6 = IPv6Network("2000::/3")

REFUSED_IPV6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), meaning)
    for network, meaning in (
        ("2001::/23", "IETF protocol assignments"),  # Teredo, benchmarking, ORCHID
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)

# Networks with DNS64 reach the IPv4 internet through the first; some resolvers answer with the second.
TRANSLATED_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0/96"))


def check_address(address: str | IPv4Address | IPv6Address) -> None:
    """Raise AddressRefusedError unless ``address`` is a public unicast address."""
    meaning = _refusal(ip_address(address))
    if meaning is not None:
        raise AddressRefusedError(f"expected a public address, got {address} ({meaning})")


def _refusal(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((meaning for network, meaning in REFUSED_IPV4 if address in network), None)
    if any(address in network for network in TRANSLATED_IPV4):
        return _refusal(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.scope_id is not None:
        return "scoped to one link"
    if address not in GLOBAL_UNICAST_IPV6:
        return "not global unicast"
    return next((meaning for network, meaning in REFUSED_IPV6 if address in network), None)


@dataclass(frozen=True)
class Rules:
    """What may be reached: public addresses on ``ports``, and named host and port pairs on loopback.

    A pair in ``allowed_loopback`` (host and port as requested, exactly) must be on loopback, and may have any port.
    """

    ports: Container[int] = DEFAULT_PORTS
    allowed_loopback: Container[tuple[str, int]] = frozenset()

    def check_port(self, host: str, port: int) -> None:
        """Raise AddressRefusedError if nothing may be reached on ``port``, whatever the address."""
        if port not in self.ports and (host, port) not in self.allowed_loopback:
            raise AddressRefusedError(f"expected a port for web pages, got {port}")

    def check_answers(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raise AddressRefusedError if any of the ``addresses`` that ``host`` has may not be reached.

        One is enough: a name that mixes public and private addresses is a rebinding attempt or a mistake.
        """
        check = _check_loopback if (host, port) in self.allowed_loopback else check_address
        for address in addresses:
            check(address)


def _check_loopback(address: str) -> None:
    if not ip_address(address).is_loopback:
        raise AddressRefusedError(f"expected a loopback address, got {address}")
