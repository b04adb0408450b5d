"""A replay origin on which archived script could do harm is a system check, not a surprise."""

from __future__ import annotations

import pytest
from django.test import override_settings

from config.checks import check_replay_origin

DEPLOYED = {"LOCAL": False, "HTTPS": True, "ALLOWED_HOSTS": ["sightline.example.org"]}


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("", []),
        ("https://{capture}.replay.example.org", []),
        ("https://replay.example.org", ["sightline.W001"]),
        ("https://sightline.example.org:8443", ["sightline.E014"]),
        ("http://{capture}.replay.example.org", ["sightline.E014"]),
    ],
)
def test_origins_are_judged(origin: str, expected: list[str]) -> None:
    with override_settings(REPLAY_ORIGIN=origin, **DEPLOYED):
        assert [message.id for message in check_replay_origin(None)] == expected


def test_on_one_s_own_machine_every_capture_has_a_host() -> None:
    with override_settings(REPLAY_ORIGIN="http://{capture}.localhost:8001", LOCAL=True, HTTPS=False):
        assert check_replay_origin(None) == []
