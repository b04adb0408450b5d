"""The embedded PostgreSQL: adopted, stopped whoever started it, recovered, and not mistaken for another."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
import pytest

from config.embedded.postgres import Postgres, postmaster, start_postgres, stop_postgres
from config.embedded.processes import is_gone


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("embedded") / "postgres"
    yield folder
    stop_postgres(folder)


@pytest.fixture
def server(data: Path) -> Postgres:
    return start_postgres(data)


def ask(server: Postgres, query: bytes) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def family(data: Path) -> list[psutil.Process]:
    process = postmaster(data.resolve())
    assert process is not None
    return [process, *process.children(recursive=True)]


def test_the_application_is_no_superuser_and_has_vector(server: Postgres) -> None:
    assert ask(server, b"SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(server, b"SELECT count(*) FROM pg_extension WHERE extname = 'vector'") == 1


def test_the_tuning_is_in_force(server: Postgres) -> None:
    assert ask(server, b"SHOW shared_buffers") == "256MB"


def test_the_socket_opens_for_its_owner_alone(server: Postgres) -> None:
    (socket,) = server.data.glob(".s.PGSQL.*[0-9]")
    assert socket.stat().st_mode & 0o777 == 0o700


def test_starting_again_adopts_the_running_server(server: Postgres) -> None:
    before = postmaster(server.data)
    assert start_postgres(server.data) == server
    assert postmaster(server.data) == before


def test_stopping_leaves_no_process(server: Postgres) -> None:
    processes = family(server.data)
    stop_postgres(server.data)
    assert all(is_gone(process) for process in processes)


def test_stopping_what_is_stopped_is_nothing(server: Postgres) -> None:
    stop_postgres(server.data)
    stop_postgres(server.data)
    assert postmaster(server.data) is None


def test_stopping_does_not_wait_for_open_connections(server: Postgres) -> None:
    with psycopg.connect(server.url):
        stop_postgres(server.data)
    assert postmaster(server.data) is None


def test_data_outlives_a_kill(server: Postgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    os.kill(family(server.data)[0].pid, signal.SIGKILL)
    assert ask(start_postgres(server.data), b"SELECT n FROM kept") == 7


def test_a_pid_file_that_names_another_process_is_not_believed(server: Postgres) -> None:
    stop_postgres(server.data)
    folder = str(server.data)
    note = [str(os.getpid()), folder, "1700000000", "5432", folder, "", "0 0", "ready"]
    (server.data / "postmaster.pid").write_text("\n".join(note) + "\n")
    start_postgres(server.data)
    assert ask(server, b"SELECT 1") == 1
