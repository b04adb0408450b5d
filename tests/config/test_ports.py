"""Loopback ports: taken ones are reported, chosen ones are remembered."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervision.errors import PortTakenError
from config.supervision.ports import is_free, remembered_port, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_refused_with_advice(taken: int) -> None:
    with pytest.raises(PortTakenError, match=f"{taken} .*; try another"):
        require_free(taken, "try another")


def test_another_port_is_chosen_when_the_preferred_is_taken(taken: int, tmp_path: Path) -> None:
    port = remembered_port(tmp_path / "port.json", taken)
    assert port != taken
    assert is_free(port)


def test_the_chosen_port_is_remembered(taken: int, tmp_path: Path) -> None:
    first = remembered_port(tmp_path / "port.json", taken)
    assert remembered_port(tmp_path / "port.json", 1) == first
