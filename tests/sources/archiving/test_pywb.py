"""pywb, a replay system of others, shows a page out of a WACZ of ours with its picture and its script."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from config.embedded.redis import free_port
from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest, Role
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from sources.archiving.splices import open_frame
from tests.judges import MISSING, are_here, judge
from tests.processes import wait_until
from tests.webserver import Server, response

from .harvesting import files
from .pages import picture

pytestmark = pytest.mark.skipif(not are_here(), reason=MISSING)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Крыша</title>
<script src="/lively.js"></script></head><body><h1>A launcher on a roof</h1>
<p>Long enough to be taken for an article by whoever judges what a capture holds, and so it goes on a little.</p>
<img src="/roof.png" alt=""></body></html>""".encode()
SCRIPT = b"document.title = 'changed';\n"
ANSWER_SECONDS = 20


@pytest.fixture
def harvest(server: Server, policy: FetchPolicy, workdir: Path) -> Harvest:
    """A capture of a page with a picture and a script."""
    server.routes |= {
        "/": response(PAGE),
        "/lively.js": response(SCRIPT, media_type="text/javascript"),
        "/roof.png": response(picture("PNG"), media_type="image/png"),
    }
    return archive_page(server.url(), policy=policy, workdir=workdir, deadline=Deadline.after(60))


@pytest.fixture
def collection(harvest: Harvest, tmp_path: Path) -> str:
    """The folder of a collection with the WARCs out of the capture's WACZ; pywb makes the index by itself."""
    folder = tmp_path / "pywb"
    with zipfile.ZipFile(whole_wacz(harvest, tmp_path / "capture.wacz")) as wacz:
        warcs = [wacz.extract(name, folder) for name in wacz.namelist() if name.startswith("archive/")]
    for command in (("init", "ours"), ("add", "ours", *warcs)):
        subprocess.run([str(judge("wb-manager")), *command], cwd=folder, check=True, capture_output=True)
    return str(folder)


@pytest.fixture
def wayback(collection: str, tmp_path: Path) -> Iterator[str]:
    """The address of a running pywb."""
    port = free_port()
    with (tmp_path / "pywb.log").open("wb") as log:
        command = [str(judge("wayback")), "--bind", "127.0.0.1", "--port", str(port)]
        with subprocess.Popen(command, cwd=collection, stdout=log, stderr=log) as server:
            try:
                url = f"http://127.0.0.1:{port}"
                wait_until(lambda: answers(url), "pywb answers")
                yield url
            finally:
                server.terminate()


def whole_wacz(harvest: Harvest, path: Path) -> Path:
    """The capture's WACZ in one piece."""
    (wacz,) = files(harvest, Role.WACZ)
    with open_frame(wacz.path, wacz.size, wacz.splices) as source:
        path.write_bytes(source.read())
    return path


def answers(url: str) -> bool:
    try:
        return bool(get(f"{url}/"))
    except (URLError, ConnectionError):
        return False


def get(url: str) -> bytes:
    with urlopen(url, timeout=ANSWER_SECONDS) as answer:
        content: bytes = answer.read()
    return content


def test_the_page_is_found_in_its_index(wayback: str, server: Server) -> None:
    line = json.loads(get(f"{wayback}/ours/cdx?url={server.url()}&output=json").splitlines()[0])
    assert (line["url"], line["status"]) == (server.url(), "200")


def test_the_page_is_replayed_with_addresses_that_lead_into_the_archive(wayback: str, server: Server) -> None:
    page = get(f"{wayback}/ours/mp_/{server.url()}").decode()
    assert "A launcher on a roof" in page
    assert "wombat" in page
    assert "/ours/" in page.split('src="/roof.png"')[0]


@pytest.mark.parametrize(("path", "modifier"), [("/roof.png", "im_"), ("/lively.js", "id_"), ("/", "id_")])
def test_what_is_replayed_is_what_was_served(wayback: str, server: Server, path: str, modifier: str) -> None:
    served = {"/": PAGE, "/lively.js": SCRIPT, "/roof.png": picture("PNG")}[path]
    assert get(f"{wayback}/ours/{modifier}/{server.url(path)}") == served


def test_the_script_is_replayed_as_a_script(wayback: str, server: Server) -> None:
    assert SCRIPT.strip() in get(f"{wayback}/ours/js_/{server.url('/lively.js')}")
