"""The process that runs yt-dlp can do what it must, and nothing else. Tried in real processes: a hook stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sources.archiving.video.conversation import IMPORT_ROOT
from tests.webserver import Server, response

TRIAL = """
import os, socket, subprocess, sys, urllib.request
from pathlib import Path
from sources.archiving.video.guard import Guard, limit_this_process
host, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
guard = Guard(host, frozenset({(host, port)}), folder)
if "unguarded" not in sys.argv:
    guard.install()
limit_this_process(file_bytes=100_000, cpu_seconds=5)
try:
    exec(sys.argv[4])
except PermissionError as error:
    print("refused", error)
except OSError as error:
    print("failed", error.errno)
else:
    print("done")
"""


def trial(server: Server, folder: Path, code: str, *options: str) -> str:
    """The first word of what came of ``code`` where ``server`` is the way out."""
    command = [sys.executable, "-c", TRIAL, "127.0.0.1", str(server.port), str(folder), code, *options]
    done = subprocess.run(command, cwd=IMPORT_ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout, done.stderr
    return done.stdout.split()[0]


FORBIDDEN = {
    "another host": "socket.create_connection(('127.0.0.2', port), 1)",
    "another port": "socket.create_connection((host, 9), 1)",
    "a look-up": "socket.getaddrinfo('example.org', 80)",
    "an old look-up": "socket.gethostbyname('localhost')",
    "a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', (host, port))",
    "a listener": "socket.socket().bind((host, 0))",
    "a Unix socket": "socket.socket(socket.AF_UNIX).connect('/run/x')",
    "a program": "subprocess.run(['true'])",
    "a shell": "os.system('true')",
    "another self": "os.posix_spawn('/bin/true', ['true'], {})",
    "a fork": "os.fork() or os._exit(0)",
    "becoming another": "os.execv('/bin/true', ['true'])",
    "a file elsewhere": "Path('/tmp/sightline-guard-trial').write_text('x')",
    "a way around": "(folder / '..' / 'x').write_text('x')",
}
ALLOWED = {
    "the way out": "socket.create_connection((host, port), 5).close()",
    "its look-up": "socket.getaddrinfo(host, port)",
    "a file of its own": "(folder / 'x').write_text('x')",
    "reading": "Path('/etc/hostname').read_bytes()",
}


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=FORBIDDEN)
def test_this_is_refused(server: Server, workdir: Path, code: str) -> None:
    assert trial(server, workdir, code) == "refused"


@pytest.mark.parametrize("code", ALLOWED.values(), ids=ALLOWED)
def test_this_is_allowed(server: Server, workdir: Path, code: str) -> None:
    assert trial(server, workdir, code) == "done"


@pytest.mark.parametrize("name", ["a program", "a datagram", "a listener", "an old look-up"])
def test_without_the_guard_it_would_be_done(server: Server, workdir: Path, name: str) -> None:
    assert trial(server, workdir, FORBIDDEN[name], "unguarded") == "done"


def test_a_file_beyond_the_limit_fails(server: Server, workdir: Path) -> None:
    assert trial(server, workdir, "(folder / 'x').write_bytes(bytes(200_000))") == "failed"


def test_the_guard_holds_for_what_yt_dlp_does(server: Server, workdir: Path) -> None:
    server.routes["/"] = response(b"x")
    code = (
        "from yt_dlp import YoutubeDL; YoutubeDL({'quiet': True, 'proxy': ''}).urlopen('http://127.0.0.2:9/')"
    )
    guarded = f"""
try:
    {code}
except Exception as error:
    assert any('127.0.0.2' in said for said in guard.refused), guard.refused
"""
    assert trial(server, workdir, guarded) == "done"
