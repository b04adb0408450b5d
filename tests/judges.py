"""Programs of others that judge what we write, in an environment of their own: they want other versions of things."""

from __future__ import annotations

from pathlib import Path

from tests.processes import ROOT

JUDGES = ROOT / ".venv-judges" / "bin"
MISSING = "needs .venv-judges, which `make pytest` makes"


def judge(name: str) -> Path:
    """The path of a judge's program."""
    return JUDGES / name


def are_here() -> bool:
    """Whether the environment has been made."""
    return judge("wayback").exists()
