"""What pages are put together from: lists by key, the story of changes, panels, small filters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from osint import navigation
from osint.models import Change, Investigation
from osint.pages import panels, story
from osint.pages.forms import PageForm
from osint.pages.keyset import capped_count, page_after
from osint.services.investigations import change_investigation, change_role, revoke_membership
from osint.templatetags.sightline import address, digest, edtf, utc
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_list_is_read_to_its_end_without_gap_or_repetition() -> None:
    slugs = [cast.team(f"case-{number}").case.slug for number in range(5)]
    first = page_after(Investigation.objects.all(), None, 2)
    second = page_after(Investigation.objects.all(), str(first.following), 2)
    third = page_after(Investigation.objects.all(), str(second.following), 2)
    read = [case.slug for page in (first, second, third) for case in page.items]
    assert read == slugs[::-1]
    assert third.following is None


def test_only_the_start_of_a_list_is_its_first_page() -> None:
    cast.team()
    newest = Investigation.objects.get()
    assert page_after(Investigation.objects.all(), None).is_first
    assert not page_after(Investigation.objects.all(), str(newest.pk)).is_first


@pytest.mark.parametrize("after", ["", "nonsense", "' OR 1=1"])
def test_a_key_that_is_none_reads_from_the_start(after: str) -> None:
    cast.team()
    assert page_after(Investigation.objects.all(), after).is_first


def test_counting_stops_at_the_cap() -> None:
    for number in range(3):
        cast.team(f"case-{number}")
    assert capped_count(Investigation.objects.all(), cap=3) == "2+"
    assert capped_count(Investigation.objects.all(), cap=4) == "3"


def test_the_pager_keeps_the_filter_and_moves_the_key(client: Client) -> None:
    team = cast.team()
    client.force_login(team.viewer)
    for number in range(52):
        change_investigation(team.case, actor=team.admin, title=f"Title {number}")
    page = client.get(reverse("changes", kwargs={"slug": "roofs"}), {"kind": "x"})
    following = page.context["page"].following
    assert f"?kind=x&amp;after={following}" in page.content.decode()
    assert len(client.get(page.request["PATH_INFO"], {"after": following}).context["events"]) > 0


def test_the_story_tells_old_and_new(client: Client) -> None:
    team = cast.team()
    change_investigation(team.case, actor=team.admin, title="Roofs and parks")
    client.force_login(team.viewer)
    told = client.get(reverse("changes", kwargs={"slug": "roofs"})).context["events"][0]
    assert (told.phrase, told.subject.text) == ("changed the case", "Roofs and parks")
    assert [(part.label, part.old, part.new) for part in told.differences] == [
        ("title", "The case of roofs", "Roofs and parks")
    ]


def test_the_story_names_members_with_their_role() -> None:
    team = cast.team()
    membership = team.case.memberships.get(user=team.viewer)
    change_role(membership, actor=team.admin, role="researcher")  # type: ignore[arg-type]  # a Role is its text
    told = story.tell(team.case, Change.objects.all()[:1])[0]
    assert told.phrase == "changed the role of"
    assert told.subject is not None
    assert told.subject.text == "roofs-viewer, researcher"


def test_the_story_survives_its_subject() -> None:
    team = cast.team()
    revoke_membership(team.case.memberships.get(user=team.viewer), actor=team.admin)
    told = story.tell(team.case, Change.objects.all()[:1])[0]
    assert (told.phrase, told.subject) == ("took a member off the case", None)


def test_an_action_nobody_has_words_for_is_told_by_its_name() -> None:
    team = cast.team()
    change = Change(
        actor=team.admin, action="widget.turned_round", subject_type="widget", subject_id=team.case.pk
    )
    assert story.tell(team.case, [change])[0].phrase == "turned round widget"


def test_long_values_are_cut_in_the_story() -> None:
    team = cast.team()
    change_investigation(team.case, actor=team.admin, summary="x" * 500)
    assert story.tell(team.case, Change.objects.all()[:1])[0].differences[0].new == "x" * 160 + "…"


def test_panels_come_in_their_order_and_may_have_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_builders", {})
    case = cast.team().case
    panels.register("page", 2, lambda investigation, subject: panels.Panel("second.html", {}))
    panels.register("page", 1, lambda investigation, subject: panels.Panel("first.html", {}))
    panels.register("page", 3, lambda investigation, subject: None)
    panels.register("elsewhere", 0, lambda investigation, subject: panels.Panel("elsewhere.html", {}))
    assert [panel.template for panel in panels.build("page", case, case)] == ["first.html", "second.html"]


def test_navigation_is_current_on_the_pages_an_entry_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(navigation.Entry(2, "Changes", "changes"))
    navigation.register(navigation.Entry(1, "Overview", "case", frozenset({"below"})))
    links = navigation.links("roofs", "below")
    assert [(link.label, link.is_current) for link in links] == [("Overview", True), ("Changes", False)]


def test_a_date_is_shown_in_words_with_the_edtf_on_hover() -> None:
    assert edtf("2023-01-06~") == '<span class="when" title="EDTF 2023-01-06~">around 6 January 2023</span>'


def test_an_unknown_date_is_called_unknown() -> None:
    assert "unknown" in edtf("")


def test_a_text_that_is_no_date_is_shown_as_it_is() -> None:
    assert edtf("<soon>") == "<soon>"


def test_a_moment_is_shown_in_utc() -> None:
    shown = utc(datetime(2023, 1, 6, 4, 5, 6, tzinfo=UTC))
    assert 'datetime="2023-01-06T04:05:06+00:00"' in shown
    assert "6 Jan 2023, 04:05 UTC" in shown


def test_no_moment_is_a_dash() -> None:
    assert utc(None) == "–"


def test_a_digest_is_shortened_in_the_middle_and_copied_whole() -> None:
    whole = "0123456789abcdef" * 4
    assert "01234567…89abcdef" in digest(whole)
    assert f'data-copy="{whole}"' in digest(whole)


def test_a_script_address_is_never_a_link() -> None:
    assert "href" not in address("javascript:alert(1)")
    assert 'href="https://example.org/"' in address("https://example.org/")


def test_a_problem_with_an_unknown_field_is_listed_on_top() -> None:
    from django.core.exceptions import ValidationError

    form = PageForm({})
    form.is_valid()
    form.add_problems(ValidationError({"elsewhere": ["It is wrong."]}))
    assert form.non_field_errors() == ["It is wrong."]
