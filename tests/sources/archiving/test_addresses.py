"""Which addresses may be fetched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.archiving.addresses import Rules, check_address
from sources.archiving.errors import AddressRefusedError

REFUSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
    "2001:200::1",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    check_address(address)


def test_a_scoped_global_address_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="one link"):
        check_address("2606:4700::1111%eth0")


@given(st.ip_addresses(v=4))
def test_nothing_the_standard_library_calls_private_is_let_through(address: object) -> None:
    if not address.is_global:  # type: ignore[attr-defined]  # hypothesis types the strategy loosely
        with pytest.raises(AddressRefusedError):
            check_address(address)  # type: ignore[arg-type]  # the same


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_like_the_address_itself(address: object) -> None:
    assert _is_refused(f"64:ff9b::{address}") == _is_refused(f"::ffff:{address}") == _is_refused(str(address))


def _is_refused(address: str) -> bool:
    try:
        check_address(address)
    except AddressRefusedError:
        return True
    return False


NAMED = Rules(allowed_loopback=frozenset({("127.0.0.1", 8765), ("10.0.0.1", 8765)}))


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_the_usual_ports_may_be_reached(port: int) -> None:
    Rules().check_port("example.org", port)


@pytest.mark.parametrize("port", [22, 25, 6379, 65535])
def test_an_unusual_port_is_refused(port: int) -> None:
    with pytest.raises(AddressRefusedError, match=f"got {port}"):
        Rules().check_port("example.org", port)


def test_public_answers_may_be_reached() -> None:
    Rules().check_answers("example.org", 80, PUBLIC)


def test_one_private_answer_among_public_ones_refuses_all() -> None:
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1"):
        Rules().check_answers("example.org", 80, ["8.8.8.8", "10.0.0.1"])


def test_a_named_pair_may_be_on_loopback_on_any_port() -> None:
    NAMED.check_port("127.0.0.1", 8765)
    NAMED.check_answers("127.0.0.1", 8765, ["127.0.0.1"])


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 8766), ("127.0.0.2", 8765), ("localhost", 8765)])
def test_a_named_pair_lets_no_other_pair_through(host: str, port: int) -> None:
    with pytest.raises(AddressRefusedError):
        NAMED.check_port(host, port)
    with pytest.raises(AddressRefusedError):
        NAMED.check_answers(host, port, ["127.0.0.1"])


@pytest.mark.parametrize("address", ["10.0.0.1", "8.8.8.8"])
def test_a_named_pair_that_is_not_loopback_is_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError, match="loopback"):
        NAMED.check_answers("10.0.0.1", 8765, [address])
