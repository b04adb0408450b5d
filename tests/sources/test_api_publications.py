"""Publications of a case over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from osint.api.problems import NOT_FOUND
from sources.models import Publication
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case

URL = "https://courier.example/roof?id=7"


def add(team: cast.Team, url: str = URL, **values: Any) -> Any:
    return client_of(team.researcher).post(in_case(team.case, "publications/"), {"url": url} | values)


def test_address_is_kept_as_given(team: cast.Team) -> None:
    answer = add(team, "https://m.courier.example:443/roof?utm_source=x&id=7#top")

    assert answer.json()["url"] == "https://m.courier.example:443/roof?utm_source=x&id=7#top"
    assert "utm_source" not in answer.json()["canonical_url"]


def test_known_address_however_spelt_answers_what_is_there(team: cast.Team) -> None:
    first = add(team)

    second = add(team, "HTTPS://Courier.example:443/roof?id=7&utm_medium=mail#comments", title="Other")

    assert (second.status_code, second.json()) == (200, first.json())


def test_what_identifies_is_not_dropped(team: cast.Team) -> None:
    add(team, "https://www.youtube.com/watch?v=A")

    assert add(team, "https://www.youtube.com/watch?v=B").status_code == 201


def test_another_case_has_publications_of_its_own(team: cast.Team, others: cast.Team) -> None:
    add(team)

    assert add(others).status_code == 201


def test_address_longer_than_an_index_entry_is_recognised(team: cast.Team) -> None:
    long = URL + "&token=" + "".join(str(uuid4()) for _ in range(150))
    first = add(team, long)

    assert first.status_code == 201
    assert add(team, long).json() == first.json()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "courier",
        "ftp://courier.example/",
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        "file:///etc/passwd",
    ],
)
def test_address_that_is_none_is_refused(url: str, team: cast.Team) -> None:
    errors = errors_of(add(team, url))

    assert set(errors) == {"url"}
    assert errors["url"] == "blank" or errors["url"].startswith("url_")


def test_address_beyond_the_ceiling_is_refused(team: cast.Team) -> None:
    assert errors_of(add(team, URL + "&x=" + "y" * 8192)) == {"url": "max_length"}


def test_unparsable_date_is_refused(team: cast.Team) -> None:
    answer = add(team, published="last Tuesday")

    assert errors_of(answer) == {"published": "edtf_unparsable"}
    assert "last Tuesday" in answer.json()["detail"]


def test_date_is_shown_with_its_bounds(team: cast.Team) -> None:
    shown = add(team, published="2023-01").json()

    assert (shown["published_earliest"], shown["published_latest"]) == ("2023-01-01", "2023-01-31")


def test_corrected_date_moves_its_bounds(team: cast.Team) -> None:
    path = in_case(team.case, f"publications/{add(team, published='2023-01').json()['id']}/")

    shown = client_of(team.researcher).patch(path, {"published": ""}).json()

    assert (shown["published"], shown["published_earliest"], shown["published_latest"]) == ("", None, None)


def test_address_stays(team: cast.Team) -> None:
    path = in_case(team.case, f"publications/{add(team).json()['id']}/")

    client_of(team.researcher).patch(path, {"url": "https://elsewhere.example/", "title": "A title"})

    assert (Publication.objects.get().url, Publication.objects.get().title) == (URL, "A title")


def test_source_private_to_another_case_is_not_there(team: cast.Team, others: cast.Team) -> None:
    private = cast.source(name="Informant", private_to=others.case)

    answers = add(team, source=str(private.pk)), add(team, source=str(uuid4()))

    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2


def test_source_private_to_another_of_ones_cases_is_not_there(team: cast.Team, others: cast.Team) -> None:
    cast.let_in(others, team.researcher)
    private = cast.source(name="Informant", private_to=others.case)

    assert add(team, source=str(private.pk)).status_code == 404


def test_source_can_be_taken_away_again(team: cast.Team) -> None:
    made = add(team, source=str(cast.source().pk)).json()

    shown = client_of(team.researcher).patch(
        in_case(team.case, f"publications/{made['id']}/"), {"source": None}
    )

    assert shown.json()["source"] is None


@pytest.mark.parametrize("query", ["kind=video", "language=ru", "title=ROOF", "source={source}"])
def test_list_is_narrowed(query: str, team: cast.Team) -> None:
    source = cast.source()
    add(team)
    wanted = add(
        team, "https://courier.example/2", kind="video", language="ru", title="A roof", source=str(source.pk)
    )

    found = client_of(team.viewer).get(in_case(team.case, f"publications/?{query.format(source=source.pk)}"))

    assert ids_of(found) == [wanted.json()["id"]]


def test_filter_does_not_tell_of_another_cases_source(team: cast.Team, others: cast.Team) -> None:
    private = cast.source(name="Informant", private_to=others.case)
    client = client_of(team.viewer)

    answers = [client.get(in_case(team.case, f"publications/?source={key}")) for key in (private.pk, uuid4())]

    assert answers[0].json() == answers[1].json()
