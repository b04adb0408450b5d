"""Which addresses may be fetched."""

from __future__ import annotations

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.archiving import addresses
from sources.archiving.addresses import check_address, resolve
from sources.archiving.errors import AddressRefusedError, DeadlineError, DnsError

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


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "::1"])
def test_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(AddressRefusedError, match=r"loopback|unicast"):
        resolve(host, 80)


def test_an_unusual_port_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="got 22"):
        resolve("8.8.8.8", 22)


def test_a_public_literal_resolves_to_itself() -> None:
    assert resolve("8.8.8.8", 443) == [(socket.AF_INET, "8.8.8.8")]


def test_a_named_loopback_pair_is_let_through_on_any_port() -> None:
    assert resolve("127.0.0.1", 8765, frozenset({("127.0.0.1", 8765)})) == [(socket.AF_INET, "127.0.0.1")]


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 8766), ("127.0.0.2", 8765), ("localhost", 8765)])
def test_a_named_pair_lets_no_other_pair_through(host: str, port: int) -> None:
    with pytest.raises(AddressRefusedError):
        resolve(host, port, frozenset({("127.0.0.1", 8765)}), ports=frozenset({8765, 8766}))


def test_a_named_pair_that_is_not_loopback_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="loopback"):
        resolve("10.0.0.1", 8765, frozenset({("10.0.0.1", 8765)}))


def test_one_private_answer_among_public_ones_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1"):
        resolve("mixed.example.org", 80)


def test_a_name_without_address_is_a_temporary_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(DnsError) as caught:
        resolve("no-such-host.invalid", 80)
    assert not caught.value.permanent


def test_a_name_that_dns_cannot_carry_is_an_error() -> None:
    with pytest.raises(DnsError, match="not a host name"):
        resolve("a" * 64 + ".invalid", 80)


def test_a_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(addresses, "_answer", lambda *_: release.wait())
    with pytest.raises(DeadlineError, match="within"):
        resolve("slow.example.org", 80, timeout=0.05)
    release.set()
