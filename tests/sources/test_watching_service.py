"""Looking at originals again: what is found, what follows, and when the next look is due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from osint.errors import ForbiddenError
from osint.models import JobState
from sources.models import Capture, LinkCheck, LinkWatch, Priority
from sources.services.captures import request_capture
from sources.services.preservation import preserve
from sources.services.uploads import upload_whole
from sources.services.watches import look_now, pause_watch, resume_watch
from sources.services.watching import CLAIM, claim_due, look
from tests import cast
from tests.records import actions_on
from tests.webserver import Server, redirect, response

DAY = timedelta(days=1)
PAGE = """<!doctype html><html><head><title>A launcher on the roof</title></head><body><article>
<h1>A launcher on the roof</h1><p>%s</p></article><footer>%s</footer></body></html>"""
TEXT = " ".join(
    f"Neighbour {number} saw a crane lift the launcher onto the roof of the building by the river."
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)


def page(text: str = TEXT, footer: str = "Read 3,402 times") -> bytes:
    return response((PAGE % (text, footer)).encode())


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """A site with one page, and an archive of the test's own."""
    archive = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(tmp_path / "archive")}}
    settings.STORAGES = {**settings.STORAGES, "archive": archive}
    running = Server()
    running.routes = {"/": page()}
    yield running
    running.close()


@pytest.fixture
def watch(team: cast.Team, server: Server) -> LinkWatch:
    """The watch over a publication that has just been preserved."""
    publication = cast.publication(team, server.url("/"))
    capture = request_capture(publication, actor=team.researcher, method="http")
    preserve(capture.pk, worker="here")
    return LinkWatch.objects.get(publication=publication)


def looked(watch: LinkWatch) -> LinkCheck:
    """What a look finds whose time has come."""
    LinkWatch.objects.filter(pk=watch.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    ((claimed, until),) = claim_due()
    check = look(claimed, until)
    assert check is not None
    watch.refresh_from_db()
    return check


def about(wait: timedelta, expected: timedelta) -> bool:
    return 0.85 * expected < wait < 1.15 * expected


def wait_of(watch: LinkWatch) -> timedelta:
    return watch.next_at - timezone.now()


def test_what_is_preserved_is_watched_from_then_on(watch: LinkWatch) -> None:
    assert not watch.is_paused
    assert about(wait_of(watch), DAY)


def test_what_failed_is_not_watched(team: cast.Team, server: Server) -> None:
    capture = request_capture(
        cast.publication(team, server.url("/none")), actor=team.researcher, method="http"
    )
    preserve(capture.pk, worker="here")

    assert not LinkWatch.objects.exists()


def test_same_page_is_unchanged(watch: LinkWatch) -> None:
    assert looked(watch).outcome == "unchanged"


def test_waits_double_while_nothing_changes(watch: LinkWatch) -> None:
    waits = []
    for _ in range(8):
        looked(watch)
        waits.append(wait_of(watch))

    assert all(
        about(wait, days * DAY) for wait, days in zip(waits, (2, 4, 8, 16, 32, 64, 64, 64), strict=True)
    ), waits


@pytest.mark.parametrize(
    "answer",
    [
        page(footer="Read 9,999,999 times by people who liked what they saw here today and came again"),
        page(f"{TEXT} 12 comments."),
        page(TEXT.upper()),
        page(f"{TEXT}</p><p>Advertisement: buy better shoes today."),
    ],
    ids=["counter outside", "counter inside", "case", "one short advertisement"],
)
def test_small_things_are_no_change(watch: LinkWatch, server: Server, answer: bytes) -> None:
    server.routes["/"] = answer

    assert looked(watch).outcome == "unchanged"


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("Neighbour three saw a crane lift the launcher onto the roof of the building", "Nobody"),
        TEXT.replace("the launcher onto the roof", "the launcher onto 2 roofs", 1),
        "Neighbours say that they were mistaken. It was a water tank after all, and it has been there for years.",
    ],
    ids=["a sentence is gone", "a number is another", "another text"],
)
def test_altered_text_is_a_change(watch: LinkWatch, server: Server, text: str) -> None:
    server.routes["/"] = page(text)

    check = looked(watch)

    assert (check.outcome, "words of the text went" in check.detail) == ("changed", True)


