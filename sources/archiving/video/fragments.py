"""A record of the pieces that a stream was served in, made while yt-dlp puts them together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from yt_dlp.downloader.fragment import FragmentFD

from .items import Fragment
from .problems import TooManyBytesError, is_too_large


@dataclass
class FragmentRecord:
    """The pieces as served, in order. ``asked`` counts all that were asked for, each once.

    ``joined_sha256`` is the digest of the pieces one after the other: a file with another one was decrypted
    or repacked. None without pieces.
    """

    fragments: list[Fragment] = field(default_factory=list)
    urls: set[tuple[str, str | None]] = field(default_factory=set)
    joined_sha256: str | None = None

    @property
    def asked(self) -> int:
        """How many pieces were asked for."""
        return len(self.urls)


class FragmentLog:
    """While entered, every piece that yt-dlp fetches is noted in ``record``.

    yt-dlp tells its hooks neither addresses nor bytes of the pieces, and keeping the pieces' files would
    double the space; so its method that fetches one is wrapped.
    """

    def __init__(self) -> None:
        self.record = FragmentRecord()
        self._joined = hashlib.sha256()
        self._original = FragmentFD._download_fragment  # see the class

    def __enter__(self) -> Self:
        original, note = self._original, self._note

        def fetch(
            downloader: Any, ctx: Any, url: str, info: Any, headers: Any = None, data: Any = None
        ) -> Any:
            span = (headers or {}).get("Range")
            self.record.urls.add((url, span))
            try:
                success = original(downloader, ctx, url, info, headers, data)
            except Exception as error:
                if is_too_large(error):  # which yt-dlp would take for one fragment that is missing
                    raise TooManyBytesError(str(error)) from error
                raise
            if success:
                note(url, span, Path(ctx["fragment_filename_sanitized"]))
            return success

        FragmentFD._download_fragment = fetch  # see the class
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        FragmentFD._download_fragment = self._original  # see the class

    def _note(self, url: str, span: str | None, path: Path) -> None:
        data = path.read_bytes()
        self._joined.update(data)
        self.record.joined_sha256 = self._joined.hexdigest()
        self.record.fragments.append(
            {"url": url, "range": span, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        )
