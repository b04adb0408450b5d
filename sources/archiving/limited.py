"""Resource limits for a process that reads untrusted media, and for the programs it starts."""

from __future__ import annotations

import resource

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
