"""Clears up after a supervisor that was killed, so that not even SIGKILL leaves a process behind.

Runs as `python -m config.supervision.warden`, in a session of its own, and reads lines from the supervisor:

    + 4711                  this process group belongs to you
    - 4711                  it has ended
    postgres /path/to/data  this server belongs to you

When the pipe closes, whatever the reason, what is still on its list is ended. A pipe works on every system,
reaches grandchildren, and cannot be forgotten; the parent-death signal of Linux does none of these.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]  # ships no types

from config.embedded.processes import is_gone, wait_for

GROUP_STOP_SECONDS = 5.0


class Warden:
    """The supervisor's end of the pipe."""

    def __init__(self, keep_open: Iterable[IO[str]] = ()) -> None:
        """Start the warden; it holds `keep_open` files open (and thereby their locks) until it has ended."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.supervision.warden"],
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
            pass_fds=[file.fileno() for file in keep_open],
        )

    def adopt_group(self, group: int) -> None:
        """Entrust a process group."""
        self._tell(f"+ {group}")

    def release_group(self, group: int) -> None:
        """Take back a process group that has ended: its number may be used again."""
        self._tell(f"- {group}")

    def adopt_postgres(self, data: Path) -> None:
        """Entrust the PostgreSQL server of a data folder."""
        self._tell(f"postgres {data}")

    def dismiss(self) -> None:
        """Close the pipe and wait until the warden has ended what was left, and itself."""
        with suppress(BrokenPipeError):
            self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  # opened by the constructor
        with suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")


class Charges:
    """What the warden has to end."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.postgres: list[Path] = []

    def obey(self, line: str) -> None:
        """Note one line of the supervisor's."""
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "+":
            self.groups.append(int(rest))
        elif word == "-":
            with suppress(ValueError):  # a warden that stumbles protects nobody
                self.groups.remove(int(rest))
        elif word == "postgres":
            self.postgres.append(Path(rest))

    def end(self) -> None:
        """End the groups, then the databases they used."""
        end_groups(self.groups)
        for data in self.postgres:
            # Imported late: the warden waits for hours, and this is most of its memory.
            from config.embedded.postgres import stop_postgres

            stop_postgres(data)


def end_groups(groups: Sequence[int]) -> None:
    """Ask process groups to end, then kill what did not."""
    for group in groups:
        signal_group(group, signal.SIGTERM)
    wait_for(lambda: not living_members(groups), GROUP_STOP_SECONDS)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def living_members(groups: Sequence[int]) -> list[psutil.Process]:
    """Return the processes in the groups, without those that have ended and are not yet reaped."""
    return [
        process for process in psutil.process_iter() if group_of(process) in groups and not is_gone(process)
    ]


def group_of(process: psutil.Process) -> int | None:
    """Return the process group; None when the process has ended."""
    try:
        return os.getpgid(process.pid)
    except OSError:
        return None


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to whoever is left of a process group."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(group, number)


def main() -> None:
    """Note what the supervisor says until it says no more, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it has to outlive the supervisor
    charges = Charges()
    for line in sys.stdin:
        charges.obey(line)
    charges.end()


if __name__ == "__main__":
    main()
