"""Handing publications to the Wayback Machine: only where the operator wants it, and never in anybody's way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from config import checks
from sources.models import HandOn, Publication, RefusedAddress
from sources.services.captures import request_capture
from sources.services.handing_on import PATIENCE, claim_offers, hand_on, offer
from sources.services.preservation import preserve
from tests import cast
from tests.way_out import way_out
from tests.webserver import Server, response

PAGE = (
    b"<html><body><article><p>" + b"A long enough text about a launcher on a roof. " * 9 + b"</p></article>"
)


Answer = tuple[int, bytes]


def said(**values: object) -> Answer:
    return 200, json.dumps(values).encode()


class StandIn(ThreadingHTTPServer):
    """In place of the Wayback Machine: answers each path as `routes` say, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Answer] = {}
        self.requests: list[tuple[str, str, str, bytes]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = (self.command, self.path, self.headers.get("Authorization", ""), body)
        self.server.requests.append(asked)
        status, answer = self.server.routes.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST  # noqa: N815  # the name that the base class looks for

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def archive(settings: Settings) -> Iterator[StandIn]:
    """A stand-in for the Wayback Machine, which the operator has turned on."""
    with StandIn() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        way_out().allowed.add(("127.0.0.1", running.server_port))
        running.routes = {
            "/save": said(url="x", job_id="spn2-1"),
            "/save/status/spn2-1": said(
                status="success", timestamp="20230119120000", original_url="https://courier.example/roof"
            ),
        }
        settings.WAYBACK_SAVE_URL = running.url("/save")
        settings.WAYBACK_ACCESS_KEY, settings.WAYBACK_SECRET_KEY = "access", "secret"
        yield running
        way_out().allowed.discard(("127.0.0.1", running.server_port))
        running.shutdown()
        thread.join()


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team)


def asked() -> HandOn | None:
    """What comes of an offer whose time has come."""
    HandOn.objects.update(asked_at=timezone.now() - timedelta(seconds=1))
    ((offer_id, claimed),) = claim_offers()
    return hand_on(offer_id, claimed)


def test_it_is_off_unless_the_operator_turns_it_on(publication: Publication) -> None:
    offer(publication)

    assert not HandOn.objects.exists()


def test_half_of_the_settings_is_off_too(publication: Publication, settings: Settings) -> None:
    settings.WAYBACK_SAVE_URL = "https://web.archive.org/save"

    offer(publication)

    assert not HandOn.objects.exists()
    (error,) = checks.check_wayback(None)
    assert (error.id, "WAYBACK_ACCESS_KEY" in error.msg) == ("sightline.E013", True)


def test_all_or_none_of_the_settings_is_no_error(archive: StandIn, settings: Settings) -> None:
    assert checks.check_wayback(None) == []
    settings.WAYBACK_SAVE_URL = settings.WAYBACK_ACCESS_KEY = settings.WAYBACK_SECRET_KEY = ""
    assert checks.check_wayback(None) == []


def test_preserved_publication_is_offered(
    team: cast.Team, archive: StandIn, settings: Settings, tmp_path: Path
) -> None:
    place = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "archive": place}
    site = Server()
    site.routes["/"] = response(PAGE)
    publication = cast.publication(team, site.url("/"))

    preserve(request_capture(publication, actor=team.researcher, method="http").pk, worker="here")
    site.close()

    assert HandOn.objects.get().publication == publication


def test_publication_is_not_offered_again_at_once(publication: Publication, archive: StandIn) -> None:
    offer(publication)
    offer(publication)

    assert HandOn.objects.count() == 1


def test_offer_is_accepted_first_and_answered_later(publication: Publication, archive: StandIn) -> None:
    offer(publication)

    first = asked()
    assert first is not None
    assert (first.status, first.detail, first.answered_at) == (202, "spn2-1", None)

    second = asked()
    assert second is not None
    assert second.answered_at is not None
    assert second.snapshot_url == archive.url("/web/20230119120000/https://courier.example/roof")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"timestamp": "20230119120000"},
        {"timestamp": "now", "original_url": "https://courier.example/roof"},
    ],
)
def test_a_success_without_a_snapshot_is_none(
    publication: Publication, archive: StandIn, told: dict[str, str]
) -> None:
    archive.routes["/save/status/spn2-1"] = said(status="success", **told)
    offer(publication)
    asked()
    row = asked()
    assert row is not None
    assert (row.snapshot_url, row.answered_at) == ("", None)


