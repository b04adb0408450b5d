"""On an island where everything internal is a canary: whatever is asked for, none of them is ever connected to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .forms import FORMS, REACHABLE

ROOT = Path(__file__).resolve().parents[4]
UNSHARE = ("unshare", "--map-root-user", "--net", "--mount")
WAYS = ("direct", "redirect", "tunnel", "plain")
REFUSALS = {"address_refused", "unsupported_url", "dns_failed", "http_protocol"}
SECONDS = 100

Found = dict[str, dict[str, tuple[str, list[str]]]]


def visited(mode: str) -> Found:
    """What a visit to the island found."""
    if not (shutil.which("unshare") and shutil.which("ip") and shutil.which("mount")):
        pytest.skip("needs the programs unshare, ip and mount (Linux)")
    if subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to make network namespaces")
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.sources.archiving.egress.island", mode],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Found = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def guarded() -> Found:
    """The outcomes behind the guard."""
    return visited("guarded")


@pytest.fixture(scope="module")
def unguarded() -> Found:
    """The outcomes without."""
    return visited("open")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_an_address_that_is_not_public_is_refused_and_not_connected_to(
    guarded: Found, way: str, form: str
) -> None:
    outcome, canaries = guarded[way][form]
    assert canaries == []
    assert outcome in REFUSALS


def test_a_name_that_changes_between_look_ups_never_leads_inside(guarded: Found) -> None:
    outcomes = {outcome for outcome, _ in guarded["rebinding"].values()}
    assert [canaries for _, canaries in guarded["rebinding"].values() if canaries] == []
    assert outcomes == {"200", "address_refused"}  # both answers were met


def test_public_addresses_are_reached_by_number_name_and_alias(guarded: Found) -> None:
    assert {outcome for outcome, _ in guarded["good"].values()} == {"200"}


@pytest.mark.parametrize("form", REACHABLE)
def test_without_the_guard_the_canaries_would_sing(unguarded: Found, form: str) -> None:
    assert unguarded["direct"][form][1]
    assert unguarded["redirect"][form][1]


def test_without_the_guard_rebinding_would_lead_inside(unguarded: Found) -> None:
    assert any(canaries for _, canaries in unguarded["rebinding"].values())
