"""What the process that runs yt-dlp may do: talk to the way out, write into its folder, and nothing else.

An audit hook (PEP 578) cannot be taken off again. It holds against what a page talks yt-dlp into (other hosts,
programs, files), not against native code; the limits of the operating system stand behind it.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MEMORY_BYTES = 2048 * 1024 * 1024
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Ways to another program, and ways around the proxy that no HTTP client needs.
FORBIDDEN = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
        "socket.bind",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
    }
)

Arguments = tuple[Any, ...]


class Guard:
    """The hook. ``refused`` lists what was asked for in vain, in the words of the audit events.

    ``addresses`` are the proxy's (address, port) pairs, ``host`` its name, ``folder`` where files may be written.
    """

    def __init__(self, host: str, addresses: frozenset[tuple[str, int]], folder: Path) -> None:
        self.refused: list[str] = []
        self._host = host
        self._addresses = addresses
        self._folder = str(folder.resolve()) + os.sep
        self._checks: Mapping[str, Callable[[Arguments], bool]] = {
            "socket.connect": self._may_connect,
            "socket.getaddrinfo": self._may_look_up,
            "open": self._may_open,
        }

    def install(self) -> None:
        """From now on, for good. What is refused raises PermissionError where it was asked for."""
        sys.addaudithook(self.check)

    def check(self, event: str, arguments: Arguments) -> None:
        """Raise PermissionError for what is not allowed."""
        check = self._checks.get(event)
        if event in FORBIDDEN or (check is not None and not check(arguments)):
            said = f"{event} {_shown(arguments)}"[:300]
            if event != "open":  # caches that libraries fail to write say nothing about the page
                self.refused.append(said)
            raise PermissionError(f"expected only the way out and the folder to be used, got {said}")

    def _may_connect(self, arguments: Arguments) -> bool:
        address = arguments[1]
        return isinstance(address, tuple) and address[:2] in self._addresses

    def _may_look_up(self, arguments: Arguments) -> bool:
        host = arguments[0]
        return (host.decode("ascii", "replace") if isinstance(host, bytes) else host) == self._host

    def _may_open(self, arguments: Arguments) -> bool:
        path, _, flags = arguments
        if isinstance(path, int) or not (flags or 0) & WRITING:
            return True
        name = os.path.realpath(os.fsdecode(path))
        return name == os.devnull or name.startswith(self._folder)


def _shown(arguments: Arguments) -> str:
    """The first two that say something: sockets are nothing to read."""
    return ", ".join(
        [repr(argument) for argument in arguments if not isinstance(argument, socket.SocketType)][:2]
    )


def limit_this_process(*, file_bytes: int, cpu_seconds: int) -> None:
    """Lower the limits on one file (bytes), processor time (s), memory and core dumps."""
    wanted = {
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS but refuses to lower it below what is mapped; the other limits hold.
            continue