def test_request_carries_address_and_keys(publication: Publication, archive: StandIn) -> None:
    offer(publication)
    asked()

    ((method, path, authorization, body),) = archive.requests
    assert (method, path, authorization) == ("POST", "/save", "LOW access:secret")
    assert parse_qs(body)[b"url"] == [publication.url.encode()]


@pytest.mark.parametrize(
    "answer",
    [
        (429, b"Too many"),
        said(status="error", message="You have reached your limit"),
        (200, b"<html>Back soon</html>"),
    ],
    ids=["busy", "refusing", "not itself"],
)
def test_refusal_is_tried_again_later(publication: Publication, archive: StandIn, answer: Answer) -> None:
    archive.routes["/save"] = answer
    offer(publication)

    row = asked()

    assert row is not None
    assert row.answered_at is None
    assert row.detail
    assert row.asked_at > timezone.now() + timedelta(minutes=1)


def test_wait_doubles_with_the_age_of_the_offer(publication: Publication, archive: StandIn) -> None:
    archive.routes.clear()
    offer(publication)
    HandOn.objects.update(created_at=timezone.now() - timedelta(hours=5))

    row = asked()

    assert row is not None
    assert row.asked_at - timezone.now() > timedelta(hours=4, minutes=59)


def test_offer_is_given_up_in_the_end(publication: Publication, archive: StandIn) -> None:
    archive.routes.clear()
    offer(publication)
    HandOn.objects.update(created_at=timezone.now() - PATIENCE - timedelta(hours=1))

    row = asked()

    assert row is not None
    assert (row.answered_at is not None, row.snapshot_url) == (True, "")


def test_service_that_no_address_may_reach_is_not_reached(
    publication: Publication, archive: StandIn, settings: Settings
) -> None:
    """It goes through the one way out, like everything else."""
    settings.WAYBACK_SAVE_URL = "http://127.0.0.2:8080/save"
    offer(publication)

    row = asked()

    assert row is not None
    assert (row.status, "403" in row.detail) == (None, True)


def test_two_rounds_at_once_claim_each_offer_once(publication: Publication, archive: StandIn) -> None:
    offer(publication)

    assert (len(claim_offers()), len(claim_offers())) == (1, 0)


def test_job_survives_an_answer_that_tells_nothing(publication: Publication, archive: StandIn) -> None:
    offer(publication)
    asked()
    done = archive.routes["/save/status/spn2-1"]
    for nothing in ((502, b"<html>Bad gateway"), (429, b"{}"), (503, b'{"message": "Later"}')):
        archive.routes["/save/status/spn2-1"] = nothing
        row = asked()
        assert row is not None
        assert (row.status, row.detail) == (202, "spn2-1")
    archive.routes["/save/status/spn2-1"] = done

    row = asked()

    assert row is not None
    assert row.snapshot_url
    assert [path for _, path, *_ in archive.requests].count("/save") == 1


def test_job_that_failed_is_asked_for_anew(publication: Publication, archive: StandIn) -> None:
    archive.routes["/save/status/spn2-1"] = said(status="error", message="It was too slow")
    offer(publication)
    asked()

    row = asked()

    assert row is not None
    assert (row.status, row.detail) == (200, "It was too slow")


def test_refused_address_of_the_service_is_kept(
    publication: Publication, archive: StandIn, settings: Settings
) -> None:
    settings.WAYBACK_SAVE_URL = "http://127.0.0.2:8080/save"
    offer(publication)

    asked()

    refused = RefusedAddress.objects.get()
    assert (refused.publication, refused.capture, refused.host) == (publication, None, "127.0.0.2")


@pytest.mark.django_db(transaction=True)
def test_captures_that_end_together_hand_on_once(archive: StandIn) -> None:
    publication = cast.publication(cast.team())
    both_ready = threading.Barrier(2)

    def end() -> None:
        try:
            with transaction.atomic():
                publication.handed_on.exists()
                both_ready.wait(timeout=20)
                offer(publication)
                time.sleep(0.2)  # what else is recorded with the capture
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(end) for _ in range(2)]:
            done.result()

    assert HandOn.objects.count() == 1


def test_offers_that_are_due_are_found_by_an_index(publication: Publication) -> None:
    answered = [
        HandOn(
            investigation=publication.investigation,
            publication=publication,
            archive="x",
            answered_at=timezone.now(),
        )
        for _ in range(2000)
    ]
    HandOn.objects.bulk_create(answered)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sources_handon")
    due = HandOn.objects.filter(answered_at__isnull=True, asked_at__lte=timezone.now()).order_by("asked_at")
    plan = due[:20].explain()
    assert ("hand_on_due" in plan, "Sort" in plan) == (True, False)
