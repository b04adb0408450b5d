"""A spliced file reads as if it were whole, from any position."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.archiving.splices import (
    Body,
    SplicedReader,
    SplicedWriter,
    open_frame,
    open_spliced,
    stretches_of,
)

#: Alternately what lies in the frame and what lies elsewhere; either may be empty.
PIECES = st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20)), max_size=6)


def opened(content: bytes, log: list[BinaryIO]) -> BinaryIO:
    log.append(io.BytesIO(content))
    return log[-1]


def spliced(pieces: list[tuple[bytes, bytes]], log: list[BinaryIO]) -> tuple[bytes, io.BufferedReader]:
    """The whole of the pieces, and the same put together again of its frame and its parts."""
    whole, frame, parts = b"", b"", []
    for between, part in pieces:
        whole, frame = whole + between, frame + between
        parts.append((len(whole), len(part), partial(opened, part, log)))
        whole += part
    return whole, open_spliced(len(whole), partial(opened, frame, log), parts)


@given(PIECES)
def test_it_reads_as_the_whole(pieces: list[tuple[bytes, bytes]]) -> None:
    whole, file = spliced(pieces, [])
    with file:
        assert file.read() == whole


@given(PIECES, st.lists(st.tuples(st.integers(0, 260), st.integers(0, 40)), max_size=8))
def test_it_can_be_read_from_any_position(
    pieces: list[tuple[bytes, bytes]], reads: list[tuple[int, int]]
) -> None:
    whole, file = spliced(pieces, [])
    reference = io.BytesIO(whole)
    with file:
        for position, length in reads:
            assert file.seek(position) == reference.seek(position)
            assert file.read(length) == reference.read(length)
            assert file.tell() == reference.tell()


@given(PIECES)
def test_its_end_is_where_the_whole_ends(pieces: list[tuple[bytes, bytes]]) -> None:
    whole, file = spliced(pieces, [])
    with file:
        assert file.seek(0, io.SEEK_END) == len(whole)


def test_few_sources_are_open_at_once_and_none_afterwards() -> None:
    log: list[BinaryIO] = []
    _, file = spliced([(b"frame", b"part")] * 20, log)
    reader = cast(SplicedReader, file.raw)
    most = 0
    while reader.read(3):
        most = max(most, sum(not source.closed for source in log))
    file.close()
    assert most <= 2
    assert all(source.closed for source in log)


def test_a_part_that_is_too_short_is_an_error_and_not_an_end() -> None:
    stretches = stretches_of(10, lambda: io.BytesIO(b"12345"), [(5, 5, lambda: io.BytesIO(b"abc"))])
    with SplicedReader(stretches) as reader, pytest.raises(OSError, match="2 bytes more of a part, got none"):
        reader.readall()


def test_a_position_before_the_start_is_refused() -> None:
    with SplicedReader([]) as reader, pytest.raises(ValueError, match="got -1"):
        reader.seek(-1)


def body(tmp_path: Path, content: bytes, size: int | None = None) -> Body:
    path = tmp_path / f"body-{len(content)}"
    path.write_bytes(content)
    return Body(path, f"{len(content):064x}", len(content) if size is None else size, "text/plain")


def test_what_is_written_elsewhere_is_counted_and_not_stored(tmp_path: Path) -> None:
    writer = SplicedWriter(tmp_path / "frame")
    writer.write(b"before ")
    with writer.elsewhere(body(tmp_path, b"the body")):
        writer.write(b"the body")
    writer.write(b" after")
    writer.close()
    assert (tmp_path / "frame").read_bytes() == b"before  after"
    assert (writer.tell(), [splice.offset for splice in writer.splices]) == (21, [7])
    with open_frame(tmp_path / "frame", 21, writer.splices) as whole:
        assert whole.read() == b"before the body after"


def test_what_was_written_can_be_overwritten_behind_a_body(tmp_path: Path) -> None:
    writer = SplicedWriter(tmp_path / "frame")
    writer.write(b"aa")
    with writer.elsewhere(body(tmp_path, b"body")):
        writer.write(b"body")
    writer.write(b"bb")
    writer.seek(1)
    writer.write(b"A")
    writer.seek(7)
    writer.write(b"B")
    writer.close()
    assert (tmp_path / "frame").read_bytes() == b"aAbB"


def test_a_body_of_another_length_is_refused(tmp_path: Path) -> None:
    writer = SplicedWriter(tmp_path / "frame")
    with (
        pytest.raises(OSError, match="expected a body of 9 bytes, got 4"),
        writer.elsewhere(body(tmp_path, b"body", size=9)),
    ):
        writer.write(b"body")
    writer.close()
    assert writer.splices == []


def test_zipfile_takes_it_for_a_file(tmp_path: Path) -> None:
    writer = SplicedWriter(tmp_path / "frame")
    large = body(tmp_path, b"x" * 100_000)
    with zipfile.ZipFile(cast(BinaryIO, writer), "w") as archive:
        archive.writestr("first", b"one")
        with archive.open("second", "w") as member, writer.elsewhere(large):
            member.write(b"x" * 100_000)
        archive.writestr("third", b"three")
    writer.close()
    size = (tmp_path / "frame").stat().st_size + large.size
    with open_frame(tmp_path / "frame", size, writer.splices) as whole, zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.read("second") == b"x" * 100_000
    assert size < 100_000 + 1000
