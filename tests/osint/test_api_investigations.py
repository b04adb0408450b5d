"""Cases over the API."""

from __future__ import annotations

import pytest

from osint.models import Investigation, User
from tests import cast
from tests.clients import API, client_of, errors_of, ids_of, in_case

CASES = f"{API}/investigations/"


def test_list_holds_the_cases_of_the_person(team: cast.Team, others: cast.Team) -> None:
    assert ids_of(client_of(team.viewer).get(CASES)) == [str(team.case.pk)]


def test_outsider_has_no_cases(team: cast.Team) -> None:
    assert ids_of(client_of(team.outsider).get(CASES)) == []


def test_superuser_on_no_case_sees_none(team: cast.Team, root: User) -> None:
    assert client_of(root).get(in_case(team.case)).status_code == 404


def test_opened_case_is_shown(team: cast.Team) -> None:
    answer = client_of(team.admin).post(CASES, {"slug": "s-400", "title": "S-400", "summary": "Where?"})

    shown = answer.json()
    assert (shown["slug"], shown["title"], shown["summary"]) == ("s-400", "S-400", "Where?")


@pytest.mark.parametrize("slug", ["Roofs", "two words", "-a", "a--b", "a_b", "крыши", "a/b"])
def test_slug_that_is_none_is_refused(slug: str, team: cast.Team) -> None:
    answer = client_of(team.viewer).post(CASES, {"slug": slug, "title": "A case"})

    assert errors_of(answer) == {"slug": "slug_invalid"}


def test_slug_of_another_case_is_refused(team: cast.Team) -> None:
    answer = client_of(team.admin).post(CASES, {"slug": "roofs", "title": "A case"})

    assert errors_of(answer) == {"slug": "unique"}


def test_slug_stays(team: cast.Team) -> None:
    client_of(team.admin).patch(in_case(team.case), {"slug": "renamed", "title": "Renamed"})

    case = Investigation.objects.get()
    assert (case.slug, case.title) == ("roofs", "Renamed")
