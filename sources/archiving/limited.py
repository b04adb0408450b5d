"""Resource limits for a process that reads untrusted media.

Run as ``python -m sources.archiving.limited PROGRAM ARGUMENT…`` it limits itself and becomes PROGRAM: this
needs no code between fork and exec in a parent that may have threads.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence

MEGABYTE = 1024 * 1024
CPU_SECONDS = 30
MEMORY_BYTES = 2048 * MEGABYTE
FILE_BYTES = 64 * MEGABYTE

LIMITS = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_FSIZE, FILE_BYTES),
    (resource.RLIMIT_CORE, 0),
)


def limit_this_process() -> None:
    """Lower the limits on processor time (s), address space, file size and core dumps (bytes)."""
    for kind, wanted in LIMITS:
        _, hard = resource.getrlimit(kind)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS but refuses to lower it below what is mapped; the other limits hold.
            continue


def main(arguments: Sequence[str]) -> None:
    """Become the program named by the first of ``arguments``, within the limits."""
    limit_this_process()
    os.execvp(arguments[0], list(arguments))  # noqa: S606 - the caller gives a fixed program, no shell is involved


if __name__ == "__main__":
    main(sys.argv[1:])
