"""Each capture is replayed on a host of its own, where the origin has room for one."""

from __future__ import annotations

from uuid import uuid4

from django.test import override_settings

from sources.replay import origin

MANY = override_settings(REPLAY_ORIGIN="http://{capture}.localhost:8001")
ONE = override_settings(REPLAY_ORIGIN="https://replay.example.org/")


@MANY
def test_two_captures_have_two_origins() -> None:
    assert origin.origin_of(uuid4()) != origin.origin_of(uuid4())


@MANY
def test_a_capture_keeps_its_origin() -> None:
    capture = uuid4()
    assert origin.origin_of(capture) == origin.origin_of(capture)
    assert origin.host_of(capture) == f"{origin.label_of(capture)}.localhost:8001"


@MANY
def test_the_host_does_not_tell_the_capture() -> None:
    capture = uuid4()
    assert capture.hex not in origin.host_of(capture)
    assert str(capture) not in origin.host_of(capture)


@ONE
def test_one_host_for_all_is_known_as_shared() -> None:
    assert origin.is_shared()
    assert origin.origin_of(uuid4()) == "https://replay.example.org"


@override_settings(REPLAY_ORIGIN="")
def test_without_an_origin_there_is_no_replay() -> None:
    assert not origin.is_set_up()
