"""``python -m sources.archiving.egress``: the proxy as a program of its own, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import sys
from urllib.parse import urlsplit

import uvloop

from ..addresses import DEFAULT_PORTS, Rules
from ..policy import Egress
from .journal import Journal
from .proxy import Limits, Proxy

OPEN_FILES = 4096


def parser() -> argparse.ArgumentParser:
    """The command line; the environment gives the defaults, and alone the password."""
    found = argparse.ArgumentParser(
        prog="python -m sources.archiving.egress",
        description="The forward proxy that everything archived is fetched through. Writes a JSON line a connection.",
        epilog="EGRESS_PROXY (http://:PASSWORD@HOST:PORT) gives the password, and where to listen unless --listen "
        "does; ALLOWED_LOOPBACK is a comma-separated list of --allow-loopback.",
    )
    add = found.add_argument
    add("--listen", type=endpoint, metavar="HOST:PORT", help="the address to serve on")
    add(
        "--port",
        type=int,
        action="append",
        metavar="N",
        help=f"a port of origins (repeatable; {sorted(DEFAULT_PORTS)})",
    )
    add(
        "--allow-loopback",
        type=endpoint,
        action="append",
        metavar="HOST:PORT",
        help="one loopback exception (repeatable)",
    )
    add(
        "--connections",
        type=int,
        default=Limits.connections,
        metavar="N",
        help="how many at a time (%(default)s)",
    )
    return found


def endpoint(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``. Raises ValueError."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not parts.port:
        raise ValueError(f"expected HOST:PORT, got {text!r}")
    return parts.hostname, parts.port


def allowed_loopback(given: list[tuple[str, int]] | None, listed: str) -> frozenset[tuple[str, int]]:
    """The exceptions of the command line and of the environment. Raises ValueError."""
    return frozenset(
        [*(given or ()), *(endpoint(text.strip()) for text in listed.split(",") if text.strip())]
    )


async def serve(proxy: Proxy, host: str, port: int) -> None:
    """Serve until asked to stop. Raises OSError when the address cannot be had."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with await proxy.start(host, port):
        await stop.wait()
        await proxy.stop()


def main() -> int:
    """Read the arguments and serve; returns the exit status."""
    options = parser().parse_args()
    try:
        own = Egress.from_url(os.environ.get("EGRESS_PROXY", ""))
        loopback = allowed_loopback(options.allow_loopback, os.environ.get("ALLOWED_LOOPBACK", ""))
        rules = Rules(frozenset(options.port or DEFAULT_PORTS), loopback)
        proxy = Proxy(own.password, rules, Journal(sys.stdout), Limits(connections=options.connections))
    except ValueError as error:
        parser().error(f"EGRESS_PROXY or ALLOWED_LOOPBACK: {error}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    host, port = options.listen or (own.host, own.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(proxy, host, port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
