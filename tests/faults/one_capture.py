"""Carry out one capture in a process of its own, and say how it went and what is left: `python -m … CAPTURE`.

`FILE_LIMIT` in the environment is the size in bytes that no file may exceed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from uuid import UUID

import django


def left_over(*roots: Path) -> list[str]:
    """Temporary files and work folders below the roots."""
    return [str(path) for root in roots for path in root.rglob("*") if path.is_file()]


def main(capture_id: UUID) -> None:
    """Print a JSON object with the state, the error's code and the temporary files left."""
    django.setup()
    from django.conf import settings

    from sources import storage
    from sources.models import Capture
    from sources.services.preservation import preserve

    if limit := os.environ.get("FILE_LIMIT"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    preserve(capture_id, worker="child")
    capture = Capture.objects.get(pk=capture_id)
    left = left_over(settings.ARCHIVE_ROOT / storage.INCOMING, settings.WORK_ROOT)
    print(json.dumps({"state": capture.state, "code": capture.error_code, "left": left}))  # noqa: T201  # its output


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
