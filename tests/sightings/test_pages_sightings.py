"""Pages of sightings: the list with its filter, one claim, and the form to log one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from osint.services.people import system_user
from sightings.models import Sighting
from sightings.pages.maps import case_map
from sightings.selectors import sightings_in
from sightings.services.catalogue import add_equipment
from sightings.services.sightings import withdraw_evidence
from sightings.templatetags.sightings_tags import quantity
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


def listed(client: Client, **query: str) -> list[str]:
    page = client.get(address("sightings"), query).context["page"]
    return [sighting.title for sighting in page.items]


def test_the_list_shows_when_in_words_and_evidence_in_counts(client: Client) -> None:
    team = cast.team()
    sighting = cast.sighting(team, when="2023-01-06~")
    cast.evidence(team, sighting, cast.publication(team))
    client.force_login(team.viewer)
    page = client.get(address("sightings"))
    assert "around 6 January 2023" in page.content.decode()
    counts = page.context["counts"][sighting.pk]
    assert (counts.supporting, counts.refuting, counts.other) == (1, 0, 0)


def test_the_equipment_filter_takes_in_the_whole_branch(client: Client) -> None:
    team = cast.team()
    root = add_equipment(actor=system_user(), slug="air-defence", name="Air defence", kind="category")
    cast.sighting(team, title="Below", equipment=cast.equipment(parent=root))
    cast.sighting(team, title="Beside")
    client.force_login(team.viewer)
    assert listed(client, equipment="air-defence") == ["Below"]


def test_the_filter_offers_only_what_is_in_the_case(client: Client) -> None:
    team = cast.team()
    cast.sighting(team, equipment=cast.equipment())
    add_equipment(actor=system_user(), slug="other", name="Something else")
    client.force_login(team.viewer)
    offered = client.get(address("sightings")).context["filter"].fields["equipment"].choices
    assert [slug for slug, _ in offered] == ["", "pantsir-s1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"place": "roof"}, ["At the roof"]),
        ({"status": "draft"}, ["A draft"]),
        ({"activity": "firing"}, ["At the roof"]),
        ({"title": "DRAFT"}, ["A draft"]),
        ({"title": "100%"}, []),
        ({"status": "nonsense"}, ["A draft", "At the roof"]),
    ],
)
def test_the_list_is_narrowed_by_the_address(client: Client, query: dict[str, str], found: list[str]) -> None:
    team = cast.team()
    cast.sighting(team, title="At the roof", place=cast.place(), activity="firing")
    cast.sighting(team, title="A draft", status="draft")
    client.force_login(team.viewer)
    assert listed(client, **query) == found


def test_a_period_is_meant_possibly_or_certainly(client: Client) -> None:
    team = cast.team()
    cast.sighting(team, title="Some day in January", when="2023-01")
    client.force_login(team.viewer)
    period = {"first": "2023-01-10", "last": "2023-01-20"}
    assert listed(client, **period) == ["Some day in January"]
    assert listed(client, **period, within="certainly") == []
    assert listed(client, first="2023-01-01", within="certainly") == ["Some day in January"]


def test_the_twin_of_a_narrowed_list_is_narrowed_alike(client: Client) -> None:
    team = cast.team()
    cast.sighting(team, title="January", when="2023-01-19", activity="firing")
    cast.sighting(team, title="March", when="2023-03-01", activity="firing")
    client.force_login(team.viewer)
    query = {"activity": "firing", "first": "2023-01-01", "last": "2023-01-31", "within": "certainly"}
    twin = client.get(address("sightings"), query).context["twin"]
    assert [row["title"] for row in client.get(twin).json()["results"]] == ["January"]


def test_a_filter_without_matches_is_not_called_an_empty_case(client: Client) -> None:
    team = cast.team()
    cast.sighting(team)
    client.force_login(team.viewer)
    assert "No sighting matches" in client.get(address("sightings"), {"status": "draft"}).content.decode()


def test_an_empty_case_invites_a_researcher_and_not_a_viewer(client: Client) -> None:
    team = cast.team()
    for reader, is_invited in ((team.researcher, True), (team.viewer, False)):
        client.force_login(reader)
        assert (address("sighting-new") in client.get(address("sightings")).content.decode()) == is_invited


def test_support_and_refutation_stand_apart(client: Client) -> None:
    team = cast.team()
    sighting = cast.sighting(team)
    supports = cast.evidence(team, sighting, cast.publication(team, "https://a.example/"))
    refutes = cast.evidence(team, sighting, cast.publication(team, "https://b.example/"), stance="refutes")
    undercuts = cast.evidence(
        team, sighting, cast.publication(team, "https://c.example/"), stance="undercuts", undercuts=supports
    )
    client.force_login(team.viewer)
    shown = client.get(address("sighting", pk=sighting.pk)).context
    assert (shown["supporting"], shown["refuting"], shown["others"]) == ([supports], [refutes], [undercuts])


def test_withdrawn_evidence_stays_visible_with_its_reason(client: Client) -> None:
    team = cast.team()
    sighting = cast.sighting(team)
    item = cast.evidence(team, sighting, cast.publication(team))
    withdraw_evidence(item, actor=team.researcher, reason="An older picture.")
    client.force_login(team.viewer)
    page = client.get(address("sighting", pk=sighting.pk))
    assert page.context["supporting"] == []
    assert "An older picture." in page.content.decode()


def test_the_map_shows_the_place_with_its_circle(client: Client) -> None:
    team = cast.team()
    sighting = cast.sighting(team, place=cast.place())
    client.force_login(team.viewer)
    page = client.get(address("sighting", pk=sighting.pk)).content.decode()
    assert 'class="mark-radius"' in page
    assert "style=" not in page


def test_a_claim_without_a_position_has_no_map(client: Client) -> None:
    team = cast.team()
    client.force_login(team.viewer)
    assert client.get(address("sighting", pk=cast.sighting(team).pk)).context["map"] is None


def test_the_overview_draws_each_spot_once_and_counts_what_is_too_far() -> None:
    team = cast.team()
    here = cast.place()
    far = cast.place(slug="far", name="Far away", latitude=48.46, longitude=35.05)
    for where in (here, here, far):
        cast.sighting(team, place=where)
    cast.sighting(team, latitude=55.73, longitude=37.6, radius_m=50)
    drawn = case_map(team.case, sightings_in(team.case))
    assert drawn is not None
    assert drawn.beyond == 1
    assert drawn.svg.count("mark-point") == 2
    assert "?place=roof" in drawn.svg


def test_another_teams_sighting_does_not_exist(client: Client) -> None:
    team, other = cast.team(), cast.team("other")
    client.force_login(team.admin)
    assert client.get(address("sighting", pk=cast.sighting(other).pk)).status_code == 404


def log(client: Client, **values: str) -> int:
    sent = {"title": "A launcher", "activity": "deployed", "status": "proposed", **values}
    return client.post(address("sighting-new"), sent).status_code


@pytest.fixture
def writing(client: Client) -> Team:
    """A team whose researcher is logged in."""
    team = cast.team()
    client.force_login(team.researcher)
    return team


def test_a_researcher_logs_a_sighting(client: Client, writing: Team) -> None:
    cast.equipment()
    cast.place()
    sent = {"equipment": "панцирь с1", "place": "roof", "when": "2023-01-06~", "quantity_min": "1"}
    assert log(client, **sent, position="55°43′40″N 37°35′31″E", radius_m="150") == 302
    logged = Sighting.objects.get()
    assert (str(logged.equipment), str(logged.place), logged.when) == (
        "Pantsir-S1",
        "The roof",
        "2023-01-06~",
    )
    assert logged.latitude == pytest.approx(55.7278, abs=1e-4)
    assert logged.logged_by == writing.researcher


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"title": ""}, "title", "required"),
        ({"when": "6 January 2023"}, "when", "edtf_unparsable"),
        ({"position": "on the roof"}, "position", "position_invalid"),
        ({"equipment": "Pantzer"}, "equipment", "equipment_unknown"),
        ({"quantity_min": "3", "quantity_max": "2"}, "quantity_max", "quantity_order"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client: Client, writing: Team, values: dict[str, str], field: str, code: str
) -> None:
    sent = {"title": "A launcher", "activity": "deployed", "status": "proposed", **values}
    answer = client.post(address("sighting-new"), sent)
    assert answer.status_code == 422
    assert [problem.code for problem in answer.context["form"].errors.as_data()[field]] == [code]
    assert not Sighting.objects.exists()


def test_what_was_typed_stays(client: Client, writing: Team) -> None:
    sent = {"title": "A launcher", "activity": "deployed", "status": "proposed", "when": "6 January 2023"}
    page = client.post(address("sighting-new"), sent).content.decode()
    assert 'value="6 January 2023"' in page
    assert 'value="A launcher"' in page
    assert 'aria-invalid="true"' in page
    assert 'href="#id_when"' in page


def test_a_name_of_several_things_is_asked_about(client: Client, writing: Team) -> None:
    for slug in ("one", "two"):
        cast.equipment(slug=slug, name=f"Type {slug}", nato_name="", aliases=["Zenit"])
    answer = client.post(
        address("sighting-new"),
        {"title": "x", "activity": "deployed", "status": "draft", "equipment": "Zenit"},
    )
    assert "Type one, Type two" in answer.context["form"].errors["equipment"][0]


def test_a_viewer_does_not_even_see_the_form(client: Client) -> None:
    client.force_login(cast.team().viewer)
    assert client.get(address("sighting-new")).status_code == 403


def test_names_are_offered_in_any_script(client: Client, writing: Team) -> None:
    cast.equipment()
    fragment = client.get(reverse("equipment-names"), {"equipment": "Грейхаунд"}).content.decode()
    assert "option" not in fragment
    fragment = client.get(reverse("equipment-names"), {"equipment": "Панц"}).content.decode()
    assert '<option value="Pantsir-S1">Панц · Pantsir-S1</option>' in fragment


def test_nothing_typed_offers_nothing(client: Client, writing: Team) -> None:
    cast.equipment()
    assert "option" not in client.get(reverse("equipment-names")).content.decode()


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(None, None, ""), (2, 2, "2"), (2, 4, "2 to 4"), (2, None, "at least 2"), (None, 4, "at most 4")],
)
def test_a_quantity_is_put_as_people_write_it(least: int | None, most: int | None, words: str) -> None:
    assert quantity(Sighting(quantity_min=least, quantity_max=most)) == words
