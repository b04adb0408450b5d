"""Starting Chromium so that it talks to us alone, reaches nothing directly, and ends when we end."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from sources.archiving.policy import BrowserProgram

from .errors import BrowserUnavailableError
from .pipe import Pipe

KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "LANG", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
FIRST_FREE_DESCRIPTOR = 10
END_SECONDS = 5.0
SETTLING_SECONDS = 60.0
PROFILE_PREFIX = "sightline-browser-"

# Chromium keeps to its proxy for pages, but has other mouths: these are shut.
SHUT = (
    "--remote-debugging-pipe",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--deny-permission-prompts",
    "--disable-features=MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater,"
    "DialMediaRouteProvider,Translate,InterestFeedContentSuggestions,AsyncDns,DnsOverHttpsUpgrade,Prerender2,"
    "NetworkTimeServiceQuerying",
)


class BrowserProcess:
    """A Chromium with a profile that lasts as long as it does.

    It leads a process group of its own. When the pipe closes, however this process ended, Chromium ends.
    """

    def __init__(self, program: BrowserProgram, *, proxy_host: str) -> None:
        remove_orphans()
        self.profile = Path(tempfile.mkdtemp(prefix=PROFILE_PREFIX))
        self._lock = _locked(self.profile)
        try:
            self.pid, self.pipe = _start(_command(program, self.profile, proxy_host), self.profile)
        except OSError as error:
            self._discard()
            raise BrowserUnavailableError(f"expected {program.executable} to start, got: {error}") from error
        self._status: int | None = None

    @property
    def is_alive(self) -> bool:
        """Whether Chromium's main process runs."""
        if self._status is None:
            with suppress(ChildProcessError):
                done, status = os.waitpid(self.pid, os.WNOHANG)
                self._status = status if done else None
        return self._status is None

    def last_words(self) -> str:
        """The end of what it wrote to its error output."""
        with suppress(OSError):
            return (self.profile / "stderr").read_bytes()[-500:].decode("utf-8", "replace").strip()
        return ""

    def end(self) -> None:
        """End it and all its children, and remove the profile."""
        self.pipe.close()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        end = time.monotonic() + END_SECONDS
        while self.is_alive and time.monotonic() < end:
            time.sleep(0.005)
        self._discard()

    def _discard(self) -> None:
        shutil.rmtree(self.profile, ignore_errors=True)
        os.close(self._lock)


def remove_orphans() -> None:
    """Remove the profiles of those who were killed before they could: nobody holds the lock on them."""
    for profile in Path(tempfile.gettempdir()).glob(f"{PROFILE_PREFIX}*"):
        with suppress(OSError):
            if time.time() - profile.stat().st_mtime < SETTLING_SECONDS:
                continue  # somebody may be about to lock it
            lock = _locked(profile)
            shutil.rmtree(profile, ignore_errors=True)
            os.close(lock)


def _locked(profile: Path) -> int:
    """A lock on the profile, which the system gives up with us. Raises OSError if somebody else holds it."""
    lock = os.open(profile / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def resolver_rules(proxy_host: str) -> str:
    """Names are the proxy's to look up. The proxy itself is the one exception."""
    return f"MAP * ~NOTFOUND , EXCLUDE {proxy_host}"


def _command(program: BrowserProgram, profile: Path, proxy_host: str) -> list[str]:
    return [
        str(program.executable),
        *program.arguments,
        *SHUT,
        f"--host-resolver-rules={resolver_rules(proxy_host)}",
        f"--user-data-dir={profile / 'data'}",
        "about:blank",
    ]


def _start(command: list[str], profile: Path) -> tuple[int, Pipe]:
    commands_in, commands_out = os.pipe()
    events_in, events_out = os.pipe()
    theirs = [_out_of_the_way(commands_in), _out_of_the_way(events_out)]
    try:
        pid = os.posix_spawn(command[0], command, _environment(profile), file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(profile / "stderr"), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, theirs[0], 3),
            (os.POSIX_SPAWN_DUP2, theirs[1], 4),
        ], setpgroup=0)  # fmt: skip
    except OSError:
        for descriptor in (commands_out, events_in):
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return pid, Pipe(events_in, commands_out)


def _out_of_the_way(descriptor: int) -> int:
    """The same file under a number that is neither 3 nor 4, which are Chromium's ends."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR)
    os.close(descriptor)
    return moved


def _environment(profile: Path) -> dict[str, str]:
    """What it takes to start; the rest of the environment may hold passwords."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "HOME": str(profile), "TMPDIR": str(profile)}
