"""Which publication relays which, over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from osint.models import Change
from sources.models import Derivation, Publication
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case


@pytest.fixture
def root_page(team: cast.Team) -> Publication:
    return cast.publication(team)


@pytest.fixture
def repost(team: cast.Team) -> Publication:
    return cast.publication(team, "https://herald.example/repost")


def record(team: cast.Team, publication: Any, derives_from: Any, kind: str = "relays") -> Any:
    body = {"publication": str(publication), "derives_from": str(derives_from), "kind": kind}
    return client_of(team.researcher).post(in_case(team.case, "derivations/"), body)


def test_derivation_is_shown(team: cast.Team, root_page: Publication, repost: Publication) -> None:
    shown = record(team, repost.pk, root_page.pk).json()

    assert (shown["publication"], shown["derives_from"]) == (str(repost.pk), str(root_page.pk))


def test_same_derivation_is_recorded_once(
    team: cast.Team, root_page: Publication, repost: Publication
) -> None:
    record(team, repost.pk, root_page.pk)

    assert record(team, repost.pk, root_page.pk).status_code == 400


def test_publication_does_not_derive_from_itself(team: cast.Team, repost: Publication) -> None:
    assert record(team, repost.pk, repost.pk).status_code == 400


def test_unknown_kind_is_refused(team: cast.Team, root_page: Publication, repost: Publication) -> None:
    assert errors_of(record(team, repost.pk, root_page.pk, "steals")) == {"kind": "invalid_choice"}


def test_publication_of_another_case_is_not_there(
    team: cast.Team, others: cast.Team, repost: Publication
) -> None:
    theirs = cast.publication(others)

    assert record(team, repost.pk, theirs.pk).json() == record(team, repost.pk, uuid4()).json()


def test_removed_derivation_stays_in_the_record(
    team: cast.Team, root_page: Publication, repost: Publication
) -> None:
    made = record(team, repost.pk, root_page.pk).json()

    client_of(team.researcher).delete(in_case(team.case, f"derivations/{made['id']}/"))

    assert not Derivation.objects.exists()
    removed = Change.objects.get(action="derivation.removed").old
    assert removed is not None
    assert removed["derives_from_id"] == str(root_page.pk)


@pytest.mark.parametrize("end", ["publication", "derives_from"])
def test_list_is_narrowed_to_an_end(
    end: str, team: cast.Team, root_page: Publication, repost: Publication
) -> None:
    made = record(team, repost.pk, root_page.pk).json()
    record(team, root_page.pk, repost.pk, "quotes")

    found = client_of(team.viewer).get(in_case(team.case, f"derivations/?{end}={made[end]}"))

    assert ids_of(found) == [made["id"]]
