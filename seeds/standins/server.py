"""A small web server for the stand-in site, on loopback only.

Serves GET and HEAD with Content-Length, Last-Modified and single byte ranges (RFC 9110 section 14);
a folder answers with its index.html or not at all.
"""

from __future__ import annotations

import re
import signal
import sys
import threading
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
IDLE_SECONDS = 15
CHUNK_BYTES = 1 << 16
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
}
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class StandinServer(ThreadingHTTPServer):
    """Serves the files under `directory` at http://127.0.0.1:`port`/ (port 0: any free one)."""

    daemon_threads = True

    def __init__(self, directory: Path, port: int = 0) -> None:
        super().__init__((HOST, port), StandinHandler)
        self.directory = directory.resolve()

    @property
    def url(self) -> str:
        """The address of the site's root, with its slash."""
        return f"http://{HOST}:{self.server_address[1]}/"


class StandinHandler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: StandinServer
    protocol_version = "HTTP/1.1"
    server_version = "standins"
    sys_version = ""
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Send the file, or the range of it that was asked for."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send the headers of the whole file."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests are the archiver's to record."""

    def _answer(self, *, with_body: bool) -> None:
        path = self._file()
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self._unchanged(path):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.end_headers()
        else:
            self._send(path, with_body=with_body)

    def _file(self) -> Path | None:
        """The file that the address names; None when there is none, or it is hidden or outside the site."""
        name = unquote(urlsplit(self.path).path).lstrip("/").replace("\0", "")
        path = (self.server.directory / name).resolve()
        if path.is_dir():
            path /= "index.html"
        inside = path.is_relative_to(self.server.directory)
        return path if inside and path.is_file() and path.suffix in TYPES else None

    def _unchanged(self, path: Path) -> bool:
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and parsedate_to_datetime(since).timestamp() >= int(path.stat().st_mtime)
        except ValueError:
            return False

    def _send(self, path: Path, *, with_body: bool) -> None:
        size = path.stat().st_size
        asked = RANGE.fullmatch(self.headers.get("Range", "")) if with_body else None
        span = byte_range(asked, size) if asked else range(size)
        if span is None:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self._headers({"Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        partial = {"Content-Range": f"bytes {span.start}-{span.stop - 1}/{size}"} if asked else {}
        self._headers({**partial, **_file_headers(path), "Content-Length": str(len(span))})
        if with_body:
            self._body(path, span)

    def _headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, path: Path, span: range) -> None:
        left = len(span)
        with path.open("rb") as file:
            file.seek(span.start)
            while left and (chunk := file.read(min(left, CHUNK_BYTES))):
                self.wfile.write(chunk)
                left -= len(chunk)


def byte_range(asked: re.Match[str], size: int) -> range | None:
    """The bytes that a Range header means in a file of `size` bytes; None when it cannot be satisfied."""
    first, last = asked.groups()
    if first:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    elif last:
        start, stop = max(size - int(last), 0), size
    else:
        return None
    return range(start, stop) if start < stop else None


def serve(directory: Path, port: int) -> None:
    """Say the address on stderr, serve until SIGTERM or Ctrl-C, then return."""
    with StandinServer(directory, port) as server:
        # shutdown() waits for the loop that the signal has just interrupted, so it needs a thread of its own.
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
        sys.stderr.write(f"Serving {directory} at {server.url}\n")
        sys.stderr.flush()
        server.serve_forever(poll_interval=0.1)


def _file_headers(path: Path) -> dict[str, str]:
    return {
        "Content-Type": TYPES[path.suffix],
        "Last-Modified": formatdate(path.stat().st_mtime, usegmt=True),
        "Accept-Ranges": "bytes",
    }
