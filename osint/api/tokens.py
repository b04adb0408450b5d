"""The tokens of whoever asks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_investigation_for, get_one
from osint.api.serializers import NewTokenSerializer, TokenInput, TokenSerializer
from osint.api.views import ApiView
from osint.models import ApiToken
from osint.services import tokens


@extend_schema(tags=["tokens"])
class TokenView(ApiView):
    """Your API tokens. A token cannot make tokens: log in for that."""

    queryset_model = ApiToken
    output_class = TokenSerializer

    def rows(self) -> QuerySet[ApiToken]:
        own = ApiToken.objects.filter(user=self.actor).select_related("investigation")
        current = self.actor.api_token
        return own if current is None else own.filter(pk=current.pk)

    def list(self, request: Request) -> Response:
        """List your tokens; asked with a token, only that one."""
        return self.listed()

    @extend_schema(request=TokenInput, responses={201: NewTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token. Its text is in this answer and nowhere else."""
        values = self.parsed(TokenInput)
        slug = values.get("investigation")
        token, text = tokens.issue_token(
            actor=self.actor,
            name=values["name"],
            investigation=get_investigation_for(self.actor, slug) if slug else None,
            lifetime=timedelta(days=values["days"]),
        )
        return Response({**TokenSerializer(token).data, "token": text}, status=201)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Revoke a token now."""
        tokens.revoke_token(get_one(self.rows(), pk=pk), actor=self.actor)
        return Response(status=204)
