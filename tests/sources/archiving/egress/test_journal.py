"""What went through the door."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

from sources.archiving.egress.journal import Entry, Journal
from sources.archiving.errors import AddressRefusedError


def entry(user: str = "one", host: str = "example.org") -> Entry:
    return Entry(user, "CONNECT", host, 443)


def ended(journal: Journal, *entries: Entry) -> None:
    for found in entries:
        journal.begin(found)
        journal.end(found)


def hosts(found: list[dict[str, Any]]) -> list[str]:
    return [item["host"] for item in found]


def take(journal: Journal, user: str = "one") -> list[dict[str, Any]]:
    return asyncio.run(journal.take(user, 0.01))


def test_each_connection_is_a_line_of_json() -> None:
    out = io.StringIO()
    refused = entry()
    refused.blame(AddressRefusedError("expected a public address"))
    ended(Journal(out), refused, entry("two"))
    first, second = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (first["user"], first["host"], first["port"], first["code"]) == (
        "one",
        "example.org",
        443,
        "address_refused",
    )
    assert (second["user"], second["code"]) == ("two", None)
    assert first["started"] <= first["ended"]


def test_a_user_gets_their_own_once() -> None:
    journal = Journal(io.StringIO())
    ended(journal, entry(host="a"), entry("two", host="b"), entry(host="c"))
    assert hosts(take(journal)) == ["a", "c"]
    assert take(journal) == []
    assert hosts(take(journal, "two")) == ["b"]


def test_the_newest_of_a_user_are_kept() -> None:
    journal = Journal(io.StringIO(), per_user=2)
    ended(journal, *(entry(host=host) for host in "abc"))
    assert hosts(take(journal)) == ["b", "c"]


def test_the_latest_users_are_kept() -> None:
    journal = Journal(io.StringIO(), users=2)
    ended(journal, entry("one"), entry("two"), entry("one"), entry("three"))
    assert [len(take(journal, user)) for user in ("one", "two", "three")] == [2, 0, 1]


def test_who_asks_waits_for_what_is_about_to_end() -> None:
    journal = Journal(io.StringIO())
    late = entry()

    async def scene() -> list[dict[str, Any]]:
        journal.begin(late)
        asyncio.get_running_loop().call_later(0.02, journal.end, late)
        return await journal.take("one", 5)

    (found,) = asyncio.run(scene())
    assert found["ended"] is not None


def test_what_stays_open_is_told_as_it_stands_and_only_once() -> None:
    journal = Journal(io.StringIO())
    still_open = entry()
    journal.begin(still_open)
    assert [item["ended"] for item in take(journal)] == [None]
    journal.end(still_open)
    assert take(journal) == []
