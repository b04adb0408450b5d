"""Pages of evidence: attaching a publication by its address, and withdrawing it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sightings.models import Evidence
from sightings.services.attaching import attach_by_address
from sightings.templatetags.sightings_tags import rating
from sources.models import Capture, Publication, Source
from sources.services.captures import request_capture
from sources.services.sources import rate_source
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db

URL = "https://courier.example/roof"


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


@pytest.fixture
def writing(client: Client) -> Team:
    """A team whose researcher is logged in."""
    team = cast.team()
    client.force_login(team.researcher)
    return team


def sent(**values: str) -> dict[str, str]:
    return {"url": URL, "stance": "supports", "credibility": "2", "new_source_kind": "outlet", **values}


def test_attaching_logs_the_publication_and_starts_a_capture(client: Client, writing: Team) -> None:
    sighting = cast.sighting(writing)
    answer = client.post(address("evidence-new", pk=sighting.pk), sent(new_source="The Courier"))
    item = Evidence.objects.get()
    assert answer["Location"] == f"{address('sighting', pk=sighting.pk)}#evidence-{item.pk}"
    assert (item.publication.url, str(item.publication.source)) == (URL, "The Courier")
    assert Capture.objects.get().publication == item.publication


def test_the_running_capture_is_followed_on_the_sightings_page(client: Client, writing: Team) -> None:
    sighting = cast.sighting(writing)
    client.post(address("evidence-new", pk=sighting.pk), sent())
    page = client.get(address("sighting", pk=sighting.pk)).content.decode()
    assert address("capture-status", pk=Capture.objects.get().pk) in page


def test_a_known_address_is_recognised_and_takes_the_source_it_lacked(client: Client, writing: Team) -> None:
    known = cast.publication(writing, URL)
    client.post(
        address("evidence-new", pk=cast.sighting(writing).pk),
        sent(url=f"{URL}?utm_source=x#top", new_source="The Courier"),
    )
    assert Publication.objects.get() == known
    assert str(Publication.objects.get().source) == "The Courier"


def test_a_source_of_the_catalogue_is_not_entered_twice(client: Client, writing: Team) -> None:
    known = cast.source(name="The Courier")
    client.post(address("evidence-new", pk=cast.sighting(writing).pk), sent(new_source="the courier"))
    assert Source.objects.get() == known
    assert Evidence.objects.get().publication.source == known


def test_a_preserved_publication_is_not_preserved_once_more(writing: Team) -> None:
    publication = cast.publication(writing, URL)
    Capture.objects.create(
        investigation=writing.case,
        publication=publication,
        requested_by=writing.researcher,
        url=URL,
        state="succeeded",
        verdict="complete",
    )
    attach_by_address(
        cast.sighting(writing), actor=writing.researcher, url=URL, stance="supports", credibility=2
    )
    assert Capture.objects.count() == 1


def test_a_publication_in_quarantine_is_attached_and_left_there(writing: Team) -> None:
    publication = cast.publication(writing, URL)
    capture = request_capture(publication, actor=writing.researcher)
    Capture.objects.filter(pk=capture.pk).update(state="quarantined", ended_at=timezone.now())
    attach_by_address(
        cast.sighting(writing), actor=writing.researcher, url=URL, stance="supports", credibility=2
    )
    assert publication.captures.get() == capture


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"url": "ftp://courier.example/"}, "url", "url_scheme"),
        ({"stance": "undercuts"}, "undercuts", "undercuts_mismatch"),
        ({"fragment": "second three"}, "fragment", "fragment_invalid"),
        ({"credibility": "7"}, "credibility", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    client: Client, writing: Team, values: dict[str, str], field: str, code: str
) -> None:
    answer = client.post(
        address("evidence-new", pk=cast.sighting(writing).pk), sent(new_source="The Courier") | values
    )
    assert answer.status_code == 422
    assert [problem.code for problem in answer.context["form"].errors.as_data()[field]] == [code]
    assert not Publication.objects.exists()
    assert not Source.objects.exists()


def test_attaching_twice_in_the_same_way_is_refused_in_words(client: Client, writing: Team) -> None:
    sighting = cast.sighting(writing)
    for _ in range(2):
        answer = client.post(address("evidence-new", pk=sighting.pk), sent())
    assert "already attached in this way" in answer.content.decode()


def test_only_evidence_of_the_same_sighting_can_be_undercut(client: Client, writing: Team) -> None:
    other = cast.evidence(writing, cast.sighting(writing), cast.publication(writing, "https://a.example/"))
    answer = client.post(
        address("evidence-new", pk=cast.sighting(writing).pk),
        sent(stance="undercuts", undercuts=str(other.pk)),
    )
    assert "undercuts" in answer.context["form"].errors


def test_a_viewer_cannot_attach(client: Client) -> None:
    team = cast.team()
    sighting = cast.sighting(team)
    client.force_login(team.viewer)
    assert client.post(address("evidence-new", pk=sighting.pk), sent()).status_code == 403
    assert not Evidence.objects.exists()


def test_withdrawing_needs_a_reason(client: Client, writing: Team) -> None:
    item = cast.evidence(writing, cast.sighting(writing), cast.publication(writing))
    assert client.post(address("evidence-withdraw", pk=item.pk), {"reason": " "}).status_code == 422
    item.refresh_from_db()
    assert item.withdrawn_at is None


def test_withdrawing_keeps_the_evidence_on_record(client: Client, writing: Team) -> None:
    item = cast.evidence(writing, cast.sighting(writing), cast.publication(writing))
    answer = client.post(address("evidence-withdraw", pk=item.pk), {"reason": "An older picture."})
    item.refresh_from_db()
    assert answer["Location"] == address("sighting", pk=item.sighting_id)
    assert item.withdrawn_reason == "An older picture."


def test_the_changes_tell_of_evidence_as_a_sentence(client: Client, writing: Team) -> None:
    sighting = cast.sighting(writing, title="A launcher")
    cast.evidence(writing, sighting, cast.publication(writing, title="A report"), stance="neutral")
    told = client.get(address("changes")).context["events"][0]
    assert told.phrase == "attached evidence"
    assert told.subject.text == "“A report” is neutral on “A launcher”"


@pytest.mark.parametrize(
    ("grade", "credibility", "token", "meaning"),
    [
        ("B", 2, "B2", "usually reliable, probably true"),
        ("F", 6, "––", "reliability cannot be judged, truth cannot be judged"),
        (None, 3, "–3", "source not rated, possibly true"),
    ],
)
def test_a_rating_is_one_token_with_its_meaning(
    grade: str | None, credibility: int, token: str, meaning: str
) -> None:
    team, source = cast.team(), cast.source()
    if grade:
        rate_source(source, actor=team.reviewer, reliability=grade, reason="Looked at.")
    item = cast.evidence(
        team, cast.sighting(team), cast.publication(team, source=source), credibility=credibility
    )
    drawn = rating(item)
    assert f'<span aria-hidden="true">{token}</span>' in drawn
    assert f'<span class="heard">{meaning}</span>' in drawn
