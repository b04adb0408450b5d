"""What is read out of videos and sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sources.archiving.examining import streams
from sources.archiving.examining.pictures import UnreadableError
from sources.archiving.examining.streams import moments

from ..pages import clip, sound, video
from .conftest import Examine


@pytest.mark.parametrize("suffix", ["mp4", "webm", "mkv", "avi", "mov", "ts", "flv"])
def test_a_video_gets_size_duration_codec_and_poster(examine: Examine, tmp_path: Path, suffix: str) -> None:
    found = examine(video(tmp_path / f"v.{suffix}"))
    assert (found.width, found.height, found.note) == (320, 240, None)
    assert found.duration_s == pytest.approx(2, abs=0.2)
    assert found.codec
    assert found.thumbnail is not None
    with Image.open(found.thumbnail) as poster:
        assert (poster.format, poster.size, found.small_size) == ("JPEG", (320, 240), (320, 240))


@pytest.mark.parametrize("suffix", ["3gp", "3g2"])
def test_a_video_of_a_telephone_is_read(examine: Examine, tmp_path: Path, suffix: str) -> None:
    pattern = ("-f", "lavfi", "-i", "testsrc=duration=2:size=176x144:rate=10")
    found = examine(clip(tmp_path / f"v.{suffix}", *pattern))
    assert (found.width, found.height, found.codec, found.note) == (176, 144, "h263", None)
    assert found.thumbnail is not None


def test_a_video_has_looks_at_several_moments_each_with_its_frame(examine: Examine, tmp_path: Path) -> None:
    looks = examine(video(tmp_path / "v.mp4")).looks
    assert [look.at_seconds for look in looks] == [0.5, 1.0, 1.5]
    for look in looks:
        assert look.frame is not None
        assert look.frame.read_bytes().startswith(b"\xff\xd8\xff")


def test_a_large_video_has_a_small_poster(examine: Examine, tmp_path: Path) -> None:
    found = examine(clip(tmp_path / "v.mp4", "-f", "lavfi", "-i", "testsrc=duration=1:size=1280x720:rate=5"))
    assert found.thumbnail is not None
    with Image.open(found.thumbnail) as poster:
        assert poster.size == (480, 270)


@pytest.mark.parametrize("suffix", ["mp3", "wav", "ogg", "flac", "m4a", "aac"])
def test_sound_has_a_duration_and_no_poster(examine: Examine, tmp_path: Path, suffix: str) -> None:
    found = examine(sound(tmp_path / f"s.{suffix}"))
    assert (found.thumbnail, found.looks, found.note) == (None, (), None)
    assert found.duration_s == pytest.approx(1, abs=0.2)


def test_sound_of_telephones_is_read(examine: Examine) -> None:
    frame = b"\x3c" + bytes(31)  # 20 ms at 12.2 kbit/s (RFC 4867, section 5.3)
    found = examine(b"#!AMR\n" + frame * 50)
    assert (found.codec, found.note) == ("amr_nb", None)
    assert found.duration_s == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("media_type", ["video/x-ms-asf", "audio/midi"])
def test_what_nobody_can_read_has_a_note(examine: Examine, media_type: str) -> None:
    assert media_type in (examine(b"whatever", media_type=media_type).note or "")


def test_a_turned_video_has_its_displayed_size(examine: Examine, tmp_path: Path) -> None:
    plain = tmp_path / "plain.mp4"
    video(plain)
    turned = clip(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(plain), "-c", "copy")
    found = examine(turned)
    assert (found.width, found.height) == (240, 320)


def tagged(path: Path, *claims: str) -> bytes:
    """A short video that says these things of itself."""
    source = ["-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=5"]
    return clip(path, *source, *(part for claim in claims for part in ("-metadata", claim)))


def test_a_video_says_when_and_where_it_was_made(examine: Examine, tmp_path: Path) -> None:
    claims = ["location=+55.7278+037.5919/", "creation_time=2023-01-19T10:00:00Z", "title=a=b;c\\d"]
    found = examine(tagged(tmp_path / "v.mov", *claims))
    assert (found.latitude, found.longitude, found.taken) == (55.7278, 37.5919, "2023-01-19T10:00:00Z")
    assert found.embedded["title"] == "a=b;c\\d"


def test_a_video_says_with_what_it_was_made(examine: Examine, tmp_path: Path) -> None:
    found = examine(tagged(tmp_path / "v.mkv", "make=Maker", "model=M 1"))
    assert found.device == "Maker M 1"


def test_a_broken_video_has_a_note(examine: Examine, tmp_path: Path) -> None:
    found = examine(video(tmp_path / "v.mp4")[:1000])
    assert (found.thumbnail, found.duration_s, found.note) == (None, None, "no frame could be decoded")


def test_a_playlist_is_not_followed_to_other_files(examine: Examine, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    video(secret)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n".encode()
    found = examine(playlist, media_type="video/mp4")
    assert (found.thumbnail, found.duration_s) == (None, None)


def test_without_ffmpeg_a_video_has_a_note(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="ffmpeg is not available"):
        streams.read_stream(tmp_path / "v.mp4", tmp_path, "video/mp4", None)


@given(st.none() | st.floats(0, 10**6))
def test_moments_are_few_ordered_and_within_the_video(duration: float | None) -> None:
    found = moments(duration)
    assert 1 <= len(found) <= 12
    assert found == sorted(set(found))
    assert found[0] >= 0
    assert found[-1] <= (duration or 0)


@given(st.floats(3, 10**5), st.floats(0.6, 1))
def test_a_copy_that_is_cut_short_is_looked_at_in_the_same_places(duration: float, share: float) -> None:
    whole, cut = set(moments(duration)), set(moments(duration * share))
    assert len(whole & cut) >= min(len(whole), len(cut)) // 2
