"""Real processes beside the tests: workers that can be killed, and waiting that fails loudly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]  # has no types of its own

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
GLANCE = 0.05


class Celery:
    """One Celery program in a process group of its own."""

    def __init__(self, environment: Mapping[str, str], log: Path, *arguments: str) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The program's main process."""
        return self._process.pid

    def children(self) -> list[psutil.Process]:
        """The processes that do the work."""
        found: list[psutil.Process] = psutil.Process(self.pid).children(recursive=True)
        return found

    def kill(self) -> None:
        """SIGKILL the whole program at once, as a lost machine or the kernel would."""
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> Celery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        self._log.close()


def worker(environment: Mapping[str, str], log: Path, children: int = 2) -> Celery:
    """A worker with so many children, for all queues."""
    work = ["--queues=celery,captures,examinations", f"--concurrency={children}"]
    quiet = ["--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    return Celery(environment, log, "worker", *work, *quiet)


def beat(environment: Mapping[str, str], log: Path, schedule: Path) -> Celery:
    """The clock that makes the sweeper sweep."""
    return Celery(environment, log, "beat", "--loglevel=WARNING", f"--schedule={schedule}")


def wait_until(
    condition: Callable[[], bool], what: str | Callable[[], str], patience: float = PATIENCE
) -> None:
    """Look until the condition holds. Raises AssertionError saying what did not happen."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            told = what if isinstance(what, str) else what()
            raise AssertionError(f"waited {patience:.0f} s in vain until {told}")
        time.sleep(GLANCE)