def test_change_asks_for_a_capture_when_nobody_waits(watch: LinkWatch, server: Server) -> None:
    server.routes["/"] = page("Another text altogether, which has nothing to do with what was there before.")

    capture = looked(watch).capture

    assert capture is not None
    assert (capture.priority, capture.state) == (Priority.WATCH, JobState.QUEUED)
    assert capture.requested_by.username == "sightline"


def test_change_brings_the_wait_back_to_a_day(watch: LinkWatch, server: Server) -> None:
    looked(watch)
    server.routes["/"] = page("Another text altogether, which has nothing to do with what was there before.")

    looked(watch)

    assert about(wait_of(watch), DAY)


def test_after_the_new_capture_the_new_text_is_unchanged(watch: LinkWatch, server: Server) -> None:
    server.routes["/"] = page(TEXT.replace("crane", "helicopter"))
    capture = looked(watch).capture
    assert capture is not None
    preserve(capture.pk, worker="here")

    assert looked(watch).outcome == "unchanged"


def test_another_address_is_a_move(watch: LinkWatch, server: Server) -> None:
    server.routes |= {"/": redirect("/2023/roof"), "/2023/roof": page()}

    check = looked(watch)

    assert (check.outcome, check.final_url) == ("moved", server.url("/2023/roof"))
    assert check.capture is not None


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_missing_page_is_gone(watch: LinkWatch, server: Server, status: str) -> None:
    server.routes["/"] = response(b"<p>Nothing here</p>", status=status)

    check = looked(watch)

    assert (check.outcome, check.status, check.capture) == ("gone", int(status[:3]), None)
    assert watch.outcome == "gone"
    assert actions_on(watch) == ["linkwatch.gone"]


def test_what_stays_gone_is_told_once_and_looked_at_ever_more_rarely(
    watch: LinkWatch, server: Server
) -> None:
    server.routes["/"] = response(status="404 Not Found")

    looked(watch)
    since = watch.outcome_since
    looked(watch)

    assert watch.outcome_since == since
    assert actions_on(watch) == ["linkwatch.gone"]
    assert about(wait_of(watch), 2 * DAY)


def test_what_is_back_is_told_too(watch: LinkWatch, server: Server) -> None:
    server.routes["/"] = response(status="404 Not Found")
    looked(watch)
    server.routes["/"] = page()

    looked(watch)

    assert actions_on(watch) == ["linkwatch.gone", "linkwatch.as_before"]


@pytest.mark.parametrize("status", ["500 Internal Server Error", "429 Too Many Requests", "403 Forbidden"])
def test_refusing_server_tells_nothing_of_the_original(watch: LinkWatch, server: Server, status: str) -> None:
    server.routes["/"] = response(status=status)

    assert looked(watch).outcome == "unreachable"
    assert watch.outcome == ""


def test_silence_has_waits_of_its_own(watch: LinkWatch, server: Server) -> None:
    looked(watch)
    server.close_at_once = True
    waits = []
    for _ in range(3):
        looked(watch)
        waits.append(wait_of(watch))
    server.close_at_once = False

    looked(watch)

    hours = timedelta(hours=1)
    assert [about(wait, n * hours) for wait, n in zip(waits, (1, 2, 4), strict=True)] == [True] * 3
    assert about(wait_of(watch), 4 * DAY)  # as if nothing had been in between


def test_picture_is_compared_by_its_bytes(team: cast.Team, server: Server) -> None:
    server.routes["/roof.gif"] = response(b"GIF89a one", media_type="image/gif")
    capture = request_capture(
        cast.publication(team, server.url("/roof.gif")), actor=team.researcher, method="http"
    )
    preserve(capture.pk, worker="here")
    watch = LinkWatch.objects.get()

    same = looked(watch).outcome
    server.routes["/roof.gif"] = response(b"GIF89a two", media_type="image/gif")

    assert (same, looked(watch).outcome) == ("unchanged", "changed")


def test_two_rounds_at_once_claim_each_original_once(watch: LinkWatch) -> None:
    LinkWatch.objects.update(next_at=timezone.now())

    assert (len(claim_due()), len(claim_due())) == (1, 0)


