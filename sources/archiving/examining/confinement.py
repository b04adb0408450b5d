"""What a process that reads untrusted bytes gives up first: network, other people's files, time and memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..limited import limit_this_process
from . import kernel

NICENESS = 10  # captures, which somebody waits for, come first
PACKAGES = Path(__file__).resolve().parents[3]
# What it takes to run Python and ffmpeg: programs, libraries, time zones. No home, no configuration, no data.
NEEDED = (
    *("/usr", "/bin", "/lib", "/lib64", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/zero", "/sys/devices/system/cpu"),
)
OWN = ("sources/archiving", "sources/__init__.py", "osint/__init__.py")


def give_up_network() -> str | None:
    """Move into a network without any way out; what does it, or None where the system permits it not.

    Belongs before the first thread. A user namespace of its own also takes root's powers from root.
    """
    for flags, name in (
        (kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET, "user and network namespace"),
        (kernel.CLONE_NEWNET, "network namespace"),
    ):
        try:
            kernel.unshare(flags)
        except (OSError, AttributeError):  # not permitted; not Linux
            continue
        return name
    return None


def give_up_time_and_memory() -> str:
    """Lower the limits of this process and of all it starts, and let others go first."""
    limit_this_process()
    os.nice(NICENESS)
    return "resource limits"


def give_up_files(inputs: Sequence[Path], folder: Path, programs: Sequence[Path]) -> str | None:
    """Keep only ``inputs`` and ``programs`` to read and ``folder`` to write; what does it, or None without Landlock."""
    try:
        if not kernel.landlock_version():
            return None
        kernel.restrict_files([*_to_run(), *programs, *inputs], [folder, Path(os.devnull)])
    except (OSError, AttributeError):
        return None
    return "Landlock"


def _to_run() -> list[Path]:
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    return [*map(Path, NEEDED), *map(Path, python), *(PACKAGES / name for name in OWN)]
