"""Real PostgreSQL and Redis, started for this run; no way out but loopback and Unix sockets."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import django
import pytest
from django.conf import settings
from pytest_socket import socket_allow_hosts
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from config.supervision.throwaway import throwaway_services
from tests.way_out import way_out

VAR = Path(__file__).resolve().parent.parent / "var"
SERVICES = ExitStack()
TOLD: dict[str, str] = {}
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

pytest_plugins = ["tests.fixtures"]


def start_services() -> None:
    """Start the services, and only then load the settings, which name them."""
    os.environ.pop("DATABASE_URL", None)  # the tests must never reach a database with anything in it
    TOLD.update(SERVICES.enter_context(throwaway_services(VAR / "test", os.environ)))
    TOLD.update({"EGRESS_PROXY": way_out().url, "DJANGO_SETTINGS_MODULE": "config.settings"})
    os.environ.update(TOLD)
    # Slow on purpose elsewhere; here every logged-in client would pay for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Else each client of a test would look through all static files when it is made.
    settings.WHITENOISE_AUTOREFRESH = True
    django.setup()


if not settings.configured:
    start_services()  # now and not in a hook: the files beside this one may import models


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Forget what the environment was told: processes started from here on begin with services of their own."""
    for name in TOLD:
        os.environ.pop(name, None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Keep the tests of a file in one process, and all browser tests: those share a product that starts slowly."""

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # the library carries no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the tracing that pytest-cov has begun in a process of xdist before it begins it once more.

    Both would go on, at twice the cost, and the first could neither be paused nor is it asked for what it saw.
    """
    plugin = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and plugin and plugin.cov_controller:
        plugin.cov_controller.cov.stop()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the services."""
    SERVICES.close()


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database the tests use."""
    return f"database: {settings.DATABASES['default']['HOST']}"


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse every connection that leaves this machine."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def flush_empties_the_record_of_changes() -> Iterator[None]:
    """Between tests with real transactions every table is emptied, which the record of changes rightly refuses.

    Only the table's owner can put its triggers to sleep, and only Django's flush does, here.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations  # only once Django is set up

    original = DatabaseOperations.execute_sql_flush

    def execute(operations: DatabaseOperations, sql_list: list[str]) -> None:
        asleep = "ALTER TABLE osint_change DISABLE TRIGGER USER;"
        awake = "ALTER TABLE osint_change ENABLE TRIGGER USER;"
        original(operations, [asleep, *sql_list, awake])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute)
        yield


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a real process beside the test: it sees the test's database and its Redis."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    return {**os.environ, "DATABASE_URL": url.geturl()}
