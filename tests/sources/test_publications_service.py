"""Logging publications: recognised once, filled but never overwritten."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from osint.errors import ForbiddenError, NotFoundError
from osint.services.people import system_user
from sources.models import Publication
from sources.services import publications
from sources.services.publications import add_publication, change_publication, fill_publication
from tests import cast
from tests.records import actions_on, last_change

URL = "https://courier.example/roof"


def test_publication_is_recorded_once(team: cast.Team) -> None:
    made = cast.publication(team, URL)

    cast.publication(team, URL + "#top")

    assert actions_on(made) == ["publication.added"]


def test_viewer_logs_nothing(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        add_publication(team.case, actor=team.viewer, url=URL)


def test_private_source_of_another_case_is_not_there(team: cast.Team, others: cast.Team) -> None:
    private = cast.source(name="Informant", private_to=others.case)

    with pytest.raises(NotFoundError):
        change_publication(cast.publication(team, URL), actor=team.researcher, source=private)


def test_address_logged_in_between_is_recognised(team: cast.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    citable = publications._citable

    def somebody_is_quicker(*args: Any) -> Any:
        monkeypatch.setattr(publications, "_citable", citable)
        cast.publication(team, URL)
        return citable(*args)

    monkeypatch.setattr(publications, "_citable", somebody_is_quicker)

    found, new = add_publication(team.case, actor=team.researcher, url=URL)

    assert (found, new) == (Publication.objects.get(), False)


def test_wrong_value_is_refused_rather_than_taken_for_a_known_address(team: cast.Team) -> None:
    with pytest.raises(ValidationError):
        add_publication(team.case, actor=team.researcher, url=URL, kind="rumour")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_the_same_publication() -> None:
    team, barrier, found = cast.team(), threading.Barrier(2), []

    def add() -> None:
        try:
            barrier.wait(timeout=10)
            found.append(add_publication(team.case, actor=team.researcher, url=URL))
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    only = Publication.objects.get()
    assert [publication for publication, _ in found] == [only, only]
    assert sorted(new for _, new in found) == [False, True]
    assert actions_on(only) == ["publication.added"]


def test_capture_fills_what_nobody_entered(team: cast.Team) -> None:
    publication = cast.publication(team, URL)

    filled = fill_publication(publication, actor=system_user(), title="Found", published="2023-01-19")

    assert (filled.title, str(filled.published_earliest)) == ("Found", "2023-01-19")


def test_capture_never_overwrites_a_persons_word(team: cast.Team) -> None:
    publication = cast.publication(team, URL, title="Entered")

    filled = fill_publication(publication, actor=system_user(), title="Found")

    assert filled.title == "Entered"
    assert last_change(publication).action == "publication.added"
