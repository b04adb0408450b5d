"""Pages and media that tests serve. All made here."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from PIL import Image

from sources.archiving.media import ffmpeg_path

ENGLISH = """<!doctype html><html lang="en-GB"><head><title>Launcher on a roof - Example Post</title>
<meta charset="utf-8"><meta name="author" content="Test Writer">
<meta property="og:site_name" content="Example Post">
<meta property="og:title" content="Launcher on a roof">
<meta property="article:published_time" content="2023-01-19T14:05:00+00:00">
{head}</head><body><nav>Home | World | Sport</nav><article><h1>Launcher on a roof</h1>
<p>Residents of the quarter say that a vehicle was lifted onto the roof of a public building at dawn.</p>
<p>Pictures taken from the embankment show a turret with two groups of tubes above the eaves of the house.</p>
<p>Officials declined to say why it had been placed there, or for how long it would remain in that place.</p>
{body}</article><footer>Copyright 1999</footer></body></html>"""

RUSSIAN = """<!doctype html><html lang="ru"><head><meta charset="{charset}"><title>Установка на крыше</title>
<meta property="og:site_name" content="Пример"></head><body><article><h1>Установка на крыше</h1>
<time datetime="2023-01-19">19 января 2023</time>
<p>Жители района рассказали, что утром на крышу административного здания подняли боевую машину.</p>
<p>На снимках, сделанных с набережной, над карнизом видна башня с двумя группами труб по сторонам.</p>
<p>Официальные лица отказались объяснить, зачем её там поставили и как долго она там останется.</p>
</article></body></html>"""


def english(head: str = "", body: str = "") -> bytes:
    """An English article with extra markup."""
    return ENGLISH.format(head=head, body=body).encode()


def russian(charset: str = "utf-8") -> bytes:
    """A Russian article in ``charset``."""
    return RUSSIAN.format(charset=charset).encode(charset)


def picture(
    kind: str = "PNG", size: tuple[int, int] = (640, 400), mode: str = "RGB", **options: object
) -> bytes:
    """A picture in one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size, 128 if mode in ("L", "P") else "teal").save(buffer, kind, **options)
    return buffer.getvalue()


def clip(path: Path, *arguments: str) -> bytes:
    """A short generated video or sound written to ``path`` (its suffix gives the format)."""
    program = ffmpeg_path()
    assert program is not None
    subprocess.run([program, "-v", "error", *arguments, "-y", path], check=True)
    return path.read_bytes()


def video(path: Path) -> bytes:
    """Two seconds of test pattern, 320 by 240."""
    return clip(path, "-f", "lavfi", "-i", "testsrc=duration=2:size=320x240:rate=10", "-pix_fmt", "yuv420p")


def sound(path: Path) -> bytes:
    """One second of a tone."""
    return clip(path, "-f", "lavfi", "-i", "sine=duration=1")
