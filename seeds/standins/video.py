"""The stand-in video: a shaking view of the village road, a turning radar, and a low rumble.

Frames go to ffmpeg (the binary that comes with imageio-ffmpeg) through a pipe; one encoder thread and
bit-exact flags make the same bytes from the same binary every time.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from math import cos, pi, sin
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from seeds.errors import SeedError
from seeds.standins.brush import stamp
from seeds.standins.scenes import zarechye_road

SIZE = (640, 400)
MARGIN = 6
FRAMES_PER_SECOND = 10
SECONDS = 7
DEADLINE_SECONDS = 60
RUMBLE = f"anoisesrc=color=brown:seed=7:amplitude=0.9:duration={SECONDS},lowpass=f=140,tremolo=f=6:d=0.5"


def write_video(target: Path) -> None:
    """Write the MP4 (H.264 and AAC, 640 x 400, 7 s) to `target`.

    Raises SeedError when ffmpeg fails, with its last words.
    """
    done = subprocess.run(  # noqa: S603 - a fixed command line; the only variable is our own output path
        _command(target),
        input=b"".join(_frames()),
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")[-400:]
        raise SeedError(
            f"{target}: expected ffmpeg to write a video, got exit {done.returncode}: {complaint}"
        )


def _frames() -> Iterator[bytes]:
    """Raw RGB frames; the antenna turns once in two seconds and the view trembles."""
    for number in range(FRAMES_PER_SECOND * SECONDS):
        second = number / FRAMES_PER_SECOND
        yield _trembling(_road(round(abs(cos(pi * second)), 3)), 3 * sin(11 * second)).tobytes()


@cache
def _road(sweep: float) -> Image.Image:
    """The scene with a margin for trembling. Few sweeps are distinct, and drawing is what takes time."""
    width, height = SIZE
    return zarechye_road(sweep=sweep).resize((width + 2 * MARGIN, height + 2 * MARGIN))


def _trembling(picture: Image.Image, offset: float) -> Image.Image:
    width, height = SIZE
    top = MARGIN + round(offset)
    return stamp(picture.crop((MARGIN, top, MARGIN + width, top + height)))


def _command(target: Path) -> list[str]:
    width, height = SIZE
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(FRAMES_PER_SECOND)]
    sound = ["-f", "lavfi", "-i", RUMBLE]
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    stable = ["-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    front = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *source, "-i", "-", *sound]
    return [*front, *encode, *stable, "-movflags", "+faststart", "-shortest", str(target)]
