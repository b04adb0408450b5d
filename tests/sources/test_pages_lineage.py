"""Pages of lineage: where a publication comes from, what is suggested about it, and who controls sources."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from osint.services.changes import insert
from osint.services.people import system_user
from sources.models import Derivation, DerivationSuggestion, Owner, Publication
from sources.pages.lineage import lineage_of
from sources.services.publications import record_derivation
from sources.services.sources import add_owner, add_source, establish_ownership
from tests import cast

Team = cast.Team


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


def page(client: Client, name: str, **kwargs: object) -> str:
    answer = client.get(address(name, **kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def origin(team: Team) -> Publication:
    return cast.publication(team, "https://root.example/1", title="The origin")


@pytest.fixture
def relay(team: Team) -> Publication:
    return cast.publication(team, "https://relay.example/1", title="The relay")


@pytest.fixture
def suggestion(team: Team, origin: Publication, relay: Publication) -> DerivationSuggestion:
    return suggest(relay, origin)


def suggest(relay: Publication, origin: Publication, **values: Any) -> DerivationSuggestion:
    given = {"kind": "relays", "ground": "text", "details": {"share": 0.83, "order": "dates"}} | values
    row = DerivationSuggestion(
        investigation=relay.investigation, publication=relay, derives_from=origin, **given
    )
    return insert(row, actor=system_user(), action="suggestion.made")


# --- a publication ---


def test_a_root_says_that_it_is_one(client: Client, team: Team, origin: Publication) -> None:
    client.force_login(team.viewer)
    assert "it is a root" in page(client, "publication", pk=origin.pk)


def test_a_relay_shows_its_roots_and_a_drawing(
    client: Client, team: Team, origin: Publication, relay: Publication
) -> None:
    middle = cast.publication(team, "https://middle.example/1", title="The middle")
    record_derivation(middle, actor=team.researcher, derives_from=origin, kind="quotes")
    record_derivation(relay, actor=team.researcher, derives_from=middle, kind="relays")
    client.force_login(team.viewer)
    answer = client.get(address("publication", pk=relay.pk))
    panel = next(each for each in answer.context["panels"] if each.template.endswith("lineage.html"))
    assert panel.content["roots"] == [origin]
    assert 'class="lineage"' in answer.content.decode()
    assert "The relay relays The middle." in answer.content.decode()


def test_of_a_circle_it_is_said_that_it_is_one_root(
    client: Client, team: Team, origin: Publication, relay: Publication
) -> None:
    record_derivation(relay, actor=team.researcher, derives_from=origin, kind="relays")
    record_derivation(origin, actor=team.researcher, derives_from=relay, kind="relays")
    client.force_login(team.viewer)
    assert "one root" in page(client, "publication", pk=relay.pk)


def test_an_observation_of_its_own_stays_a_root(
    client: Client, team: Team, origin: Publication, relay: Publication
) -> None:
    record_derivation(relay, actor=team.researcher, derives_from=origin, kind="same event")
    client.force_login(team.viewer)
    shown = page(client, "publication", pk=relay.pk)
    assert "it is a root" in shown
    assert "reports the same event by its own observation" in shown


def test_a_lineage_reaches_over_several_steps_both_ways(
    team: Team, origin: Publication, relay: Publication
) -> None:
    below = cast.publication(team, "https://below.example/1")
    record_derivation(relay, actor=team.researcher, derives_from=origin, kind="relays")
    record_derivation(below, actor=team.researcher, derives_from=relay, kind="relays")
    assert set(lineage_of(team.case, [relay.pk]).publications) == {origin, relay, below}
    assert set(lineage_of(team.case, [relay.pk], downwards=False).publications) == {origin, relay}


def test_a_lineage_costs_the_same_however_wide_it_is(team: Team, origin: Publication) -> None:
    costs = []
    for number in range(6):
        more = cast.publication(
            team, f"https://more.example/{number}", source=cast.source(name=f"More {number}")
        )
        record_derivation(more, actor=team.researcher, derives_from=origin, kind="relays")
        with CaptureQueriesContext(connection) as queries:
            lineage_of(team.case, [origin.pk]).svg([origin.pk])
        costs.append(len(queries))
    assert len(set(costs)) == 1


def test_a_researcher_records_where_it_comes_from(
    client: Client, team: Team, origin: Publication, relay: Publication
) -> None:
    client.force_login(team.researcher)
    answer = client.post(
        address("derivation-new", pk=relay.pk),
        {"address": "https://root.example/1?utm_source=x", "kind": "translates", "note": "Word for word."},
    )
    assert answer.status_code == 302
    made = Derivation.objects.get()
    assert (made.publication, made.derives_from, made.kind) == (relay, origin, "translates")


@pytest.mark.parametrize("given", ["https://nowhere.example/", "nonsense", "https://relay.example/1"])
def test_what_is_no_other_publication_of_the_case_is_refused_and_kept(
    client: Client, team: Team, relay: Publication, given: str
) -> None:
    client.force_login(team.researcher)
    answer = client.post(address("derivation-new", pk=relay.pk), {"address": given, "kind": "relays"})
    assert answer.status_code == 422
    assert f'value="{given}"' in answer.content.decode()


def test_every_kind_is_offered_and_explained(client: Client, team: Team, relay: Publication) -> None:
    client.force_login(team.researcher)
    shown = page(client, "derivation-new", pk=relay.pk)
    assert "same event: it saw the same with its own eyes" in shown


def test_a_derivation_recorded_in_error_is_taken_back(
    client: Client, team: Team, origin: Publication, relay: Publication
) -> None:
    made = record_derivation(relay, actor=team.researcher, derives_from=origin, kind="relays")
    client.force_login(team.researcher)
    assert client.post(address("derivation-take-back", pk=made.pk)).status_code == 302
    assert not Derivation.objects.exists()


# --- suggestions ---


def test_a_suggestion_shows_both_ends_and_why(
    client: Client, team: Team, suggestion: DerivationSuggestion
) -> None:
    client.force_login(team.viewer)
    shown = page(client, "suggestions")
    for text in ("The origin", "The relay", "about 83 % of their text", "The one that was published later"):
        assert text in shown
    assert '<button type="submit">Accept' not in shown


def test_accepting_records_it_and_the_list_is_empty(
    client: Client, team: Team, suggestion: DerivationSuggestion
) -> None:
    client.force_login(team.researcher)
    answer = client.post(address("suggestion-accept", pk=suggestion.pk), {"kind": "quotes"}, follow=True)
    assert Derivation.objects.get().kind == "quotes"
    assert "Nothing waits for a decision" in answer.content.decode()


def test_it_is_accepted_the_other_way_round(
    client: Client, team: Team, suggestion: DerivationSuggestion, origin: Publication
) -> None:
    client.force_login(team.researcher)
    client.post(address("suggestion-accept", pk=suggestion.pk), {"kind": "relays", "turned": "1"})
    assert Derivation.objects.get().publication == origin


def test_rejecting_leads_back_to_the_page_it_was_done_on(
    client: Client, team: Team, suggestion: DerivationSuggestion, relay: Publication
) -> None:
    client.force_login(team.researcher)
    answer = client.post(address("suggestion-reject", pk=suggestion.pk), {"on": str(relay.pk)})
    assert answer["Location"] == f"{address('publication', pk=relay.pk)}#lineage"
    suggestion.refresh_from_db()
    assert suggestion.state == "rejected"


@pytest.mark.parametrize("deed", ["suggestion-accept", "suggestion-reject"])
def test_whoever_was_slower_is_told(
    client: Client, team: Team, suggestion: DerivationSuggestion, deed: str
) -> None:
    client.force_login(team.researcher)
    client.post(address("suggestion-reject", pk=suggestion.pk))
    answer = client.post(address(deed, pk=suggestion.pk), follow=True)
    assert "Expected an open suggestion, this one is rejected." in answer.content.decode()


@pytest.mark.parametrize(
    "values", [{"kind": "steals"}, {"kind": "x" * 999}, {"on": "'; --"}, {"ground": "\x00"}]
)
def test_nothing_sent_with_a_decision_is_a_fault(
    client: Client, team: Team, suggestion: DerivationSuggestion, values: dict[str, str]
) -> None:
    client.force_login(team.researcher)
    assert client.post(address("suggestion-accept", pk=suggestion.pk), values).status_code == 302


def test_the_list_is_narrowed_to_a_ground_and_a_publication(
    client: Client, team: Team, suggestion: DerivationSuggestion, origin: Publication
) -> None:
    other = suggest(cast.publication(team, "https://other.example/1"), origin, ground="link", details={})
    third = cast.publication(team, "https://third.example/1")
    client.force_login(team.viewer)

    def found(**query: str) -> list[DerivationSuggestion]:
        return list(client.get(address("suggestions"), query).context["page"].items)

    assert found(ground="link") == [other]
    assert found(publication=str(suggestion.publication_id)) == [suggestion]
    assert found(publication=str(third.pk)) == []
    assert len(found(ground="no ground", publication="nonsense")) == 2


def test_the_publications_page_shows_what_is_suggested_about_it(
    client: Client, team: Team, suggestion: DerivationSuggestion, origin: Publication
) -> None:
    client.force_login(team.researcher)
    assert "about 83 % of their text" in page(client, "publication", pk=origin.pk)


def test_the_overview_says_how_many_wait(
    client: Client, team: Team, suggestion: DerivationSuggestion
) -> None:
    client.force_login(team.viewer)
    assert "One suggested derivation waits" in page(client, "case")


def test_a_list_of_suggestions_costs_the_same_however_long_it_is(
    client: Client, team: Team, suggestion: DerivationSuggestion, origin: Publication
) -> None:
    client.force_login(team.researcher)
    costs = []
    for number in range(4):
        source = cast.source(name=f"More {number}")
        suggest(cast.publication(team, f"https://more.example/{number}", source=source), origin)
        with CaptureQueriesContext(connection) as queries:
            page(client, "suggestions")
        costs.append(len(queries))
    assert costs[-1] == costs[1]


@pytest.mark.parametrize("name", ["suggestion-accept", "suggestion-reject"])
def test_a_viewer_decides_nothing_and_others_find_nothing(
    client: Client, team: Team, suggestion: DerivationSuggestion, name: str
) -> None:
    for user, status in ((team.viewer, 403), (team.outsider, 404)):
        client.force_login(user)
        assert client.post(address(name, pk=suggestion.pk)).status_code == status


def test_a_suggestion_of_another_case_does_not_exist(
    client: Client, team: Team, suggestion: DerivationSuggestion, others: Team
) -> None:
    client.force_login(others.admin)
    kwargs = {"slug": others.case.slug, "pk": suggestion.pk}
    assert client.post(reverse("suggestion-reject", kwargs=kwargs)).status_code == 404


# --- owners ---


@pytest.fixture
def trust(db: None) -> Owner:
    return add_owner(actor=system_user(), name="A trust", kind="foundation")


def test_a_source_says_plainly_that_its_independence_is_not_established(client: Client, team: Team) -> None:
    client.force_login(team.viewer)
    assert "Independence not established." in page(client, "source", pk=cast.source().pk)


def test_a_source_says_who_controls_it_and_since_when(client: Client, team: Team, trust: Owner) -> None:
    source = cast.source()
    establish_ownership(source, actor=team.reviewer, owner=trust, reason="Its imprint.")
    client.force_login(team.viewer)
    shown = page(client, "source", pk=source.pk)
    assert "controlled by" in shown
    assert "Its imprint." in shown
    assert "Independence not established." not in shown


@pytest.mark.parametrize(("chosen", "owned"), [("trust", True), ("not-established", False)])
def test_a_reviewer_says_who_controls_it(
    client: Client, team: Team, trust: Owner, chosen: str, owned: bool
) -> None:
    source = cast.source()
    client.force_login(team.reviewer)
    given = {"owner": str(trust.pk) if chosen == "trust" else chosen, "reason": "Its imprint."}
    assert client.post(address("ownership-new", pk=source.pk), given).status_code == 302
    assert source.ownerships.get().owner == (trust if owned else None)


@pytest.mark.parametrize("missing", ["owner", "reason"])
def test_a_judgement_without_owner_or_reason_is_refused(
    client: Client, team: Team, trust: Owner, missing: str
) -> None:
    source = cast.source()
    client.force_login(team.reviewer)
    given = {"owner": str(trust.pk), "reason": "Its imprint."} | {missing: ""}
    assert client.post(address("ownership-new", pk=source.pk), given).status_code == 422
    assert not source.ownerships.exists()


def test_a_researcher_does_not_judge_who_controls_it(client: Client, team: Team) -> None:
    client.force_login(team.researcher)
    assert client.get(address("ownership-new", pk=cast.source().pk)).status_code == 403


def test_a_source_private_to_another_case_cannot_be_judged(client: Client, team: Team, others: Team) -> None:
    private = add_source(actor=others.researcher, private_to=others.case, name="Confidant", kind="account")
    client.force_login(team.admin)
    assert client.get(address("ownership-new", pk=private.pk)).status_code == 404


def test_a_researcher_enters_an_owner_and_corrects_it(client: Client, team: Team) -> None:
    client.force_login(team.researcher)
    client.post(address("owners"), {"name": "A trsut", "kind": "foundation"})
    owner = Owner.objects.get()
    client.post(address("owner", pk=owner.pk), {"name": "A trust", "kind": "company"})
    owner.refresh_from_db()
    assert (owner.name, owner.kind) == ("A trust", "company")
    assert "A trust" in page(client, "owners")


def test_a_second_owner_of_the_name_is_refused(client: Client, team: Team, trust: Owner) -> None:
    client.force_login(team.researcher)
    answer = client.post(address("owners"), {"name": "A trust", "kind": "company"})
    assert answer.status_code == 422


def test_a_viewer_enters_no_owner(client: Client, team: Team) -> None:
    client.force_login(team.viewer)
    assert client.post(address("owners"), {"name": "A trust", "kind": "company"}).status_code == 403


def test_an_owner_lists_what_it_controls_today(client: Client, team: Team, trust: Owner) -> None:
    held, lost = cast.source(name="Held"), cast.source(name="Lost")
    for source in (held, lost):
        establish_ownership(source, actor=team.reviewer, owner=trust, reason="Its imprint.")
    establish_ownership(lost, actor=team.reviewer, owner=None, reason="Sold to nobody knows whom.")
    client.force_login(team.viewer)
    assert list(client.get(address("owner", pk=trust.pk)).context["sources"]) == [held]


@pytest.mark.parametrize("name", ["owners", "suggestions"])
def test_a_lists_twin_answers(client: Client, team: Team, name: str) -> None:
    client.force_login(team.viewer)
    assert client.get(client.get(address(name)).context["twin"]).status_code == 200


def test_the_list_of_sources_shows_who_controls_them(client: Client, team: Team, trust: Owner) -> None:
    source = cast.source()
    cast.publication(team, source=source)
    client.force_login(team.viewer)
    assert "not established" in page(client, "sources")
    establish_ownership(source, actor=team.reviewer, owner=trust, reason="Its imprint.")
    assert "A trust" in page(client, "sources")
