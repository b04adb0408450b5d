"""How sure the evidence makes us, on the pages of sightings."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sightings.models import Sighting
from sightings.services.assessments import recompute_due
from sources.services.publications import record_derivation
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(client: Client) -> Sighting:
    team = cast.team()
    client.force_login(team.viewer)
    sighting = cast.sighting(team)
    for number in range(3):
        cast.evidence(team, sighting, cast.publication(team, f"https://courier.example/{number}"))
    cast.evidence(team, sighting, cast.publication(team, "https://denial.example/"), stance="refutes")
    return sighting


def page(client: Client, sighting: Sighting, name: str = "sighting") -> str:
    answer = client.get(reverse(name, kwargs={"slug": "roofs", "pk": sighting.pk}))
    return answer.content.decode() if answer.status_code == 200 else f"{answer.status_code}"


def test_while_it_is_recomputed_the_page_says_so_and_asks_again(client: Client, claim: Sighting) -> None:
    shown = page(client, claim)
    assert "Recomputing" in shown
    assert 'hx-trigger="every 1s"' in shown
    assert page(client, claim, "sighting-assessment") == "204"


def test_then_it_shows_word_figure_bar_and_reasons(client: Client, claim: Sighting) -> None:
    recompute_due()
    for name in ("sighting", "sighting-assessment"):
        shown = page(client, claim, name)
        assert "<strong>Likely</strong>" in shown
        assert 'aria-label="Belief' in shown
        assert "Sources whose independence nobody has established" in shown
        assert "Analytic confidence is low" in shown
        assert "hx-trigger" not in shown.split('id="why"')[0].split('id="assessment"')[1].split(">")[0]


def test_too_little_looks_empty_and_not_medium(client: Client, claim: Sighting) -> None:
    team_sighting = Sighting.objects.create(
        investigation=claim.investigation, title="Nothing known", logged_by=claim.logged_by
    )
    recompute_due()
    shown = page(client, team_sighting)
    assert '<span class="unknown">Insufficient information</span>' in shown
    assert "roughly even" not in shown.split('id="why"')[0]


def test_the_list_has_word_and_figure(client: Client, claim: Sighting) -> None:
    listed = reverse("sightings", kwargs={"slug": "roofs"})
    assert "recomputing" in client.get(listed).content.decode()
    recompute_due()
    assert 'likely <span class="faint nowrap">' in client.get(listed).content.decode()


def test_names_in_reasons_are_shown_as_text(client: Client) -> None:
    team = cast.team("hostile")
    client.force_login(team.viewer)
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, cast.publication(team, title="<script>alert(1)</script>"))
    recompute_due()
    answer = client.get(reverse("sighting", kwargs={"slug": "hostile", "pk": sighting.pk}))
    assert "<script>alert(1)" not in answer.content.decode()


def test_what_the_evidence_comes_from_is_drawn(client: Client, claim: Sighting) -> None:
    assert "Where the evidence comes from" not in page(client, claim)
    relay, origin = (item.publication for item in claim.evidence.order_by("pk")[:2])
    record_derivation(relay, actor=claim.logged_by, derives_from=origin, kind="relays")
    shown = page(client, claim)
    assert "Where the evidence comes from" in shown
    assert shown.count('class="lineage-edge"') == 1
