"""The note that a running instance leaves, so that `manage.py` beside it finds the same services."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_private_json(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON that only the owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def read_services(path: Path) -> dict[str, str]:
    """Return the variables a running instance gave its children; empty when there is no readable note."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in content.items()} if isinstance(content, dict) else {}


def with_running_services(environment: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return `environment` completed by the note at `path`.

    Whoever names a database means another instance, so then nothing is taken from the note: its demonstration
    secrets must never reach a database that is not the demonstration's.
    """
    if environment.get("DATABASE_URL"):
        return dict(environment)
    return {**read_services(path), **environment}
