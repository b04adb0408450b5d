"""How long a browser lives: through many captures, but no longer than its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from sources.archiving.browser import browsers
from sources.archiving.browser import program as programs
from sources.archiving.browser.browsers import KEEPER, Browser
from sources.archiving.browser.errors import BrowserUnavailableError
from sources.archiving.policy import BrowserProgram
from tests.sources.archiving.pages import english
from tests.webserver import Server, response

from .conftest import Capture

ROOT = Path(__file__).resolve().parents[4]
HOLDER = """
import sys, time
from pathlib import Path
from sources.archiving.browser.browsers import Browser
from sources.archiving.policy import BrowserProgram
browser = Browser(BrowserProgram(Path(sys.argv[1]), tuple(sys.argv[2:])), "127.0.0.1")
print(browser.pid, browser._process.profile, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    """Whether the process has ended, waiting a while for it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_captures_share_a_browser(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english())
    capture()
    first = KEEPER.browser
    capture()
    assert KEEPER.browser is first


def test_a_worn_browser_is_replaced(
    server: Server, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/"] = response(english())
    capture()
    first = KEEPER.browser
    monkeypatch.setattr(browsers, "CAPTURES", 1)
    capture()
    assert first is not None
    assert KEEPER.browser is not first
    assert gone(first.pid)


def test_a_browser_is_not_lent_again_after_any_fault(program: BrowserProgram) -> None:
    with pytest.raises(ValueError, match="ours"), KEEPER.lent(program, "127.0.0.1") as browser:
        raise ValueError("a fault of ours")
    assert KEEPER.browser is None
    assert gone(browser.pid)


def test_a_browser_that_ends_leaves_no_process_and_no_profile(program: BrowserProgram) -> None:
    browser = Browser(program, "127.0.0.1")
    family = [browser.pid, *(child.pid for child in psutil.Process(browser.pid).children(recursive=True))]
    profile = browser._process.profile
    browser.end()
    assert all(gone(pid) for pid in family)
    assert not profile.exists()


def test_a_browser_does_not_outlive_a_worker_that_is_killed(
    program: BrowserProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", HOLDER, str(program.executable), *program.arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        pid, profile = holder.stdout.readline().split()
        family = [int(pid), *(child.pid for child in psutil.Process(int(pid)).children(recursive=True))]
        os.kill(holder.pid, signal.SIGKILL)
    assert all(gone(found) for found in family)
    monkeypatch.setattr(programs, "SETTLING_SECONDS", 0.0)
    programs.remove_orphans()
    assert not Path(profile).exists()


def test_profiles_in_use_are_left(program: BrowserProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SETTLING_SECONDS", 0.0)
    browser = Browser(program, "127.0.0.1")
    programs.remove_orphans()
    assert browser._process.profile.exists()
    browser.end()


@pytest.mark.parametrize("executable", ["/nonexistent/chromium", "/bin/false"])
def test_what_is_no_browser_is_said_to_be_none(executable: str) -> None:
    before = set(Path(tempfile.gettempdir()).glob(f"{programs.PROFILE_PREFIX}*"))
    with pytest.raises(BrowserUnavailableError):
        Browser(BrowserProgram(Path(executable)), "127.0.0.1")
    assert set(Path(tempfile.gettempdir()).glob(f"{programs.PROFILE_PREFIX}*")) <= before
