"""Evidence of a case over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from sightings.models import Evidence
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case


@pytest.fixture
def standing(team: cast.Team) -> Evidence:
    """An item of evidence for a sighting."""
    return cast.evidence(team, cast.sighting(team), cast.publication(team))


def attach(team: cast.Team, standing: Evidence, **values: Any) -> Any:
    """Attach another publication to the same sighting."""
    other = cast.publication(team, "https://herald.example/denial")
    given = {"sighting": str(standing.sighting_id), "publication": str(other.pk), "stance": "refutes"}
    return client_of(team.researcher).post(
        in_case(team.case, "evidence/"), given | {"credibility": 3} | values
    )


def withdraw(team: cast.Team, item: Evidence, reason: str = "It shows another roof") -> Any:
    path = in_case(team.case, f"evidence/{item.pk}/withdraw/")
    return client_of(team.researcher).post(path, {"reason": reason})


def found(team: cast.Team, query: str) -> list[str]:
    return ids_of(client_of(team.viewer).get(in_case(team.case, f"evidence/?{query}")))


def test_evidence_is_shown_with_its_publication(team: cast.Team, standing: Evidence) -> None:
    shown = attach(team, standing, quotation="Нет", fragment="t=3,7").json()

    assert shown["publication"]["url"] == "https://herald.example/denial"
    assert (shown["stance"], shown["credibility"], shown["quotation"]) == ("refutes", 3, "Нет")


def test_same_evidence_is_attached_once(team: cast.Team, standing: Evidence) -> None:
    attach(team, standing)

    assert errors_of(attach(team, standing)) == {"": "evidence_exists"}


def test_another_fragment_is_another_item(team: cast.Team, standing: Evidence) -> None:
    attach(team, standing, fragment="t=1")

    assert attach(team, standing, fragment="t=2").status_code == 201


def test_withdrawn_evidence_can_be_attached_anew(team: cast.Team, standing: Evidence) -> None:
    withdraw(team, standing)

    answer = attach(team, standing, publication=str(standing.publication_id), stance="supports")

    assert answer.status_code == 201


def test_undercutting_names_what_it_attacks(team: cast.Team, standing: Evidence) -> None:
    answer = attach(team, standing, stance="undercuts", undercuts=str(standing.pk))

    assert answer.json()["undercuts"] == str(standing.pk)


@pytest.mark.parametrize("stance", ["supports", "refutes", "neutral"])
def test_nothing_else_attacks_an_item(stance: str, team: cast.Team, standing: Evidence) -> None:
    answer = attach(team, standing, stance=stance, undercuts=str(standing.pk))

    assert errors_of(answer) == {"": "undercuts_mismatch"}


def test_undercutting_nothing_is_refused(team: cast.Team, standing: Evidence) -> None:
    assert errors_of(attach(team, standing, stance="undercuts")) == {"": "undercuts_mismatch"}


def test_evidence_on_another_sighting_is_not_undercut(team: cast.Team, standing: Evidence) -> None:
    elsewhere = cast.evidence(team, cast.sighting(team), cast.publication(team))

    assert attach(team, standing, stance="undercuts", undercuts=str(elsewhere.pk)).status_code == 404


@pytest.mark.parametrize("name", ["sighting", "publication", "undercuts"])
def test_thing_of_another_case_is_the_same_as_a_missing_one(
    name: str, team: cast.Team, others: cast.Team, standing: Evidence
) -> None:
    theirs = cast.evidence(others, cast.sighting(others), cast.publication(others))
    key = {"sighting": theirs.sighting_id, "publication": theirs.publication_id, "undercuts": theirs.pk}[name]

    answers = [attach(team, standing, stance="undercuts", **{name: str(each)}) for each in (key, uuid4())]

    assert answers[0].json() == answers[1].json()
    assert answers[0].status_code == 404


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"stance": "likes"}, {"stance": "invalid_choice"}),
        ({"credibility": 0}, {"credibility": "invalid_choice"}),
        ({"credibility": 7}, {"credibility": "invalid_choice"}),
        ({"credibility": None}, {"credibility": "null"}),
        ({"fragment": "0:03"}, {"fragment": "fragment_invalid"}),
        ({"fragment": "t=3,7\n"}, {}),
        ({"sighting": "7"}, {"sighting": "invalid"}),
        ({"publication": None}, {"publication": "null"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_particulars_are_refused(
    values: dict[str, object], errors: dict[str, str], team: cast.Team, standing: Evidence
) -> None:
    answer = attach(team, standing, **values)

    assert answer.status_code == 201 if not errors else errors_of(answer) == errors


@pytest.mark.parametrize("fragment", ["t=3", "t=3.5,7", "t=,7", "xywh=1,2,3,4", "t=1&xywh=percent:1,2,3,4"])
def test_media_fragment(fragment: str, team: cast.Team, standing: Evidence) -> None:
    assert attach(team, standing, fragment=fragment).json()["fragment"] == fragment


def test_evidence_is_corrected(team: cast.Team, standing: Evidence) -> None:
    path = in_case(team.case, f"evidence/{standing.pk}/")

    shown = client_of(team.researcher).patch(path, {"credibility": 6, "note": "Cannot be judged"}).json()

    assert (shown["credibility"], shown["note"], shown["stance"]) == (6, "Cannot be judged", "supports")


def test_withdrawn_evidence_stays_with_its_reason(team: cast.Team, standing: Evidence) -> None:
    shown = withdraw(team, standing).json()

    assert shown["withdrawn_at"] is not None
    assert shown["withdrawn_reason"] == "It shows another roof"


def test_withdrawal_needs_a_reason(team: cast.Team, standing: Evidence) -> None:
    assert errors_of(withdraw(team, standing, " ")) == {"reason": "blank"}


def test_withdrawing_twice_keeps_the_first_reason(team: cast.Team, standing: Evidence) -> None:
    withdraw(team, standing, "First")

    answer = withdraw(team, standing, "Second")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Evidence.objects.get().withdrawn_reason == "First"


def test_withdrawn_evidence_is_not_corrected(team: cast.Team, standing: Evidence) -> None:
    withdraw(team, standing)

    answer = client_of(team.researcher).patch(in_case(team.case, f"evidence/{standing.pk}/"), {"note": "x"})

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "query", ["stance=refutes", "credibility=3", "publication={publication}", "withdrawn=false"]
)
def test_list_is_narrowed(query: str, team: cast.Team, standing: Evidence) -> None:
    other = attach(team, standing).json()
    withdraw(team, standing)

    assert found(team, query.format(publication=other["publication"]["id"])) == [other["id"]]


def test_list_of_what_was_withdrawn(team: cast.Team, standing: Evidence) -> None:
    attach(team, standing)
    withdraw(team, standing)

    assert found(team, "withdrawn=true") == [str(standing.pk)]


def test_list_is_narrowed_to_a_sighting(team: cast.Team, standing: Evidence) -> None:
    cast.evidence(team, cast.sighting(team), cast.publication(team))

    assert found(team, f"sighting={standing.sighting_id}") == [str(standing.pk)]


def test_filter_does_not_tell_of_another_cases_sighting(team: cast.Team, others: cast.Team) -> None:
    theirs = cast.sighting(others)

    assert found(team, f"sighting={theirs.pk}") == found(team, f"sighting={uuid4()}")
