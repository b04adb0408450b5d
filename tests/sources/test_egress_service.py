"""What the way out did for a capture is kept with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from osint.health import examine
from osint.models import JobState
from sources import storage
from sources.archiving.egress.client import take_connections
from sources.archiving.harvest import Harvest
from sources.archiving.http_method import archive_page
from sources.archiving.policy import Egress, FetchPolicy
from sources.models import Capture, RefusedAddress
from sources.services import egress as egress_service
from sources.services.captures import request_capture
from sources.services.egress import NO_LIST, ConnectionLog
from sources.services.preservation import preserve
from tests import cast
from tests.way_out import way_out
from tests.webserver import Server, response

TEXT = b"Neighbours saw a crane lift the launcher onto the roof of the building by the river. " * 8
PAGE = b"<!doctype html><html lang=en><title>A roof</title><p>%s</p>%s</html>"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    running.routes["/"] = response(PAGE % (TEXT, b""))
    yield running
    running.close()
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def captured(team: cast.Team, url: str) -> Capture:
    capture = request_capture(cast.publication(team, url), actor=team.researcher, method="http")
    preserve(capture.pk, worker="here")
    capture.refresh_from_db()
    return capture


def test_each_connection_is_among_the_facts(team: cast.Team, server: Server) -> None:
    capture = captured(team, server.url())
    (connection,) = capture.facts["connections"]
    assert (connection["user"], connection["host"]) == (str(capture.pk), "127.0.0.1")
    assert (connection["port"], connection["address"]) == (server.port, "127.0.0.1")
    assert connection["down"] > len(TEXT)
    assert connection["ended"] is not None


def test_a_refused_address_is_kept_when_the_capture_fails(team: cast.Team) -> None:
    capture = captured(team, "http://10.0.0.7/")
    (refused,) = capture.refused_addresses.all()
    assert (capture.state, refused.host, refused.port) == (JobState.FAILED, "10.0.0.7", 80)
    assert "private use" in refused.reason
    assert [item["code"] for item in capture.facts["connections"]] == ["address_refused"]


def test_a_refused_address_is_kept_when_the_capture_is_put_back(team: cast.Team, server: Server) -> None:
    server.routes["/"] = response(b"<img src=http://10.0.0.7/a.png>" + TEXT, status="503 Service Unavailable")
    capture = captured(team, server.url())
    assert capture.state == JobState.QUEUED
    assert [str(row) for row in capture.refused_addresses.all()] == ["10.0.0.7:80"]


def test_what_a_method_has_asked_for_itself_is_not_lost(
    team: cast.Team, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asking(url: str, *, policy: FetchPolicy, **options: Any) -> Harvest:
        harvest = archive_page(url, policy=policy, **options)
        assert policy.egress is not None
        return replace(harvest, connections=tuple(take_connections(policy.egress) or ()))

    monkeypatch.setattr("sources.archiving.http_method.archive_page", asking)
    assert [item["host"] for item in captured(team, server.url()).facts["connections"]] == ["127.0.0.1"]


def test_a_refused_address_is_kept_when_the_capture_succeeds(team: cast.Team, server: Server) -> None:
    inside = b"<img src=http://169.254.169.254/a.png><img src=http://169.254.169.254/b.png>"
    server.routes["/"] = response(PAGE % (TEXT, inside))
    capture = captured(team, server.url())
    assert capture.state == JobState.SUCCEEDED
    assert [str(row) for row in capture.refused_addresses.all()] == ["169.254.169.254:80"]


def test_another_proxy_leaves_a_remark(
    team: cast.Team, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress_service, "take_connections", lambda _: None)
    facts = captured(team, server.url()).facts
    assert (facts["connections"], facts["remarks"]) == ([], [NO_LIST])


def test_a_closed_door_is_tried_again(team: cast.Team, server: Server, settings: Any) -> None:
    settings.EGRESS_PROXY = "http://:x@127.0.0.1:1"
    capture = captured(team, server.url())
    assert (capture.state, capture.error_code) == (JobState.QUEUED, "egress_failed")
    assert server.requests == []


def test_without_a_way_out_nothing_is_fetched(team: cast.Team, server: Server, settings: Any) -> None:
    settings.EGRESS_PROXY = ""
    assert captured(team, server.url()).error_code == "egress_failed"
    assert server.requests == []


def test_what_one_log_was_told_it_keeps() -> None:
    log = ConnectionLog()
    log.ask(way_out().egress("nobody"))
    assert (log.connections, log.notes) == ([], ())
    log.ask(Egress("127.0.0.1", way_out().port, "nobody", "wrong"))
    assert log.notes == (NO_LIST,)


def overview(client: Client, team: cast.Team) -> str:
    client.force_login(team.viewer)
    return client.get(f"/cases/{team.case.slug}/").content.decode()


def test_the_overview_tells_of_refused_addresses(client: Client, team: cast.Team, others: cast.Team) -> None:
    captured(team, "http://10.0.0.7/")
    captured(others, "http://192.168.1.1/")
    page = overview(client, team)
    assert "10.0.0.7:80" in page
    assert "192.168.1.1" not in page


def test_the_overview_is_silent_where_none_was_refused(client: Client, team: cast.Team) -> None:
    page = overview(client, team)
    assert "Refused addresses" not in page


@pytest.mark.django_db
def test_health_says_whether_the_door_is_open(settings: Any) -> None:
    assert examine()["egress"].ok
    settings.EGRESS_PROXY = "http://:x@127.0.0.1:1"
    assert not examine()["egress"].ok
    settings.EGRESS_PROXY = ""
    assert not examine()["egress"].ok


@pytest.mark.django_db
def test_nothing_is_written_for_what_was_reached(team: cast.Team, server: Server) -> None:
    captured(team, server.url())
    assert not RefusedAddress.objects.exists()
