"""The README keeps its word: its lines of curl are run as they stand, and its tables name everything there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from osint import health
from seeds.standins.server import StandinServer
from sources import storage
from tests import cast
from tests.clients import token_of
from tests.processes import worker
from tests.way_out import allowed

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/adr/*.md")]
LINES = "\n".join(re.findall(r"^```bash\n(.*?)^```", README, re.DOTALL | re.MULTILINE))
PRINTED = re.findall(r"^# prints (.+)$", LINES, re.MULTILINE)
WORDS = "The launcher stood by the road near the pond when the bus came past it in the morning. " * 5
SECONDS = 60


def picture() -> bytes:
    held = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[StandinServer]:
    """A page with a picture."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "picture.png").write_bytes(picture())
    (folder / "page.html").write_text(
        f"<!doctype html><html lang=en><title>A road</title><p>{WORDS}</p><img src=picture.png></html>"
    )
    with StandinServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def checkout(
    live_server: object, site: StandinServer, child_environment: dict[str, str], tmp_path: Path
) -> Iterator[Path]:
    """A folder with what the lines look for: the note of a running instance whose case holds what they name."""
    team = cast.team("moscow-air-defence")
    cast.equipment()
    cast.place(slug="zarechye-odintsovo")
    cast.publication(team, f"{site.url}page.html", kind="video")
    folder = tmp_path / "checkout"
    (folder / "var").mkdir(parents=True)
    ready = {"url": str(live_server), "token": token_of(team.researcher)}
    (folder / "var" / "ready.json").write_text(json.dumps(ready))
    with (
        allowed("127.0.0.1", site.server_address[1]),
        worker(child_environment, tmp_path / "worker.log"),
    ):
        yield folder
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


@pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="the lines need bash and curl"
)
@pytest.mark.django_db(transaction=True)
def test_its_lines_of_curl_print_what_it_says(checkout: Path) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", LINES],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == PRINTED


def named_in(path: str, pattern: str) -> set[str]:
    found = set(re.findall(pattern, (ROOT / path).read_text(encoding="utf-8")))
    assert found, f"{path} has changed its form"
    return found


def test_every_variable_of_the_settings_is_in_it() -> None:
    read = named_in("config/settings.py", r"""(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)\"""")
    assert sorted(name for name in read if f"`{name}`" not in README) == []


def test_every_system_check_is_in_it() -> None:
    ids = named_in("config/checks.py", r"sightline\.E\d{3}")
    assert sorted(id_ for id_ in ids if f"| `{id_}` |" not in README) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_documents_name_only_files_that_are_there() -> None:
    """Names in code type that look like a path of ours."""
    rooms = "config|osint|sources|sightings|seeds|tests|docs"
    paths = re.compile(rf"`((?:{rooms})/[\w./-]+)`")
    named = {
        (document.name, path) for document in DOCUMENTS for path in paths.findall(document.read_text("utf-8"))
    }
    assert sorted((document, path) for document, path in named if not (ROOT / path).exists()) == []


def test_defaults_of_limits_are_the_settings() -> None:
    """A spot check where the table gives a plain number."""
    for name in ("CAPTURE_MAX_ATTEMPTS", "CAPTURE_MAX_CRASHES", "CAPTURE_MAX_REQUISITES"):
        assert f"| `{name}` | {getattr(settings, name)} |" in README


def test_steps_of_the_start_are_those_that_it_says() -> None:
    source = (ROOT / "config" / "instance.py").read_text(encoding="utf-8")
    shown = re.findall(r"^✓ (.+?) +[0-9.]+ s$", README, re.MULTILINE)

    assert shown == re.findall(r'\.step\("(.+)"\)', source)


def test_what_readiness_asks_is_named() -> None:
    sentence = next(line for line in README.splitlines() if line.startswith("`GET /health/live`")).lower()

    assert [name for name in health.examine() if name not in sentence] == []
