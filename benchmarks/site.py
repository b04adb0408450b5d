"""A site to archive: pages of 1.7 MB each, every byte of every page its own, served from memory.

`python -m benchmarks.site --pages 50` prints its address and serves until it is ended. Each page has 40 kB of
HTML, a style sheet, a script, five JPEG pictures of about 100 kB and an MP4 video of about 1 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from sources.archiving.media import ffmpeg_path

PICTURES = 5
PICTURE_BYTES = 100_000
VIDEO_BYTES = 1_000_000
HTML_BYTES = 40_000
WORDS = (
    *("launcher", "roof", "ministry", "street", "river", "morning", "convoy", "image", "tracks", "radar"),
    *("crew", "photograph", "building", "reported", "according", "witness", "video", "published", "school"),
    *("bridge", "yard", "vehicle", "missile", "defence", "week"),
)


@dataclass(frozen=True)
class Resource:
    """What one path answers."""

    media_type: str
    body: bytes


def build(pages: int) -> dict[str, Resource]:
    """The whole site by path; the same bytes each time."""
    chance = random.Random(pages)  # noqa: S311  # guards nothing: the same pages each time
    picture, video = _picture(), _video()
    site: dict[str, Resource] = {}
    for number in range(pages):
        site |= _page(number, chance, picture, video)
    return site


def paths_of(number: int) -> list[str]:
    """The paths of one page, itself first."""
    pictures = [f"/{number}/picture-{index}.jpg" for index in range(PICTURES)]
    return [f"/{number}/", f"/{number}/style.css", f"/{number}/script.js", *pictures, f"/{number}/video.mp4"]


def _page(number: int, chance: random.Random, picture: bytes, video: bytes) -> dict[str, Resource]:
    css = "".join(f".c{index}{{margin:{chance.randint(0, 9)}px}}\n" for index in range(200))
    script = "".join(f"function f{index}(){{return {chance.random()}}}\n" for index in range(200))
    # What follows the end of a JPEG, and a "free" box in an MP4, is ignored by every reader.
    stamp = b"page %06d" % number
    free = (8 + 100).to_bytes(4, "big") + b"free" + stamp.ljust(100)
    bodies = [
        Resource("text/html; charset=utf-8", _html(number, chance).encode()),
        Resource("text/css", css.encode()),
        Resource("text/javascript", script.encode()),
        *(Resource("image/jpeg", picture + stamp + b" %d" % index) for index in range(PICTURES)),
        Resource("video/mp4", video + free),
    ]
    return dict(zip(paths_of(number), bodies, strict=True))


def _html(number: int, chance: random.Random) -> str:
    pictures = "".join(
        f"<img src='picture-{index}.jpg' alt='' width=480 height=320>" for index in range(PICTURES)
    )
    head = (
        f"<!doctype html><html lang=en><head><title>Report {number}</title><meta charset=utf-8>"
        "<link rel=stylesheet href=style.css><script src=script.js></script></head><body><article>"
        f"<h1>Report {number}</h1>{pictures}<video src=video.mp4 controls width=480></video>"
    )
    paragraphs = []
    size = len(head)
    while size < HTML_BYTES:
        paragraphs.append(f"<p>{' '.join(chance.choices(WORDS, k=90)).capitalize()}.</p>")
        size += len(paragraphs[-1])
    return f"{head}{''.join(paragraphs)}</article></body></html>"


def _picture() -> bytes:
    """A picture of noise, whose JPEG is as long as asked."""
    side = 480
    noise = Image.effect_noise((side, side * 2 // 3), 90).convert("RGB")
    for quality in range(95, 20, -3):
        out = io.BytesIO()
        noise.save(out, "JPEG", quality=quality)
        if out.tell() <= PICTURE_BYTES:
            return out.getvalue() + bytes(PICTURE_BYTES - out.tell())
    raise AssertionError("expected the noise to fit into a JPEG of the wanted size")


def _video() -> bytes:
    program = ffmpeg_path()
    if program is None:
        raise SystemExit("ffmpeg is needed to make the video")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "video.mp4")
        source = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=4")
        form = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart")
        subprocess.run([program, "-loglevel", "error", *source, *form, str(path)], check=True)  # noqa: S603  # a constant command
        video = path.read_bytes()
    padding = VIDEO_BYTES - len(video)
    return video + padding.to_bytes(4, "big") + b"free" + bytes(padding - 8)


class Server:
    """HTTP/1.1 with kept connections and ranges, answers from memory; counts what it was asked for."""

    def __init__(self, site: dict[str, Resource]) -> None:
        self._site = site
        self._asked: Counter[str] = Counter()

    async def serve(self, port: int) -> None:
        """Serve on loopback until cancelled; prints the address first."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", port)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201  # read by the caller
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(head))
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode()
        if path == "/asked":
            return _response("200 OK", "application/json", json.dumps(self._asked).encode())
        self._asked[path] += 1
        resource = self._site.get(path)
        if resource is None:
            return _response("404 Not Found", "text/plain", b"nothing here")
        return _ranged(head, resource) or _response("200 OK", resource.media_type, resource.body)


def _ranged(head: bytes, resource: Resource) -> bytes | None:
    line = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"range: bytes=")), None)
    if line is None:
        return None
    start, _, end = line.split(b"=")[1].partition(b"-")
    size = len(resource.body)
    first, last = int(start or 0), min(int(end or size - 1), size - 1)
    fields = f"Content-Range: bytes {first}-{last}/{size}\r\n"
    return _response("206 Partial Content", resource.media_type, resource.body[first : last + 1], fields)


def _response(status: str, media_type: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=50, help="how many pages (default 50)")
    parser.add_argument("--port", type=int, default=0, help="port on loopback (default: a free one)")
    arguments = parser.parse_args()
    asyncio.run(Server(build(arguments.pages)).serve(arguments.port))


if __name__ == "__main__":
    main()
