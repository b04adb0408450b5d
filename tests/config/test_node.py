"""Which Node.js is used."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import node
from config.embedded.errors import BinaryUnavailableError
from config.embedded.node import MINIMUM_VERSION, find_node, node_on_path


def pretend(folder: Path, version: str) -> None:
    (folder / "node").write_text(f"#!/bin/sh\necho {version}\n")
    (folder / "npm").write_text('#!/bin/sh\necho "npm $1"\n')
    for name in ("node", "npm"):
        (folder / name).chmod(0o755)


def test_a_system_node_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, f"v{MINIMUM_VERSION}.1.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_node().executable == tmp_path / "node"


def test_a_system_node_that_is_too_old_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, f"v{MINIMUM_VERSION - 1}.9.9")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node_on_path() is None


def test_a_node_without_npm_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, "v99.0.0")
    (tmp_path / "npm").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node_on_path() is None


def test_without_any_node_it_is_said_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "node_in_wheel", lambda: None)
    with pytest.raises(BinaryUnavailableError, match=r"requirements-node\.txt"):
        find_node()


def test_npm_is_run_with_its_arguments(tmp_path: Path) -> None:
    pretend(tmp_path, "v99.0.0")
    command = [sys.executable, "-m", "config.embedded.node", "ci"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert done.stdout == "npm ci\n"
