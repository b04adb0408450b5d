"""Loopback ports: which are free, and which was chosen earlier."""

import json
import socket
from pathlib import Path

from config.embedded.redis import free_port
from config.embedded.services import write_private_json
from config.supervision.errors import PortTakenError


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT can be bound
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(port: int, advice: str) -> None:
    """Raise PortTakenError, with `advice`, when somebody listens on the port."""
    if not is_free(port):
        raise PortTakenError(f"Port {port} on 127.0.0.1 is taken by another program; {advice}")


def remembered_port(path: Path, preferred: int) -> int:
    """Return the port noted in `path`; the first time choose `preferred`, or a free one, and note it.

    Addresses on this port are kept in the database, so it has to stay the same.
    """
    try:
        return int(json.loads(path.read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        port = preferred if is_free(preferred) else free_port()
        write_private_json(path, {"port": port})
        return port
