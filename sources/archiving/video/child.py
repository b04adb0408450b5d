"""Runs yt-dlp confined: ``python -m sources.archiving.video.child``, spoken to as ``items`` describes.

Nothing of the machine's own setting is used: no configuration, cookies, cache, plug-ins or other programs.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import sys
import threading
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from .guard import Guard, limit_this_process
from .items import Job


class Parent:
    """The archiver at the other end of the pipes."""

    def __init__(self, incoming: TextIO, outgoing: TextIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._orders: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True, name="orders").start()

    def tell(self, event: str, **facts: Any) -> None:
        """Send one event."""
        self._outgoing.write(json.dumps({"event": event, **facts}) + "\n")
        self._outgoing.flush()

    def order(self) -> Any:
        """Wait for the next order."""
        return self._orders.get()

    def _listen(self) -> None:
        for line in self._incoming:
            self._orders.put(json.loads(line))
        os._exit(1)  # nobody waits for the rest: however the archiver ended, this process ends with it


def confine(job: Job) -> Guard:
    """Limit this process, and let it reach only the proxy and its folder."""
    proxy = urlsplit(job["proxy"])
    host, port = proxy.hostname or "", proxy.port or 0
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = frozenset((str(sockaddr[0]), port) for *_, sockaddr in answers)
    limit_this_process(file_bytes=job["file_bytes"], cpu_seconds=job["cpu_seconds"])
    guard = Guard(host, addresses, Path(job["folder"]))
    guard.install()
    return guard


def main() -> None:
    """Answer one job."""
    # What libraries print must not be taken for events.
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    parent = Parent(sys.stdin, outgoing)
    job: Job = parent.order()
    guard = confine(job)
    from .extraction import Session  # yt-dlp is read under the guard already

    guard.refused.clear()  # what libraries try out while they are read is not the page's doing
    session = Session(job, parent.tell)
    parent.tell("found", found=session.find())
    session.download(parent.order()["download"])
    parent.tell("ended", refused=guard.refused)


if __name__ == "__main__":
    main()
