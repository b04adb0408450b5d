"""From a PostgreSQL URL to Django's dictionary."""

from config.database import database_settings


def test_every_part_of_a_network_address() -> None:
    found = database_settings("postgresql://me:p%40ss@db.test:6432/cases?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        *("me", "p@ss", "db.test"),
        *("6432", "cases"),
    )
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_socket_folder_in_the_query_is_the_host() -> None:
    found = database_settings("postgresql://me@/cases?host=%2Frun%2Fpostgresql&port=5433")
    assert (found["HOST"], found["PORT"]) == ("/run/postgresql", "5433")
    assert "host" not in found["OPTIONS"]


def test_a_connection_is_not_waited_for_without_end() -> None:
    assert database_settings("postgresql:///cases")["OPTIONS"] == {"connect_timeout": 5}
