"""What is suggested about publications, and what becomes of suggestions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from osint.errors import ForbiddenError, NotFoundError
from osint.models import Change
from sources import storage
from sources.models import Capture, Derivation, DerivationSuggestion, Examination, Publication, TextSketch
from sources.services import suggesting
from sources.services.examination import examine, examiner
from sources.services.publications import change_publication, record_derivation, remove_derivation
from sources.services.suggesting import (
    SuggestionDecidedError,
    accept_suggestion,
    reject_suggestion,
    suggest_for,
    suggest_waiting,
)
from tests import cast
from tests.harvested import page, preserve_harvest
from tests.pictured import keep, look, stored

Read = Callable[..., Publication]
STORY = " ".join(f"Sentence {number} says that a launcher was seen on roof {number}." for number in range(40))

ANOTHER = " ".join(f"Near bridge {number} nobody has noticed anything at all today." for number in range(40))


@pytest.fixture(autouse=True)
def empty_archive() -> Iterator[None]:
    yield
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


@pytest.fixture(scope="module", autouse=True)
def no_process_left() -> Iterator[None]:
    yield
    examiner().close()


@pytest.fixture
def read(team: cast.Team, tmp_path: Path) -> Read:
    return partial(read_page, team, tmp_path)


def read_page(team: cast.Team, folder: Path, name: str, body: str, **values: Any) -> Publication:
    """A publication of a source of its own whose page with this body was captured and examined."""
    source = values.pop("source", None) or cast.source(name=name)
    publication = cast.publication(team, f"https://{name.lower()}.example/1", source=source, **values)
    html = f"<html><head><title>{name}</title></head><body><article><h1>{name}</h1>{body}</article></body></html>"
    capture: Capture = preserve_harvest(team, folder, page(html.encode()), publication=publication)
    examine(capture.examination.pk, worker="here")
    publication.refresh_from_db()
    return publication


def suggested() -> list[tuple[str, str, str]]:
    """(who, from whom, on what ground) for each suggestion, oldest first."""
    rows = DerivationSuggestion.objects.order_by("pk").select_related("publication", "derives_from")
    return [(str(row.publication), str(row.derives_from), row.ground) for row in rows]


def paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def test_a_page_that_links_to_another_may_derive_from_it(read: Read) -> None:
    read("Origin", paragraph(STORY))
    link = "http://origin.example/1/?utm_source=relay&amp;utm_medium=x"
    relay = read("Relay", f'<p>See <a href="{link}">them</a>. Short.</p>')
    (suggestion,) = suggest_for(relay)
    assert suggested() == [("Relay", "Origin", "link")]
    assert suggestion.details == {"address": "https://origin.example/1", "order": "link"}


def test_what_is_linked_to_may_be_added_later(read: Read) -> None:
    relay = read("Relay", '<p>See <a href="https://origin.example/1">them</a>.</p>')
    assert suggest_for(relay) == []
    suggest_for(read("Origin", paragraph(STORY)))
    assert suggested() == [("Relay", "Origin", "link")]


def test_nothing_derives_from_what_was_published_after_it(read: Read) -> None:
    read("Origin", paragraph(STORY), published="2023-01-20")
    relay = read("Relay", '<p>See <a href="https://origin.example/1">them</a>.</p>', published="2023-01-19")
    assert suggest_for(relay) == []


@pytest.mark.parametrize("around", ["nav", "footer", "aside"])
def test_links_around_the_page_say_nothing(read: Read, around: str) -> None:
    read("Origin", paragraph(STORY))
    link = f'<p>Short.</p><{around}><a href="https://origin.example/1">More</a></{around}>'
    assert suggest_for(read("Relay", link)) == []


def test_of_nearly_the_same_text_the_later_derives_from_the_earlier(read: Read) -> None:
    later = read("Later", paragraph(STORY.replace("roof 7", "bridge 7")), published="2023-01-20")
    earlier = read("Earlier", paragraph(STORY), published="2023-01-18")
    assert suggest_for(later) == []  # the other's text has not been compared yet
    (suggestion,) = suggest_for(earlier)
    assert suggested() == [("Later", "Earlier", "text")]
    assert suggestion.details["order"] == "dates"
    assert suggestion.details["share"] > 0.8


def test_where_the_dates_do_not_tell_the_suggestion_says_so(read: Read) -> None:
    suggest_for(read("One", paragraph(STORY)))
    (suggestion,) = suggest_for(read("Other", paragraph(STORY)))
    assert suggestion.details["order"] == "unknown"


def test_another_text_is_another_text(read: Read) -> None:
    suggest_for(read("One", paragraph(STORY)))
    assert suggest_for(read("Other", paragraph(ANOTHER))) == []


def test_words_that_name_a_source_point_to_what_it_published(read: Read) -> None:
    read("Meduza", paragraph("У деревни стоит машина."), published="2023-01-10")
    relay = read("Relay", paragraph("Как сообщает «Медуза», у деревни стоит машина."), published="2023-01-12")
    (suggestion,) = suggest_for(relay)
    assert suggested() == [("Relay", "Meduza", "attribution")]
    assert suggestion.details["name"] == "Meduza"
    assert "Как сообщает Медуза" in suggestion.details["quote"]


def test_what_is_named_may_be_added_later(read: Read) -> None:
    suggest_for(read("Relay", paragraph("According to Meduza, a machine stands by the village.")))
    suggest_for(read("Meduza", paragraph("У деревни стоит машина.")))
    assert suggested() == [("Relay", "Meduza", "attribution")]


def test_a_source_that_names_itself_derives_from_nobody(read: Read) -> None:
    assert (
        suggest_for(read("Meduza", paragraph("Meduza reports that a machine stands by the village."))) == []
    )


def test_a_shared_file_is_a_ground(team: cast.Team) -> None:
    file = stored("roof", look(0))
    one = cast.publication(team, published="2023-01-18", title="One")
    other = cast.publication(team, "https://herald.example/2", published="2023-01-20", title="Other")
    for publication in (one, other):
        keep(team, file, publication)
    (suggestion,) = suggest_for(one)
    assert suggested() == [("Other", "One", "media")]
    assert (suggestion.kind, suggestion.details["distance"]) == ("embeds", 0)


def test_nearly_the_same_picture_is_a_ground(team: cast.Team) -> None:
    one, other = cast.publication(team), cast.publication(team, "https://herald.example/2")
    keep(team, stored("roof", look(0)), one)
    keep(team, stored("smaller", look(9)), other)
    keep(team, stored("another", look(200)), cast.publication(team, "https://third.example/3"))
    (suggestion,) = suggest_for(one)
    assert (suggestion.ground, suggestion.details["distance"]) == ("media", 9)


def test_where_dates_do_not_tell_what_shows_a_picture_derives_from_the_picture(team: cast.Team) -> None:
    file = stored("roof", look(0))
    picture = cast.publication(team, "https://herald.example/2", title="Picture", kind="images")
    article = cast.publication(team, title="Article")
    for publication in (picture, article):
        keep(team, file, publication)
    (suggestion,) = suggest_for(picture)
    assert suggested() == [("Article", "Picture", "media")]
    assert suggestion.details["order"] == "kind"


def test_what_stands_on_every_page_of_a_site_is_no_ground(team: cast.Team) -> None:
    banner, source = stored("banner", look(0)), cast.source()
    pages = [
        cast.publication(team, f"https://courier.example/{number}", source=source) for number in range(5)
    ]
    for each in pages:
        keep(team, banner, each)
    assert suggest_for(pages[0]) == []


def test_ornaments_are_no_ground(team: cast.Team) -> None:
    icon = stored("icon", look(0))
    type(icon).objects.filter(pk=icon.pk).update(width=64, height=64)
    one, other = cast.publication(team), cast.publication(team, "https://herald.example/2")
    keep(team, icon, one)
    keep(team, icon, other)
    assert suggest_for(one) == []


def test_other_cases_are_not_looked_into(team: cast.Team, others: cast.Team) -> None:
    file = stored("roof", look(0))
    keep(team, file, cast.publication(team))
    keep(others, file, cast.publication(others))
    assert suggest_for(team.case.publications.get()) == []


@pytest.fixture
def open_one(team: cast.Team) -> DerivationSuggestion:
    """An open suggestion, by a shared file."""
    file = stored("roof", look(0))
    one = cast.publication(team, published="2023-01-18", title="One")
    other = cast.publication(team, "https://herald.example/2", published="2023-01-20", title="Other")
    for publication in (one, other):
        keep(team, file, publication)
    return suggest_for(one)[0]


def test_asking_twice_suggests_once(open_one: DerivationSuggestion) -> None:
    assert suggest_for(open_one.publication) == []
    assert suggest_for(open_one.derives_from) == []
    assert len(suggested()) == 1


def test_a_pair_with_a_derivation_gets_no_suggestion(team: cast.Team) -> None:
    file = stored("roof", look(0))
    one, other = cast.publication(team), cast.publication(team, "https://herald.example/2")
    for publication in (one, other):
        keep(team, file, publication)
    record_derivation(one, actor=team.researcher, derives_from=other, kind="quotes")
    assert suggest_for(one) == []
    assert suggest_for(other) == []


def test_accepting_records_the_derivation(team: cast.Team, open_one: DerivationSuggestion) -> None:
    derivation = accept_suggestion(open_one, actor=team.researcher)
    assert (str(derivation.publication), str(derivation.derives_from), derivation.kind) == (
        "Other",
        "One",
        "embeds",
    )
    assert derivation.note == "Both show the same file."
    open_one.refresh_from_db()
    assert (open_one.state, open_one.decided_by, open_one.derivation) == (
        "accepted",
        team.researcher,
        derivation,
    )


def test_it_can_be_accepted_as_another_kind_and_the_other_way_round(
    team: cast.Team, open_one: DerivationSuggestion
) -> None:
    derivation = accept_suggestion(
        open_one, actor=team.researcher, kind="relays", is_turned=True, note="Seen."
    )
    assert (str(derivation.publication), derivation.kind, derivation.note) == ("One", "relays", "Seen.")


def test_said_to_be_independent_it_counts_as_rejected(
    team: cast.Team, open_one: DerivationSuggestion
) -> None:
    derivation = accept_suggestion(open_one, actor=team.researcher, kind="same event")
    open_one.refresh_from_db()
    assert (open_one.state, open_one.derivation) == ("rejected", derivation)


def test_accepting_answers_what_else_is_suggested_about_the_two(
    team: cast.Team, open_one: DerivationSuggestion
) -> None:
    another = DerivationSuggestion.objects.create(
        investigation=team.case,
        publication=open_one.derives_from,
        derives_from=open_one.publication,
        kind="relays",
        ground="link",
    )
    accept_suggestion(open_one, actor=team.researcher)
    another.refresh_from_db()
    assert another.state == "accepted"


def test_so_does_a_derivation_recorded_by_hand(team: cast.Team, open_one: DerivationSuggestion) -> None:
    record_derivation(
        open_one.publication, actor=team.researcher, derives_from=open_one.derives_from, kind="quotes"
    )
    open_one.refresh_from_db()
    assert open_one.state == "accepted"


def test_a_rejected_one_does_not_come_back(team: cast.Team, open_one: DerivationSuggestion) -> None:
    reject_suggestion(open_one, actor=team.researcher)
    assert suggest_for(open_one.publication) == []
    change_publication(
        open_one.derives_from, actor=team.researcher, published="2023-01-25"
    )  # now it is later
    assert suggest_for(open_one.derives_from) == []
    assert not Derivation.objects.exists()
    open_one.refresh_from_db()
    assert (open_one.state, open_one.decided_by) == ("rejected", team.researcher)


def test_nor_does_one_whose_derivation_was_taken_back(
    team: cast.Team, open_one: DerivationSuggestion
) -> None:
    remove_derivation(accept_suggestion(open_one, actor=team.researcher), actor=team.researcher)
    assert suggest_for(open_one.publication) == []
    open_one.refresh_from_db()
    assert (open_one.state, open_one.derivation) == ("accepted", None)


@pytest.mark.parametrize("again", [accept_suggestion, reject_suggestion])
def test_what_is_decided_is_decided(
    team: cast.Team, open_one: DerivationSuggestion, again: Callable[..., object]
) -> None:
    reject_suggestion(open_one, actor=team.researcher)
    with pytest.raises(SuggestionDecidedError, match="Expected an open suggestion, this one is rejected"):
        again(open_one, actor=team.researcher)


@pytest.mark.parametrize("deed", [accept_suggestion, reject_suggestion])
def test_a_viewer_decides_nothing(
    team: cast.Team, open_one: DerivationSuggestion, deed: Callable[..., object]
) -> None:
    with pytest.raises(ForbiddenError):
        deed(open_one, actor=team.viewer)
    with pytest.raises(NotFoundError):
        deed(open_one, actor=team.outsider)


def test_everything_is_on_record(team: cast.Team, open_one: DerivationSuggestion) -> None:
    accept_suggestion(open_one, actor=team.researcher)
    told = Change.objects.filter(subject_id=open_one.pk).order_by("pk")
    assert [(change.action, change.actor.username) for change in told] == [
        ("suggestion.made", "sightline"),
        ("suggestion.accepted", team.researcher.username),
    ]


def test_what_waits_is_compared_once(read: Read) -> None:
    read("One", paragraph(STORY))
    read("Other", paragraph(STORY))
    assert suggest_waiting() == 2
    assert len(suggested()) == 1
    assert suggest_waiting() == 0


def test_another_source_or_date_is_a_reason_to_compare_anew(team: cast.Team, read: Read) -> None:
    publication = read("One", paragraph(STORY))
    suggest_waiting()
    change_publication(publication, actor=team.researcher, title="Another title")
    assert suggest_waiting() == 0
    change_publication(publication, actor=team.researcher, published="2023-01-25")
    assert suggest_waiting() == 1


def test_a_fault_is_heard_of_and_stops_nothing(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    read("One", paragraph(STORY))
    read("Other", paragraph(STORY))

    def broken(publication: Publication) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(suggesting, "suggest_for", broken)
        with pytest.raises(ZeroDivisionError):
            suggest_waiting()
    assert suggest_waiting() == 1


def test_a_sketch_follows_what_was_last_read(team: cast.Team, read: Read, tmp_path: Path) -> None:
    publication = read("One", paragraph(STORY))
    suggest_waiting()
    before = TextSketch.objects.get()
    rewritten = (
        f"<html><body><article>{paragraph(STORY.replace('launcher', 'crane'))}</article></body></html>"
    )
    fresh = preserve_harvest(team, tmp_path, page(rewritten.encode()), publication=publication)
    examine(fresh.examination.pk, worker="here")
    suggest_waiting()
    after = TextSketch.objects.get()
    assert bytes(before.values) != bytes(after.values)
    assert after.bands.count() == 32


def test_an_examination_before_links_were_kept_has_none(read: Read) -> None:
    publication = read("One", paragraph(STORY))
    Examination.objects.update(findings={"page": {"title": "One"}}, suggested_at=timezone.now())
    assert suggest_for(publication) == []


def run_command(capsys: pytest.CaptureFixture[str], slug: str = "roofs") -> dict[str, int]:
    call_command("suggest_derivations", slug, "--json")
    counts: dict[str, int] = json.loads(capsys.readouterr().out)
    return counts


def test_the_command_suggests_by_what_was_there_before_and_only_once(
    read: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    read("One", paragraph(STORY))
    read("Other", paragraph(STORY))
    Examination.objects.update(suggested_at=timezone.now())
    assert run_command(capsys) == {"publications": 2, "suggested": 1}
    assert run_command(capsys) == {"publications": 2, "suggested": 0}


def test_the_command_reads_the_links_of_what_was_examined_before_they_were_kept(
    read: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    read("Origin", paragraph(STORY))
    read("Relay", '<p>See <a href="https://origin.example/1">them</a>. Short.</p>')
    Examination.objects.update(findings={"page": {"title": "Kept"}}, suggested_at=timezone.now())
    assert run_command(capsys)["suggested"] == 1
    assert suggested() == [("Relay", "Origin", "link")]
    assert {row.findings["page"]["title"] for row in Examination.objects.all()} == {"Kept"}


def test_the_command_says_how_far_it_is(read: Read, capsys: pytest.CaptureFixture[str]) -> None:
    read("One", paragraph(STORY))
    call_command("suggest_derivations", "roofs")
    said = capsys.readouterr()
    assert "1/1 publications compared, 0 derivations suggested" in said.err
    assert "0 derivations suggested by 1 publications." in said.out


@pytest.mark.django_db
def test_the_command_knows_no_case_of_another_name() -> None:
    with pytest.raises(CommandError, match="There is no case nowhere"):
        call_command("suggest_derivations", "nowhere")
