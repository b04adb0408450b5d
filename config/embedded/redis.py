"""Redis on a loopback port, behind a password made at each start.

It only carries messages that may be lost, so it writes to disk seldom and keeps no append-only file.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

from config.embedded.processes import wait_for

START_SECONDS = 20.0


@dataclass(frozen=True)
class RedisPlan:
    """How a server is to be started: its command, and the URL under which it will answer."""

    command: Sequence[str]
    url: str


def plan_redis(executable: Path, folder: Path) -> RedisPlan:
    """Choose a port and a password, write the configuration into `folder`, and return how to start."""
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    configuration = folder / "redis.conf"
    write_private(configuration, redis_configuration(folder, port, password))
    return RedisPlan((str(executable), str(configuration)), f"redis://:{password}@127.0.0.1:{port}/0")


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, also while it is being written."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def redis_configuration(folder: Path, port: int, password: str) -> str:
    """Return the server's configuration file."""
    return f"""\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder.resolve()}"
daemonize no
save 900 1
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
"""


def redis_answers(url: str) -> bool:
    """Tell whether the server at `url` answers a PING with that password."""
    with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def wait_until_redis_answers(url: str) -> bool:
    """Wait for the server at `url`; tell whether it answered in time."""
    return wait_for(lambda: redis_answers(url), START_SECONDS)
