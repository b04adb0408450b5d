"""One program that is kept running: how it starts, and how it is made to end."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import Ladder, end_process, find_process
from config.supervision.warden import Warden, signal_group

# Asked twice: Celery waits for its tasks at the first and drops them at the second. Then the group is killed.
STOP_LADDER: Ladder = ((signal.SIGTERM, 8.0), (signal.SIGQUIT, 4.0))


@dataclass(frozen=True, eq=False)
class Program:
    """What to run: its name for people, its command, its whole environment, where its output goes."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class Child:
    """A program while it runs, in a session and process group of its own."""

    def __init__(self, program: Program, warden: Warden) -> None:
        """Start the program and entrust it to the warden."""
        self.program = program
        self._warden = warden
        self._process = start(program)
        warden.adopt_group(self._process.pid)

    @property
    def pid(self) -> int:
        """The process number, which is its group's too."""
        return self._process.pid

    def exit_status(self) -> int | None:
        """Return how it ended (a negative number names the signal), None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """End the program with all it started; returns when they are gone."""
        if process := find_process(self.pid):
            end_process(process, STOP_LADDER)
        self.clear()

    def clear(self) -> None:
        """Kill what is left of the group, and reap the program."""
        signal_group(self.pid, signal.SIGKILL)
        self._process.wait()
        self._warden.release_group(self.pid)


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start a program out of reach of the terminal's Ctrl-C: the supervisor decides the order of ends."""
    with program.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # commands are put together by us
            program.command,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def fresh_log(folder: Path, name: str) -> Path:
    """Return the log of a program, the last run's moved aside as `NAME.previous.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    if log.exists():
        log.replace(folder / f"{name}.previous.log")
    return log
