"""Doing something in one process at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from osint.services.locks import alone


def from_elsewhere(name: str) -> bool:
    """Whether somebody with another connection would be alone."""

    def look() -> bool:
        try:
            with alone(name) as is_alone:
                return is_alone
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result()


@pytest.mark.django_db(transaction=True)
def test_of_two_in_a_block_of_one_name_one_is_alone() -> None:
    with alone("sweeping") as is_alone:
        assert (is_alone, from_elsewhere("sweeping"), from_elsewhere("washing")) == (True, False, True)


@pytest.mark.django_db(transaction=True)
def test_after_the_block_others_may() -> None:
    with pytest.raises(ZeroDivisionError), alone("sweeping"):
        _ = 1 / 0
    assert from_elsewhere("sweeping")
