"""Real services for one run of the tests: quick, with empty data, and certainly gone afterwards."""

import fcntl
import itertools
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.embedded.errors import ServiceStartError
from config.embedded.postgres import start_postgres, stop_postgres
from config.embedded.redis import plan_redis, wait_until_redis_answers
from config.embedded.redis_binary import redis_executable
from config.supervision.lock import try_lock
from config.supervision.programs import Child, Program, fresh_log
from config.supervision.warden import Warden


@contextmanager
def throwaway_services(root: Path, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield environment variables with the addresses of a PostgreSQL and a Redis, and empty folders.

    TEST_DATABASE_URL and TEST_REDIS_URL in `given` name others to use instead. Several runs at a time each
    have a folder of their own below `root`. Raises EmbeddedServiceError.
    """
    with ExitStack() as stack:
        folder, warden = stack.enter_context(free_folder(root))
        database = given.get("TEST_DATABASE_URL") or stack.enter_context(postgres(folder, warden))
        broker = given.get("TEST_REDIS_URL") or stack.enter_context(redis(folder, root.parent, warden))
        yield {"DATABASE_URL": database, "REDIS_URL": broker, **empty_places(folder)}


@contextmanager
def free_folder(root: Path) -> Iterator[tuple[Path, Warden]]:
    """Yield the first folder below `root` that no other run uses, and a warden that keeps it ours."""
    for number in itertools.count():
        folder = root / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("a+") as lock:
            if not try_lock(lock):
                continue
            warden = Warden(keep_open=[lock])
            try:
                yield folder, warden
            finally:
                warden.dismiss()
                fcntl.flock(lock, fcntl.LOCK_UN)
            return


def empty_places(folder: Path) -> dict[str, str]:
    """Return variables that name folders below `folder`, emptied of what the last run left."""
    for name in ("archive", "work", "uploads"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return {
        "SIGHTLINE_VAR": str(folder),
        "SIGHTLINE_STORAGE": str(folder / "archive"),
        "SIGHTLINE_WORK": str(folder / "work"),
        "SIGHTLINE_UPLOADS": str(folder / "uploads"),
        "SIGHTLINE_LOCAL": "1",
        "SECRET_KEY": "a key for tests alone",
    }


@contextmanager
def postgres(folder: Path, warden: Warden) -> Iterator[str]:
    """Yield the URL of a PostgreSQL that does not care for its data."""
    data = folder / "postgres"
    warden.adopt_postgres(data)
    try:
        yield start_postgres(data, throwaway=True).url
    finally:
        stop_postgres(data)


@contextmanager
def redis(folder: Path, var: Path, warden: Warden) -> Iterator[str]:
    """Yield the URL of an empty Redis. Raises ServiceStartError."""
    shutil.rmtree(folder / "redis", ignore_errors=True)
    plan = plan_redis(redis_executable(var / "redis-binary"), folder / "redis")
    child = Child(Program("redis", plan.command, {}, fresh_log(folder, "redis")), warden)
    try:
        if not wait_until_redis_answers(plan.url):
            raise ServiceStartError(f"expected Redis to answer; see {child.program.log}")
        yield plan.url
    finally:
        child.stop()
