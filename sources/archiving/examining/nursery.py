"""``python -m sources.archiving.examining.nursery``: raises a fresh, confined process for every file it is given.

Reads tasks from standard input, one a line. For each it forks; the child gives up its powers, reads the file,
leaves a result and ends. Then this process, which reads nothing untrusted itself, answers with a line that says how
the child ended. What crashes or eats memory takes only its own child along, and the libraries are loaded once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..media import ffmpeg_path
from . import confinement
from .tasks import TEXT, TEXT_CHARACTERS, Kind, Look, Task, write_result

CHILD_SECONDS = 60
PAGE_BYTES = 4 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Serve until standard input ends. With ``--warm`` the libraries are loaded at once."""
    network = confinement.give_up_network()
    if "--warm" in arguments:
        _warm_up()
    ffmpeg = ffmpeg_path()
    _say(protections=[network] if network else [])
    for line in sys.stdin:
        task = Task.of_line(line)
        _say(**_raised(task, ffmpeg))


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _raised(task: Task, ffmpeg: str | None) -> dict[str, Any]:
    """Fork, let the child do the task, clear away what it left running; says how it ended and was protected."""
    told, telling = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        _live(task, ffmpeg, telling)
    os.close(telling)
    with os.fdopen(told, "rb") as pipe:
        protections = pipe.read(1000).decode()
    _, status = os.waitpid(child, 0)
    _end_group(child)
    return {"status": os.waitstatus_to_exitcode(status), "protections": protections.split("\n")[:-1]}


def _end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _live(task: Task, ffmpeg: str | None, telling: int) -> None:
    """The whole life of the child. Never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        signal.alarm(CHILD_SECONDS)  # unhandled, it ends the process whatever a decoder is doing
        with os.fdopen(telling, "w") as pipe:
            pipe.writelines(f"{protection}\n" for protection in _give_up(task, ffmpeg))
        write_result(task.folder, work(task, ffmpeg))
        code = 0
    except MemoryError:
        code = 3
    finally:
        os._exit(code)  # no handlers of the parent's, no buffers of its


def _give_up(task: Task, ffmpeg: str | None) -> list[str]:
    programs = [Path(ffmpeg).resolve()] if ffmpeg else []
    files = confinement.give_up_files([task.path], task.folder, programs)
    limits = confinement.give_up_time_and_memory()
    return [protection for protection in (limits, files) if protection]


def work(task: Task, ffmpeg: str | None) -> dict[str, Any]:
    """Do one task; returns the result as plain values."""
    from .pictures import UnreadableError

    try:
        values = WORKS[task.kind](task, ffmpeg)
    except UnreadableError as error:
        return {"note": str(error)}
    return {**values, "looks": [_plain_look(look) for look in values.get("looks", ())]}


def _read_medium(task: Task, ffmpeg: str | None) -> dict[str, Any]:
    from .pictures import read_picture
    from .streams import DEMUXERS, read_stream

    if task.media_type in DEMUXERS:
        return read_stream(task.path, task.folder, task.media_type, ffmpeg)
    if task.media_type.startswith("image/") and task.media_type != "image/svg+xml":
        return read_picture(task.path, task.folder)
    if task.media_type.startswith(("video/", "audio/")):
        return {"note": f"nothing is known of how to read {task.media_type}"}
    return {}


def _read_look(task: Task, _: str | None) -> dict[str, Any]:
    from .pictures import read_look

    return read_look(task.path)


def _read_page(task: Task, _: str | None) -> dict[str, Any]:
    from ..markup import decode
    from ..readable import read_page

    with task.path.open("rb") as file:
        data = file.read(PAGE_BYTES + 1)
    html = decode(data[:PAGE_BYTES], task.charset, is_cut=len(data) > PAGE_BYTES)
    facts = asdict(read_page(html, task.url))
    text = facts.pop("text")[:TEXT_CHARACTERS]
    (task.folder / TEXT).write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return {"page": facts}


def _plain_look(look: Look) -> dict[str, Any]:
    return {
        "whole": bytes(look.whole).hex(),
        "views": [bytes(view).hex() for view in look.views],
        "at_seconds": look.at_seconds,
        "frame": look.frame.name if look.frame else None,
    }


WORKS: dict[Kind, Callable[[Task, str | None], dict[str, Any]]] = {
    Kind.MEDIUM: _read_medium,
    Kind.PAGE: _read_page,
    Kind.LOOK: _read_look,
}


def _warm_up() -> None:
    import imagehash  # noqa: F401  # for the children: loaded once, then shared
    import scipy.fftpack  # type: ignore[import-untyped]  # noqa: F401  # as above; has no types
    import trafilatura  # noqa: F401  # as above

    from . import streams  # noqa: F401  # as above


if __name__ == "__main__":
    main(sys.argv[1:])
