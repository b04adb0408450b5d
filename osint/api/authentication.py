"""Bearer tokens for programs; people's sessions are DRF's own."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from osint.models import ApiToken, User
from osint.services import tokens


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer slt_…`. The user it yields carries the token, and with it the token's limits."""

    keyword = b"bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword:
            return None
        now = timezone.now()
        token = tokens.find_usable_token(_text(parts), now)
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.", code="token_invalid")
        tokens.note_use(token, now)
        user = token.user
        user.api_token = token
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="sightline"'


def _text(parts: list[bytes]) -> str:
    return parts[1].decode("ascii", "replace") if len(parts) == 2 else ""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the base is untyped
    """How the token appears in the OpenAPI document."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "slt_<prefix>_<secret>"}
