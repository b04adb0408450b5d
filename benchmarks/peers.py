"""Other archivers, run as their users run them, in environments of their own.

Each is looked for in `benchmarks/.peers/NAME` (or where SIGHTLINE_PEERS points): `make peers` puts them there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own

from config.embedded.browser import chromium_executable
from config.embedded.errors import BinaryUnavailableError
from sources.archiving.media import ffmpeg_path

PEERS = Path(os.environ.get("SIGHTLINE_PEERS") or Path(__file__).resolve().parent / ".peers")
LONGEST_SECONDS = 600
#: Who keeps less of a page has failed, however fast: a page's video alone is a megabyte, a picture of it a tenth.
LEAST_BYTES = 50_000
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR")


class PeerMissingError(Exception):
    """A peer is not installed; the message says where it was looked for."""


@dataclass(frozen=True)
class Outcome:
    """Seconds that a peer took, pages it was given, and bytes it left on the disk.

    One that was ended before it had finished would have taken longer: its rate is less than what is said here.
    """

    seconds: float
    pages: int
    kept_bytes: int
    was_ended: bool = False

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


Run = Callable[[Sequence[str], Path], Outcome]


def auto_archiver(urls: Sequence[str], folder: Path) -> Outcome:
    """Its generic extractor (yt-dlp), with hashes, into a local folder."""
    return _auto_archiver(_program("auto-archiver", "bin/auto-archiver"), "generic_extractor", urls, folder)


def auto_archiver_with_browser(urls: Sequence[str], folder: Path) -> Outcome:
    """Its extractor that drives a browser (SeleniumBase), with hashes, into a local folder."""
    program = _program("auto-archiver", "bin/auto-archiver")
    try:
        browser = chromium_executable()
    except BinaryUnavailableError as error:
        raise PeerMissingError(f"needs a browser: {error}") from error
    for needed in ("chromedriver", "Xvfb"):
        if not shutil.which(needed):
            raise PeerMissingError(f"needs {needed} beside {browser}")
    return _auto_archiver(program, "antibot_extractor_enricher", urls, folder)


def archivebox(urls: Sequence[str], folder: Path) -> Outcome:
    """All that it does without Chrome and without services of others."""
    return _archivebox(urls, folder, {"USE_CHROME": "False"})


def archivebox_with_chrome(urls: Sequence[str], folder: Path) -> Outcome:
    """Screenshot, PDF and DOM by Chrome besides."""
    try:
        browser = chromium_executable()
    except BinaryUnavailableError as error:
        raise PeerMissingError(f"needs a browser: {error}") from error
    return _archivebox(
        urls, folder, {"USE_CHROME": "True", "CHROME_BINARY": str(browser), "CHROME_SANDBOX": "False"}
    )


def _auto_archiver(program: Path, extractor: str, urls: Sequence[str], folder: Path) -> Outcome:
    steps = (
        *("--feeders", "cli_feeder", "--extractors", extractor, "--enrichers", "hash_enricher"),
        *("--databases", "console_db", "--storages", "local_storage", "--formatters", "mute_formatter"),
    )
    kept = ("--local_storage.save_to", str(folder / "kept"))
    (folder / "orchestration.yaml").write_text("{}")
    settings = ("--config", "orchestration.yaml", "--logging.level", "ERROR", "--no-store")
    return _timed([str(program), *settings, *steps, *kept, *urls], folder, len(urls), _with_ffmpeg(folder))


def _archivebox(urls: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Outcome:
    program = _program("archivebox", "bin/archivebox")
    environment = {
        "SAVE_ARCHIVE_DOT_ORG": "False",
        "SAVE_GIT": "False",
        "YOUTUBEDL_BINARY": str(program.parent / "yt-dlp"),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        **settings,
    }
    _call([str(program), "init"], folder, environment)
    return _timed([str(program), "add", "--depth=0", *urls], folder, len(urls), environment)


def _program(peer: str, name: str) -> Path:
    program = PEERS / peer / name
    if not program.is_file():
        raise PeerMissingError(f"not installed: expected {program} (make peers)")
    return program


def _timed(
    command: Sequence[str], folder: Path, pages: int, environment: Mapping[str, str] | None = None
) -> Outcome:
    started = time.monotonic()
    was_ended = not _call(command, folder, environment or {})
    seconds = time.monotonic() - started
    kept = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if kept < pages * LEAST_BYTES and not was_ended:
        raise PeerMissingError(
            f"failed, as it kept {kept} bytes of {pages} pages: see {folder.with_suffix('.log')}"
        )
    return Outcome(seconds, pages, kept, was_ended)


def _as_nobody(command: Sequence[str]) -> Sequence[str]:
    """The command for somebody who is not root, whom one of the peers refuses; its files stay readable so."""
    return ["unshare", "--user", *command] if os.geteuid() == 0 else command


def _with_ffmpeg(folder: Path) -> Mapping[str, str]:
    """A PATH on which the peer finds the ffmpeg that we have."""
    ffmpeg = ffmpeg_path()
    if ffmpeg is None:
        raise PeerMissingError("needs ffmpeg")
    (folder / "bin").mkdir()
    (folder / "bin" / "ffmpeg").symlink_to(ffmpeg)
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    """Of our environment what any program needs: our settings would be taken for the peer's."""
    return {name: environment[name] for name in KEPT_VARIABLES if name in environment}


def _call(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> bool:
    """Run the peer's command; False where it had to be ended, with all that it had started, for want of time."""
    with (
        folder.with_suffix(".log").open("ab") as log,
        subprocess.Popen(  # noqa: S603  # the peers' own programs
            _as_nobody(command),
            cwd=folder,
            env={**_own(os.environ), "HOME": str(folder), "USER": "peer", **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            _end_all(at_home=folder)
            return False
    return True


def _end_all(*, at_home: Path) -> None:
    """End what was started with this home: browsers leave the group of whoever started them, and stay."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == str(at_home):
                process.kill()
