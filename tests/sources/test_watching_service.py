"""Looking at originals again: what is found, what follows, and when the next look is due."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from osint.errors import ForbiddenError
from osint.models import JobState
from sources import storage
from sources.archiving.original import MOST_BYTES
from sources.models import Capture, CaptureFile, LinkCheck, LinkWatch, Priority, RefusedAddress
from sources.services.captures import request_capture
from sources.services.preservation import preserve, remove_abandoned_work
from sources.services.uploads import upload_whole
from sources.services.watches import look_now, pause_watch, resume_watch
from sources.services.watching import CLAIM, claim_due, look
from tests import cast
from tests.processes import ROOT, wait_until
from tests.records import actions_on, last_change
from tests.way_out import way_out
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


def large(end: bytes, *, declared: bool = True) -> bytes:
    """A picture beyond what a look reads, which ends in ``end``."""
    body = b"GIF89a" + bytes(MOST_BYTES) + end
    plain = response(body, media_type="image/gif")
    return plain if declared else plain.replace(b"Content-Length", b"X-Length")


def watched(team: cast.Team, url: str) -> LinkWatch:
    """The watch over what is at ``url``, just preserved."""
    publication = cast.publication(team, url)
    preserve(request_capture(publication, actor=team.researcher, method="http").pk, worker="here")
    return LinkWatch.objects.get()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (large(b"end"), "unchanged"),
        (large(b"another end"), "changed"),
        (large(b"end").replace(b"GIF89a", b"GIF87a"), "changed"),
        (large(b"end", declared=False), "uncompared"),
    ],
    ids=["same", "another length", "another beginning", "length unknown"],
)
def test_large_picture_is_compared_by_length_and_beginning(
    team: cast.Team, server: Server, answer: bytes, outcome: str
) -> None:
    server.routes["/roof.gif"] = large(b"end")
    watch = watched(team, server.url("/roof.gif"))
    server.routes["/roof.gif"] = answer

    assert looked(watch).outcome == outcome


def test_page_whose_text_scripts_make_is_not_said_to_be_unchanged(team: cast.Team, server: Server) -> None:
    server.routes |= {
        "/app": response(b"<!doctype html><title>App</title><div id=app></div><img src=/roof.gif>"),
        "/roof.gif": response(b"GIF89a one", media_type="image/gif"),
    }
    watch = watched(team, server.url("/app"))

    assert looked(watch).outcome == "uncompared"
    assert about(wait_of(watch), 2 * DAY)  # as if it were unchanged
    assert actions_on(watch) == []


def test_document_that_is_no_page_is_compared_by_its_bytes(team: cast.Team, server: Server) -> None:
    server.routes["/list.txt"] = response(TEXT.encode(), media_type="text/plain")
    watch = watched(team, server.url("/list.txt"))

    same = looked(watch).outcome
    server.routes["/list.txt"] = response(TEXT.encode() + b".", media_type="text/plain")

    assert (same, looked(watch).outcome) == ("unchanged", "changed")


def test_charset_of_the_server_counts_however_it_is_spelt(team: cast.Team, server: Server) -> None:
    # Whoever guesses takes this for another charset.
    body = (
        PAGE % ("Sąsiad numer 9 widział, jak dźwig podniósł wyrzutnię na dach nad rzeką. " * 9, "")
    ).encode("iso-8859-2")
    server.routes["/"] = response(body, media_type='text/html; Charset="ISO-8859-2"')

    assert looked(watched(team, server.url("/"))).outcome == "unchanged"


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

    assert not list(Path(settings.WORK_ROOT).glob("passing.*"))


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


def test_look_at_a_paused_and_overdue_original_resumes_the_watch(watch: LinkWatch, team: cast.Team) -> None:
    pause_watch(watch, actor=team.researcher)
    LinkWatch.objects.update(next_at=timezone.now() - DAY)

    look_now(watch, actor=team.researcher)

    assert len(claim_due()) == 1
    resumed = last_change(watch)
    assert (resumed.action, resumed.old, resumed.new) == (
        "linkwatch.resumed",
        {"is_paused": True},
        {"is_paused": False},
    )


def test_look_at_a_paused_original_is_on_record_whole(watch: LinkWatch, team: cast.Team) -> None:
    pause_watch(watch, actor=team.researcher)

    look_now(watch, actor=team.researcher)

    assert len(claim_due()) == 1
    assert actions_on(watch) == ["linkwatch.paused", "linkwatch.resumed", "linkwatch.asked"]


def test_missing_page_of_ours_is_told_and_the_looks_back_off(watch: LinkWatch) -> None:
    page = CaptureFile.objects.get(capture__publication=watch.publication, role="page")
    storage.drop(page.file.sha256)

    waits = []
    for _ in range(2):
        check = looked(watch)
        assert (check.outcome, check.detail) == ("unreachable", "preserved page is missing")
        waits.append(wait_of(watch))

    assert [about(wait, timedelta(hours=n)) for wait, n in zip(waits, (1, 2), strict=True)] == [True, True]


def test_refused_address_of_a_look_reaches_the_overview(
    watch: LinkWatch, client: Client, team: cast.Team, server: Server
) -> None:
    way_out().allowed.discard(("127.0.0.1", server.port))

    looked(watch)

    refused = RefusedAddress.objects.get()
    assert (refused.publication, refused.capture, refused.port) == (watch.publication, None, server.port)
    client.force_login(team.viewer)
    page = client.get(f"/cases/{team.case.slug}/").content.decode()
    assert f"127.0.0.1:{server.port}" in page
    assert f"/publications/{watch.publication_id}/" in page


@pytest.mark.django_db(transaction=True)
def test_folder_of_a_look_that_was_killed_is_swept_once_nobody_can_be_in_it(
    child_environment: dict[str, str], watch: LinkWatch, server: Server, settings: Settings, tmp_path: Path
) -> None:
    def never(_: socket.socket) -> None:
        server.stopping.wait(60)

    server.routes["/"] = never
    settings.WORK_ROOT = tmp_path / "work"
    LinkWatch.objects.update(next_at=timezone.now())
    places = {"SIGHTLINE_STORAGE": str(tmp_path / "archive"), "SIGHTLINE_WORK": str(settings.WORK_ROOT)}
    command = [sys.executable, "manage.py", "watch_originals"]

    with subprocess.Popen(command, cwd=ROOT, env=child_environment | places) as looking:
        wait_until(lambda: server.asked("/") == 2, "the look")
        assert remove_abandoned_work() == 0
        looking.kill()

    (folder,) = Path(settings.WORK_ROOT).iterdir()
    assert remove_abandoned_work() == 0
    two_hours_ago = time.time() - 7200
    os.utime(folder, (two_hours_ago, two_hours_ago))
    assert remove_abandoned_work() == 1
    assert not folder.exists()
