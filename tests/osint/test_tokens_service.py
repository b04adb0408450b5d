"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from osint.errors import ForbiddenError, NotFoundError
from osint.models import ApiToken, User
from osint.services.tokens import (
    LAST_USE_GRAIN,
    LONGEST_LIFETIME,
    find_usable_token,
    issue_token,
    note_use,
    revoke_token,
)
from tests import cast
from tests.records import actions_on


@pytest.fixture
def issued(team: cast.Team) -> tuple[ApiToken, str]:
    return issue_token(actor=team.viewer, name="scripts")


def test_text_finds_its_token(issued: tuple[ApiToken, str]) -> None:
    token, text = issued

    assert find_usable_token(text, timezone.now()) == token


def test_secret_is_not_kept(issued: tuple[ApiToken, str]) -> None:
    token, text = issued

    assert text.split("_", 2)[2] not in str(ApiToken.objects.values().get(pk=token.pk))


def test_lifetime_has_a_ceiling(team: cast.Team) -> None:
    token, _ = issue_token(actor=team.viewer, name="for ever", lifetime=timedelta(days=10_000))

    assert token.expires_at <= timezone.now() + LONGEST_LIFETIME


def test_token_ends_at_its_last_moment(issued: tuple[ApiToken, str]) -> None:
    token, text = issued

    assert find_usable_token(text, token.expires_at) is None


def test_token_makes_no_token(issued: tuple[ApiToken, str], team: cast.Team) -> None:
    user = User.objects.get(pk=team.viewer.pk)
    user.api_token = issued[0]

    with pytest.raises(ForbiddenError):
        issue_token(actor=user, name="offspring")


def test_token_for_a_case_needs_a_membership_there(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        issue_token(actor=team.outsider, name="spy", investigation=team.case)


def test_nobody_else_revokes_a_token(issued: tuple[ApiToken, str], team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        revoke_token(issued[0], actor=team.admin)


def test_revoking_twice_keeps_the_first_moment(issued: tuple[ApiToken, str], team: cast.Team) -> None:
    first = revoke_token(issued[0], actor=team.viewer)

    second = revoke_token(ApiToken.objects.get(), actor=team.viewer)

    assert second.revoked_at == first.revoked_at
    assert actions_on(second) == ["token.issued", "token.revoked"]


def test_use_is_noted_at_most_once_a_minute(issued: tuple[ApiToken, str]) -> None:
    token, now = issued[0], timezone.now()
    note_use(token, now)
    token.refresh_from_db()

    note_use(token, now + LAST_USE_GRAIN / 2)

    token.refresh_from_db()
    assert token.last_used_at == now
