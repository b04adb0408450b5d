"""One instance a checkout: a lock on a file, which the system gives back however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.embedded.processes import find_process, wait_for
from config.supervision.errors import AlreadyRunningError

# How long the warden of an instance that was killed may need to clear up.
CLEARING_SECONDS = 60.0


@contextmanager
def instance_lock(path: Path) -> Iterator[IO[str]]:
    """Hold the lock of this checkout and yield its file, to be passed on to the warden.

    The lock lives as long as any process has the file open: while a warden still clears up after a killed
    instance, a new one waits. Raises AlreadyRunningError when the holder is alive.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not try_lock(file):
            refuse_if_alive(file)
            if not wait_for(lambda: try_lock(file), CLEARING_SECONDS, pause=0.2):
                raise AlreadyRunningError("expected the previous instance to be cleared up; it is not yet")
        write_holder(file)
        yield file


def try_lock(file: IO[str]) -> bool:
    """Take the lock without waiting; tell whether it was free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def refuse_if_alive(file: IO[str]) -> None:
    """Raise AlreadyRunningError when the process that wrote its number into the file still lives."""
    file.seek(0)
    number = file.read().strip()
    if number.isdigit() and find_process(int(number)):
        raise AlreadyRunningError(
            f"Already running in this checkout (process {number}); stop it with Ctrl-C there."
        )


def write_holder(file: IO[str]) -> None:
    """Write our process number into the file."""
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
