"""The kernel's means of giving up powers, of which Python 3.11 has none: namespaces and Landlock.

Numbers and layouts are those of Linux's own headers: `sched.h`, `prctl.h` and `landlock.h`, whose calls have the
same numbers on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
NO_NEW_PRIVILEGES = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
BENEATH_PATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FOLDER, REMOVE_FILE, MAKE_FOLDER, MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
MOVE, TRUNCATE = 1 << 13, 1 << 14
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
READING = EXECUTE | READ_FILE | READ_FOLDER
# No links: a name in the folder must be a file of its own to whoever looks at it from outside.
WRITING = READING | WRITE_FILE | REMOVE_FOLDER | REMOVE_FILE | MAKE_FOLDER | MAKE_FILE | MOVE | TRUNCATE

# By version of Landlock: the rights over files it knows, over TCP ports, and over the processes outside.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
NEWEST_FILE_RIGHTS = 16
TCP_SINCE, SCOPES_SINCE = 4, 6
TCP = 0b11
SCOPES = 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` name. The process must have one thread. Raises OSError."""
    _checked(_libc.unshare(flags))


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 for none."""
    return max(int(_libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION)), 0)


def restrict_files(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """From now on reach only these files and what lies beneath these folders; paths that are not there are passed over.

    Also gives up TCP and signals to processes outside, as far as the kernel knows how. Raises OSError.
    """
    version = landlock_version()
    handled = (1 << FILE_RIGHTS.get(version, NEWEST_FILE_RIGHTS)) - 1
    ruleset = _new_ruleset(handled, version)
    try:
        for paths, rights in ((readable, READING), (writable, WRITING)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        _checked(_libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(_libc.syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _new_ruleset(handled: int, version: int) -> int:
    rights = [handled]
    if version >= TCP_SINCE:
        rights.append(TCP)
    if version >= SCOPES_SINCE:
        rights.append(SCOPES)
    attributes = struct.pack(f"={len(rights)}Q", *rights)
    return _checked(_libc.syscall(CREATE_RULESET, attributes, len(attributes), 0))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & ON_FILES, descriptor)
        _checked(_libc.syscall(ADD_RULE, ruleset, BENEATH_PATH, rule, 0))
    finally:
        os.close(descriptor)


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
