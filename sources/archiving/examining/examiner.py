"""Having files examined: the side that trusts nothing it is told."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from ..errors import ArchivingError
from .nursery import CHILD_SECONDS
from .tasks import Examined, Task, read_result

START_SECONDS = 60.0
GRACE_SECONDS = 15.0
LINE_BYTES = 64 * 1024
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
PACKAGES = Path(__file__).resolve().parents[3]
ENDS = {-signal.SIGALRM: "it took too long", -signal.SIGXCPU: "it took too much processor time"}


class ExaminerError(ArchivingError):
    """The examining processes do not work on this machine at this moment."""

    code = "examiner_failed"
    permanent = False


class Examiner:
    """Processes that read untrusted files, and the way to them. For one thread; starts them when first asked.

    ``warm`` is for many files: the libraries are loaded before the first one, and never again.
    """

    def __init__(self, *, warm: bool = False) -> None:
        self._arguments = ["--warm"] if warm else []
        self._process: subprocess.Popen[bytes] | None = None
        self._network: list[str] = []
        self.protections: tuple[str, ...] = ()

    def __enter__(self) -> Examiner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def examine(self, task: Task) -> Examined:
        """What was read of the task's file. A file that cannot be read, or kills its process, has a ``note``.

        Raises ExaminerError when it is not the file's fault.
        """
        answer = self._asked(task.line())
        if answer is None:
            self.close()
            return Examined(note="the file could not be read in time")
        self.protections = (*self._network, *map(str, answer["protections"]))
        if answer["status"] != 0:
            return Examined(note=_why(answer["status"]))
        try:
            return read_result(task.folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return Examined(note=f"what was read of the file makes no sense: {type(error).__name__}")

    def close(self) -> None:
        """End the processes. Calling it twice does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # a pipe that broke while something was still to be written
                cast("IO[bytes]", pipe).close()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _asked(self, line: str) -> dict[str, Any] | None:
        """The answer to a line; None when it does not come in time. Raises ExaminerError."""
        process = self._running()
        try:
            cast("IO[bytes]", process.stdin).write(line.encode())
            cast("IO[bytes]", process.stdin).flush()
            return _answer(process, CHILD_SECONDS + GRACE_SECONDS)
        except (OSError, ValueError) as error:
            self.close()
            raise ExaminerError(f"expected an answer, the process ended: {error}") from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._process = _started(self._arguments)
        try:
            ready = _answer(self._process, START_SECONDS)
        except ValueError:
            ready = None
        if ready is None:
            self.close()
            raise ExaminerError("expected an examining process to start, it did not")
        self._network = list(map(str, ready["protections"]))
        return self._process


def _started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "sources.archiving.examining.nursery", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=PACKAGES,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise ExaminerError(f"expected an examining process to start, got {error.strerror}") from error


def _answer(process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any] | None:
    """The next line the process says, or None if it says nothing for so long. Raises ValueError at its end."""
    pipe = cast("IO[bytes]", process.stdout)
    if not select.select([pipe], [], [], seconds)[0]:
        return None
    line = pipe.readline(LINE_BYTES)
    if not line:
        raise ValueError("the end of the process")
    return cast("dict[str, Any]", json.loads(line))


def _environment() -> dict[str, str]:
    """What it takes to start; the rest of our environment may hold passwords. One thread: the process will fork."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _why(status: int) -> str:
    if status in ENDS:
        return f"the file could not be read: {ENDS[status]}"
    return "the file could not be read within its limits"
