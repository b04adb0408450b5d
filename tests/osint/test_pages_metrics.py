"""The numbers for Prometheus: who gets them, in which form, and that they tell of nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from osint import metrics
from osint.metrics import Sample
from osint.models import Heartbeat
from osint.tasks import record_heartbeat
from tests import cast

pytestmark = pytest.mark.django_db
TOKEN = "a token for the metrics"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> dict[str, metrics.Reader]:
    """A registry of the test's own."""
    own: dict[str, metrics.Reader] = {}
    monkeypatch.setattr(metrics, "_readers", own)
    return own


def read(client: Client) -> dict[tuple[str, str], float]:
    """The numbers by name and labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name.removeprefix("sightline_"), ",".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_token_opens_the_numbers(client: Client) -> None:
    assert read(client)


@pytest.mark.parametrize(
    "header",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}],
)
def test_without_it_nothing_is_there(client: Client, header: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=header)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_being_near_opens_nothing(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


@pytest.mark.parametrize("shown", ["Bearer", "Bearer ", "Bearer  "])
def test_no_token_in_the_settings_is_no_token_that_fits(
    client: Client, settings: Settings, shown: str
) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_token_with_foreign_letters_is_just_wrong(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer \xe9"}).status_code == 404


def test_staff_read_them_logged_in(client: Client) -> None:
    client.force_login(cast.person("watcher", is_staff=True))

    assert client.get("/metrics").status_code == 200


def test_others_do_not(client: Client, team: cast.Team) -> None:
    client.force_login(team.admin)

    assert client.get("/metrics").status_code == 404


def test_nothing_is_changed_by_it(client: Client) -> None:
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_heartbeat_has_an_age(client: Client) -> None:
    record_heartbeat()

    assert 0 <= read(client)["heartbeat_age_seconds", Heartbeat.objects.get().name] < 60


def test_each_reader_is_heard(client: Client, readers: dict[str, metrics.Reader]) -> None:
    readers["one"] = lambda: [
        Sample("things", "Things.", 2, {"kind": "a"}),
        Sample("things", "Things.", 3, {"kind": "b"}),
    ]
    readers["two"] = lambda: [Sample("events_total", "Events.", 5)]

    found = read(client)

    assert (found["things", "a"], found["things", "b"], found["events_total", ""]) == (2, 3, 5)


def test_failing_reader_hides_no_other(client: Client, readers: dict[str, metrics.Reader]) -> None:
    def broken() -> Iterator[Sample]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        yield Sample("never", "Never.", 1)

    readers["broken"] = broken
    readers["well"] = lambda: [Sample("things", "Things.", 2)]

    found = read(client)

    assert found["things", ""] == 2
    assert (found["metrics_failed", "broken"], found["metrics_failed", "well"]) == (1, 0)


def test_slow_reader_is_left_out(
    client: Client, readers: dict[str, metrics.Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "MOST_MS", 50)

    def slow() -> Iterator[Sample]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")
        yield Sample("never", "Never.", 1)

    readers["slow"] = slow

    assert read(client) == {("metrics_failed", "slow"): 1}