def test_lost_claim_records_nothing(watch: LinkWatch) -> None:
    LinkWatch.objects.update(next_at=timezone.now())
    ((claimed, until),) = claim_due()
    LinkWatch.objects.update(next_at=until + CLAIM)

    assert look(claimed, until) is None
    assert not LinkCheck.objects.exists()


def test_message_that_comes_twice_looks_once(watch: LinkWatch) -> None:
    LinkWatch.objects.update(next_at=timezone.now())
    ((claimed, until),) = claim_due()

    assert (look(claimed, until) is None, look(claimed, until) is None) == (False, True)


def test_of_each_host_one_original_is_looked_at_in_a_round(
    watch: LinkWatch, team: cast.Team, server: Server
) -> None:
    other = cast.publication(team, server.url("/other"))
    LinkWatch.objects.create(investigation=team.case, publication=other)
    LinkWatch.objects.update(next_at=timezone.now())

    assert len(claim_due()) == 1
    assert not LinkWatch.objects.filter(
        next_at__lte=timezone.now()
    ).exists()  # and nothing stands before others


def test_round_is_bounded(watch: LinkWatch, team: cast.Team, settings: Settings) -> None:
    settings.WATCH_MOST_AT_ONCE = 2
    for number in range(4):
        publication = cast.publication(team, f"https://host{number}.example/")
        LinkWatch.objects.create(investigation=team.case, publication=publication)

    assert len(claim_due()) == 2


def test_paused_watch_is_left_alone(watch: LinkWatch, team: cast.Team) -> None:
    pause_watch(watch, actor=team.researcher)
    LinkWatch.objects.update(next_at=timezone.now())

    assert claim_due() == []


def test_resumed_watch_is_due(watch: LinkWatch, team: cast.Team) -> None:
    resume_watch(pause_watch(watch, actor=team.researcher), actor=team.researcher)

    assert len(claim_due()) == 1
    assert actions_on(watch) == ["linkwatch.paused", "linkwatch.resumed"]


def test_look_can_be_asked_for(watch: LinkWatch, team: cast.Team) -> None:
    look_now(watch, actor=team.researcher)

    assert len(claim_due()) == 1
    assert actions_on(watch) == ["linkwatch.asked"]


def test_viewer_changes_no_watch(watch: LinkWatch, team: cast.Team) -> None:
    for deed in (pause_watch, resume_watch, look_now):
        with pytest.raises(ForbiddenError):
            deed(watch, actor=team.viewer)


def test_capture_of_what_was_gone_has_it_looked_at_again(
    watch: LinkWatch, team: cast.Team, server: Server
) -> None:
    server.routes["/"] = response(status="404 Not Found")
    looked(watch)
    server.routes["/"] = page()
    preserve(request_capture(watch.publication, actor=team.researcher, method="http").pk, worker="here")

    assert len(claim_due()) == 1


def test_work_leaves_no_folder(watch: LinkWatch, settings: Settings) -> None:
    looked(watch)

    assert not list(Path(settings.WORK_ROOT).glob("look-*"))


def test_publication_kept_only_by_upload_is_not_watched(
    team: cast.Team, server: Server, settings: Settings, tmp_path: Path
) -> None:
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    publication = cast.publication(team, "https://gone.example/")
    given = {"filename": "a.pdf", "pieces": [b"%PDF-1.7"], "size": 8}
    upload = upload_whole(publication, actor=team.researcher, **given)  # type: ignore[arg-type]  # a mixed bag
    preserve(upload.capture.pk, worker="here")

    assert Capture.objects.get().state == JobState.SUCCEEDED
    assert not LinkWatch.objects.exists()


def test_command_adopts_what_was_preserved_before(watch: LinkWatch) -> None:
    publication = watch.publication
    watch.delete()

    assert commanded("--adopt")["adopted"] == 1
    assert LinkWatch.objects.get().publication == publication
    assert commanded("--adopt")["adopted"] == 0


def test_command_looks_at_what_is_due(watch: LinkWatch) -> None:
    LinkWatch.objects.update(next_at=timezone.now())

    assert commanded()["unchanged"] == 1
    assert commanded()["unchanged"] == 0


def commanded(*arguments: str) -> dict[str, int]:
    sink = StringIO()
    call_command("watch_originals", "--json", *arguments, stdout=sink)
    counts: dict[str, int] = json.loads(sink.getvalue())
    return counts
