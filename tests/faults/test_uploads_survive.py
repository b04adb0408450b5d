"""A client and a server are killed while a large file is on its way: it goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest
from pytest_django import Settings

from config.embedded.redis import free_port
from config.instance import web_command
from config.supervision.reachable import answers_ok
from osint.models import User
from sources import incoming
from sources.models import Capture, Upload
from sources.services import uploads
from sources.services.uploads import begin_upload
from tests import cast
from tests.clients import token_of
from tests.processes import ROOT, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

SIZE = 96 * 1024 * 1024
#: Sends its file slower and slower, so that it is certainly under way when it is killed.
CLIENT = """
import sys, time
from http.client import HTTPConnection
port, place, token, path, offset, size = sys.argv[1:]
connection = HTTPConnection("127.0.0.1", int(port))
connection.putrequest("PATCH", place)
for name, value in {
    "Authorization": f"Bearer {token}", "Content-Type": "application/offset+octet-stream",
    "Upload-Offset": offset, "Content-Length": str(int(size) - int(offset)),
}.items():
    connection.putheader(name, value)
connection.endheaders()
with open(path, "rb") as file:
    file.seek(int(offset))
    connection.send(file.read(70 * 1024 * 1024))
    print("sent", flush=True)
    time.sleep(3600)
"""


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film"
    path.write_bytes(os.urandom(1024 * 1024) * (SIZE // (1024 * 1024)))
    return path


@pytest.fixture
def places(settings: Settings, tmp_path: Path, child_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a web server that shares the test's folder for uploads."""
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    return child_environment | {"SIGHTLINE_UPLOADS": str(settings.UPLOAD_ROOT), "SIGHTLINE_LOCAL": "1"}


@contextmanager
def served(environment: dict[str, str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A web server that answers, in a process group of its own; killed at the end of the block."""
    with log.open("ab") as sink:
        command = [sys.executable, *web_command(port)]
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=sink, stderr=sink, start_new_session=True
        )
        try:
            wait_until(lambda: answers_ok(port, "/health/live"), "the web server answers")
            yield server
        finally:
            kill(server)


def kill(server: subprocess.Popen[bytes]) -> None:
    """SIGKILL the whole group at once; once more is no error."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@contextmanager
def sending(
    port: int, upload: Upload, token: str, path: Path, offset: int
) -> Iterator[subprocess.Popen[str]]:
    """A client that has sent a part and holds the rest back."""
    arguments = [str(port), place_of(upload), token, str(path), str(offset), str(SIZE)]
    client = subprocess.Popen([sys.executable, "-c", CLIENT, *arguments], stdout=subprocess.PIPE, text=True)
    with client:
        assert client.stdout is not None
        assert client.stdout.readline() == "sent\n"
        try:
            yield client
        finally:
            client.kill()


def place_of(upload: Upload) -> str:
    return f"/api/v1/investigations/{upload.investigation.slug}/uploads/{upload.pk}/"


def received(upload: Upload) -> int:
    return Upload.objects.get(pk=upload.pk).received


def begun(team: cast.Team) -> Upload:
    return begin_upload(cast.publication(team), actor=team.researcher, filename="film.mp4", size=SIZE)


def finish(upload: Upload, actor: User, path: Path, port: int) -> int:
    """Ask how far it is and send the rest in one request; returns the status."""
    token, place = token_of(actor), place_of(upload)
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("HEAD", place, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    offset = int(answer.headers["Upload-Offset"])
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
    }
    connection.request("PATCH", place, path.read_bytes()[offset:], headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_killed_client_loses_nothing_that_arrived(
    places: dict[str, str], film: Path, tmp_path: Path, port: int
) -> None:
    team = cast.team()
    upload = begun(team)
    with served(places, port, tmp_path / "web.log"):
        with sending(port, upload, token_of(team.researcher), film, 0) as client:
            wait_until(lambda: received(upload) > 0, "a part is acknowledged")
            client.kill()
        wait_until(lambda: received(upload) == 70 * 1024 * 1024, "all that was sent is acknowledged")
        assert finish(upload, team.researcher, film, port) == 204

    assert incoming.path_of(upload.pk).read_bytes() == film.read_bytes()
    assert Capture.objects.get().upload == upload


def test_killed_server_keeps_what_it_acknowledged(
    places: dict[str, str], film: Path, tmp_path: Path, port: int
) -> None:
    team = cast.team()
    upload = begun(team)
    with (
        served(places, port, tmp_path / "web.log") as server,
        sending(port, upload, token_of(team.researcher), film, 0),
    ):
        wait_until(lambda: received(upload) >= 2 * uploads.CHECKPOINT_BYTES, "two parts are acknowledged")
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()

    assert received(upload) == 2 * uploads.CHECKPOINT_BYTES
    with served(places, port, tmp_path / "web.log"):
        assert finish(upload, team.researcher, film, port) == 204
    assert incoming.path_of(upload.pk).read_bytes() == film.read_bytes()


def test_memory_of_the_server_does_not_hold_the_body(
    places: dict[str, str], film: Path, tmp_path: Path, port: int
) -> None:
    team = cast.team()
    upload = begun(team)
    with served(places, port, tmp_path / "web.log") as server:
        before = memory_of(server.pid)
        with sending(port, upload, token_of(team.researcher), film, 0):
            wait_until(lambda: received(upload) >= 2 * uploads.CHECKPOINT_BYTES, "two parts are acknowledged")
            grown = memory_of(server.pid) - before
    assert grown < 40 * 1024 * 1024


def memory_of(pid: int) -> int:
    """Resident bytes of the server's processes."""
    server = psutil.Process(pid)
    return sum(process.memory_info().rss for process in [server, *server.children(recursive=True)])
