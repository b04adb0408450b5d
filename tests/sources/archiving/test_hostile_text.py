"""Texts made to keep a reader busy for hours: each is done with at once, in a process that can be stopped."""

from __future__ import annotations

import subprocess
import sys

import pytest

PATIENCE_SECONDS = 30
MEGABYTES = 4_000_000

READ = {
    "comments before the root": (
        "from sources.archiving.signatures import sniff",
        "sniff(b'<!---->' * 580 + b'x') is None",
    ),
    "comments before the root that are closed late": (
        "from sources.archiving.signatures import sniff",
        "sniff(b'<!--' * 1000) is None",
    ),
    "declarations before the root": (
        "from sources.archiving.signatures import sniff",
        "sniff(b'<?xml?>' * 580 + b'<html>') == 'text/html'",
    ),
    "comments of a style sheet that never end": (
        "from sources.archiving.requisites import find_css_requisites as find",
        f"list(find('/* ' * {MEGABYTES // 3}, 'http://e.test/')) == []",
    ),
    "a codec that is no charset": (
        "from sources.archiving.markup import decode",
        f"len(decode(b'a-' * {MEGABYTES // 2}, 'punycode')) == {MEGABYTES}",
    ),
    "drawings between words": (
        "from sources.archiving.readable import glance_at",
        f"len(glance_at('<body>' + '<svg></svg>aaaaaaaaaa' * {MEGABYTES // 21}).text) > 2_000_000",
    ),
}


@pytest.mark.parametrize("named", READ)
def test_a_text_made_to_be_slow_is_not(named: str) -> None:
    imported, said = READ[named]
    program = f"{imported}\nassert {said}"
    subprocess.run([sys.executable, "-c", program], timeout=PATIENCE_SECONDS, check=True)
