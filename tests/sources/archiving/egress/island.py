"""A machine with no network but its own, where everything that listens is a canary.

Run as a program in fresh network and mount namespaces (``unshare``), with one argument: ``guarded``, or ``open`` for a
proxy without rules. Prints JSON: for each way of asking, and each form of an address, the outcome and which canaries
sang.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from sources.archiving.addresses import Rules
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import ArchivingError
from sources.archiving.fetch import fetch_following
from sources.archiving.policy import FetchPolicy
from tests.sources.archiving.egress.forms import FORMS
from tests.way_out import PASSWORD, WayOut, running_way_out

PUBLIC = ("8.8.8.8", "2606:4700::1111")
INTERNAL = (
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1"),
    *(
        "fd00:ec2::254",
        "fc00::1",
        "fec0::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
    ),
)
PORTS = (80, 443, 8080, 22)
NAMES: dict[str, list[A | AAAA | CNAME]] = {
    "metadata.test.": [A("169.254.169.254")],
    "loop.test.": [A("127.0.0.1")],
    "unique-local.test.": [AAAA("fd00:ec2::254")],
    "mixed.test.": [A("8.8.8.8"), A("10.0.0.1")],
    "mixed6.test.": [A("8.8.8.8"), AAAA("fd00:ec2::254")],
    "mapped.test.": [AAAA("::ffff:7f00:1")],
    "alias.test.": [CNAME("loop.test.")],
    "alias-of-alias.test.": [CNAME("alias.test.")],
    "good.test.": [A("8.8.8.8"), AAAA("2606:4700::1111")],
    "good-alias.test.": [CNAME("good.test.")],
}
REBINDINGS = 20


class Anything(Rules):
    """No guard: what the canaries would hear if there were none."""

    def check_port(self, host: str, port: int) -> None:
        """Let it pass."""

    def check_answers(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Let it pass."""


class Zone(BaseResolver):  # type: ignore[misc]  # the library has no types
    """Answers for NAMES; ``rebind.test`` is public and loopback in turn."""

    def __init__(self) -> None:
        self._turn = 0

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        """Called by the server."""
        reply = request.reply()
        name, kind = str(request.q.qname).lower(), QTYPE[request.q.qtype]
        for owner, record in self._records(name, kind):
            reply.add_answer(RR(owner, getattr(QTYPE, type(record).__name__), ttl=0, rdata=record))
        if not reply.rr and name not in (*NAMES, "rebind.test."):
            reply.header.rcode = RCODE.NXDOMAIN
        return reply

    def _records(self, name: str, kind: str) -> Iterable[tuple[str, A | AAAA | CNAME]]:
        if name == "rebind.test." and kind == "A":
            self._turn += 1
            yield name, A("8.8.8.8" if self._turn % 2 else "127.0.0.1")
        for record in NAMES.get(name, []):
            if type(record).__name__ in (kind, "CNAME"):
                yield name, record
            if isinstance(record, CNAME):
                yield from self._records(str(record.label), kind)


class Canaries:
    """Listens on every address of the island; the public ones are ordinary servers, all else a canary."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        for port in PORTS:
            listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
            threading.Thread(target=self._listen, args=(listener,), daemon=True).start()

    def heard(self) -> list[str]:
        """The addresses that were connected to since the last call."""
        found, self._heard = self._heard, []
        return found

    def _listen(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            host, port = connection.getsockname()[:2]
            host = host.removeprefix("::ffff:")
            if host not in PUBLIC or port == 22:
                self._heard.append(f"{host} {port}")
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(5)
            line = connection.recv(65536).split(b"\r\n")[0]
            to = re.search(rb"/to\?(\S+) ", line)
            head = b"302 Found\r\nLocation: " + bytes.fromhex(to[1].decode()) if to else b"200 OK"
            connection.sendall(b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def run(*command: str) -> None:
    """Run a program to its end. Raises CalledProcessError."""
    subprocess.run(command, check=True)


def set_up(folder: Path) -> None:
    """Give the island its addresses, and a resolver that asks nobody else. Raises CalledProcessError."""
    run("ip", "link", "set", "lo", "up")
    for address in (*PUBLIC, *INTERNAL):
        run("ip", "address", "add", f"{address}/{128 if ':' in address else 32}", "dev", "lo")
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    run("mount", "--bind", str(resolver), str(Path("/etc/resolv.conf").resolve()))
    quiet = DNSLogger(logf=lambda line: None)
    DNSServer(Zone(), address="127.0.0.1", port=53, logger=quiet).start_thread()


def fetched(url: str, way_out: WayOut, folder: Path) -> str:
    """How a fetch ends: the status, or the error's code."""
    policy = FetchPolicy(egress=way_out.egress(), connect_seconds=5, idle_seconds=5)
    try:
        chain = fetch_following(url, policy=policy, deadline=Deadline.after(10), directory=folder)
    except ArchivingError as error:
        return error.code
    return str(chain[-1].status)


def asked(request: str, way_out: WayOut) -> str:
    """How the proxy itself answers a request whose line a browser, or an attacker, could have written."""
    token = b64encode(f"browser:{PASSWORD}".encode()).decode()
    text = f"{request} HTTP/1.1\r\nHost: example.org\r\nProxy-Authorization: Basic {token}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", way_out.port), timeout=10) as connection:
        connection.sendall(text.encode())
        connection.settimeout(10)
        answer = b""
        while b"\r\n\r\n" not in answer and (data := connection.recv(65536)):
            answer += data
    code = re.search(rb"Sightline-Error: (\S+)", answer)
    return code[1].decode() if code else answer.split(b" ")[1].decode()


def with_port(form: str) -> str:
    """The form with a port, as CONNECT needs one."""
    return form if re.search(r":[^\[\]:.]+\Z", form) and not form.startswith("::") else f"{form}:80"


def main() -> None:
    """Ask for everything in every way, and print what came of it."""
    folder = Path(tempfile.mkdtemp())
    set_up(folder)
    rules = Anything() if sys.argv[1] == "open" else None
    canaries = Canaries()
    with running_way_out(rules=rules) as way_out:
        ways: dict[str, Callable[[str], str]] = {
            "direct": lambda form: fetched(f"http://{form}/", way_out, folder),
            "redirect": lambda form: fetched(
                f"http://8.8.8.8/to?{f'http://{form}/'.encode().hex()}", way_out, folder
            ),
            "tunnel": lambda form: asked(f"CONNECT {with_port(form)}", way_out),
            "plain": lambda form: asked(f"GET http://{form}/", way_out),
        }
        found = {way: {form: (ask(form), canaries.heard()) for form in FORMS} for way, ask in ways.items()}
        found["rebinding"] = {
            str(turn): (fetched("http://rebind.test/", way_out, folder), canaries.heard())
            for turn in range(REBINDINGS)
        }
        good = ("8.8.8.8", "[2606:4700::1111]", "good.test", "good-alias.test")
        found["good"] = {form: (ways["direct"](form), canaries.heard()) for form in good}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
