"""Each wrong setting is an error with its id."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import Settings

from config import checks
from config.database import database_settings
from config.environment import Environment


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.LOCAL = settings.DEBUG = False
    return settings


def ids(errors: Sequence[CheckMessage]) -> list[str | None]:
    assert all(error.hint for error in errors)
    return [error.id for error in errors]


def test_an_unreadable_variable_is_reported_with_its_value(settings: Settings) -> None:
    environment = Environment({"FETCH_MAX_BYTES": "lots"})
    environment.integer("FETCH_MAX_BYTES", 1)
    settings.ENVIRONMENT_PROBLEMS = environment.problems
    (error,) = checks.check_environment(None)
    assert error.id == "sightline.E001"
    assert "'lots'" in error.msg


def test_a_missing_secret_key_is_an_error_in_production(production: Settings) -> None:
    production.SECRET_KEY = "missing-0123"
    assert ids(checks.check_secret_key(None)) == ["sightline.E002"]


def test_a_missing_secret_key_is_none_on_ones_own_machine(settings: Settings) -> None:
    settings.LOCAL, settings.SECRET_KEY = True, "missing-0123"
    assert checks.check_secret_key(None) == []


def test_a_secret_key_that_is_set_is_no_error(production: Settings) -> None:
    production.SECRET_KEY = "long and random"
    assert checks.check_secret_key(None) == []


def test_services_that_nobody_named_are_errors(settings: Settings) -> None:
    settings.DATABASE_URL = settings.REDIS_URL = ""
    assert ids(checks.check_services_named(None)) == ["sightline.E003", "sightline.E005"]


def test_another_kind_of_database_is_one_error_that_hides_the_password(settings: Settings) -> None:
    environment = Environment({"DATABASE_URL": "mysql://me:hunter2@db.test/x"})
    settings.DATABASE_URL = environment.address("DATABASE_URL", "", schemes=["postgresql"])
    settings.ENVIRONMENT_PROBLEMS = environment.problems
    errors = [*checks.check_environment(None), *checks.check_services_named(None)]
    assert ids(errors) == ["sightline.E004"]
    assert "hunter2" not in str(errors)


def test_a_storage_folder_below_a_file_is_an_error(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.ARCHIVE_ROOT, settings.WORK_ROOT = tmp_path / "file" / "archive", tmp_path / "work"
    assert ids(checks.check_storage_writable(None)) == ["sightline.E006"]


def test_a_storage_folder_that_can_be_made_is_no_error(settings: Settings, tmp_path: Path) -> None:
    settings.ARCHIVE_ROOT = settings.WORK_ROOT = tmp_path / "not" / "yet"
    assert checks.check_storage_writable(None) == []


def test_no_allowed_host_is_an_error(production: Settings) -> None:
    production.ALLOWED_HOSTS = []
    assert ids(checks.check_allowed_hosts(None)) == ["sightline.E007"]


def test_a_malformed_loopback_endpoint_is_an_error(settings: Settings) -> None:
    environment = Environment({"ALLOWED_LOOPBACK": "localhost"})
    environment.endpoints("ALLOWED_LOOPBACK")
    settings.ENVIRONMENT_PROBLEMS = environment.problems
    assert ids(checks.check_environment(None)) == ["sightline.E008"]


def test_no_way_out_is_an_error_in_production(production: Settings) -> None:
    production.EGRESS_PROXY = ""
    assert ids(checks.check_egress(None)) == ["sightline.E012"]


def test_no_way_out_is_none_on_ones_own_machine(settings: Settings) -> None:
    settings.LOCAL, settings.EGRESS_PROXY = True, ""
    assert checks.check_egress(None) == []


@pytest.mark.parametrize(
    "value",
    [
        "127.0.0.1:3128",
        "https://:hunter2@proxy.test:3128",
        "http://:hunter2@proxy.test",
        "http://:hunter2@:1",
    ],
)
def test_a_malformed_way_out_is_one_error_that_hides_the_password(production: Settings, value: str) -> None:
    environment = Environment({"EGRESS_PROXY": value})
    production.EGRESS_PROXY = environment.proxy("EGRESS_PROXY")
    production.ENVIRONMENT_PROBLEMS = environment.problems
    errors = [*checks.check_environment(None), *checks.check_egress(None)]
    assert ids(errors) == ["sightline.E012"]
    assert "hunter2" not in str(errors)


def test_a_way_out_that_is_named_is_no_error(production: Settings) -> None:
    environment = Environment({"EGRESS_PROXY": "http://:hunter2@proxy.test:3128"})
    production.EGRESS_PROXY = environment.proxy("EGRESS_PROXY")
    assert environment.problems == []
    assert checks.check_egress(None) == []


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_an_error_of_one_line() -> None:
    nowhere = {**connections["default"].settings_dict, **database_settings("postgresql://me@127.0.0.1:1/x")}
    (error,) = checks.database_errors(DatabaseWrapper(nowhere, "nowhere"))
    assert error.id == "sightline.E009"
    assert "\n" not in error.msg


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((15, True), ["sightline.E010"]),
        ((18, False), ["sightline.E011"]),
        ((16, True), []),
    ],
)
def test_an_old_database_and_one_without_vector_are_errors(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bool], expected: list[str]
) -> None:
    def ask(connection: BaseDatabaseWrapper) -> tuple[int, bool]:
        return answer

    monkeypatch.setattr(checks, "ask_database", ask)
    assert ids(list(checks.database_errors(connections["default"]))) == expected


@pytest.mark.django_db
def test_the_embedded_database_is_new_enough_and_has_vector() -> None:
    assert checks.check_postgresql(None, databases=["default"]) == []


def test_no_database_is_asked_unless_one_is_named() -> None:
    assert checks.check_postgresql(None, databases=None) == []


@pytest.mark.parametrize(
    ("chromium", "arguments", "found"),
    [
        ("/usr/bin/chromium", ["--headless", "--no-sandbox"], ["sightline.W002"]),
        ("/usr/bin/chromium", ["--headless"], []),
        ("", ["--no-sandbox"], []),
    ],
)
def test_a_browser_without_its_sandbox_is_a_warning_in_production(
    production: Settings, chromium: str, arguments: list[str], found: list[str]
) -> None:
    production.CHROMIUM, production.CHROMIUM_ARGUMENTS = chromium, arguments
    assert ids(checks.check_browser_sandbox(None)) == found


MAIL = {
    "EMAIL_HOST": "mail.example",
    "EMAIL_HOST_USER": "sightline",
    "EMAIL_HOST_PASSWORD": "hunter2",
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "DEFAULT_FROM_EMAIL": "sightline@mail.example",
    "SIGHTLINE_URL": "https://sightline.example",
}
NO_MAIL = dict.fromkeys(MAIL, "") | {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False}


@pytest.mark.parametrize(
    ("configured", "problems"),
    [
        (MAIL, 0),
        (MAIL | {"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""}, 0),
        (NO_MAIL, 0),
        (NO_MAIL | {"SIGHTLINE_URL": "https://sightline.example"}, 0),
        (MAIL | {"DEFAULT_FROM_EMAIL": ""}, 1),
        (MAIL | {"DEFAULT_FROM_EMAIL": "", "SIGHTLINE_URL": ""}, 2),
        (MAIL | {"EMAIL_HOST_PASSWORD": ""}, 1),
        (MAIL | {"EMAIL_USE_SSL": True}, 1),
        (MAIL | {"EMAIL_HOST": ""}, 1),
    ],
)
def test_mail_that_is_configured_by_half_is_an_error(
    settings: Settings, configured: dict[str, object], problems: int
) -> None:
    for name, value in configured.items():
        setattr(settings, name, value)

    errors = checks.check_email(None)

    assert ids(errors) == ["sightline.E015"] * problems
    assert "hunter2" not in str(errors)
