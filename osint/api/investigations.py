"""Cases, their members and their record of changes."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_investigation_for, get_one, investigations_for
from osint.api.serializers import (
    ChangeSerializer,
    InvestigationChange,
    InvestigationInput,
    InvestigationSerializer,
    MembershipChange,
    MembershipInput,
    MembershipSerializer,
)
from osint.api.views import ApiView, CaseView
from osint.models import Change, Investigation, Membership, Role
from osint.services import investigations


@extend_schema(tags=["investigations"])
class InvestigationView(ApiView):
    """The cases you are a member of."""

    queryset_model = Investigation
    lookup_field = "slug"
    lookup_value_converter = "slug"
    output_class = InvestigationSerializer

    def rows(self) -> QuerySet[Investigation]:
        return investigations_for(self.actor)

    def list(self, request: Request) -> Response:
        """List your cases, newest first."""
        return self.listed()

    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one case."""
        return self.shown(get_investigation_for(self.actor, slug))

    @extend_schema(request=InvestigationInput, responses={201: InvestigationSerializer})
    def create(self, request: Request) -> Response:
        """Open a case. You become its admin."""
        return self.created(
            investigations.open_investigation(actor=self.actor, **self.parsed(InvestigationInput))
        )

    @extend_schema(request=InvestigationChange)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Change title or summary. Needs the role admin."""
        investigation = get_investigation_for(self.actor, slug)
        values = self.parsed(InvestigationChange)
        return self.shown(investigations.change_investigation(investigation, actor=self.actor, **values))


@extend_schema(tags=["memberships"])
class MembershipView(CaseView):
    """Who works on a case."""

    queryset_model = Membership
    output_class = MembershipSerializer

    def rows(self) -> QuerySet[Membership]:
        return self.investigation.memberships.select_related("user")

    def list(self, request: Request, slug: str) -> Response:
        """List the members of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one membership."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=MembershipInput, responses={201: MembershipSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Let somebody into the case. Needs the role admin."""
        values = self.parsed(MembershipInput)
        return self.created(
            investigations.grant_membership(
                self.investigation, actor=self.actor, user=values["user"], role=Role(values["role"])
            )
        )

    @extend_schema(request=MembershipChange)
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Give a member another role. Needs the role admin."""
        membership = get_one(self.rows(), pk=pk)
        role = Role(self.parsed(MembershipChange)["role"])
        return self.shown(investigations.change_role(membership, actor=self.actor, role=role))

    def destroy(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take somebody off the case. Needs the role admin."""
        investigations.revoke_membership(get_one(self.rows(), pk=pk), actor=self.actor)
        return Response(status=204)


@extend_schema(tags=["changes"])
class ChangeView(CaseView):
    """Who changed what in a case, newest first."""

    queryset_model = Change
    output_class = ChangeSerializer

    def rows(self) -> QuerySet[Change]:
        return Change.objects.filter(investigation_id=self.investigation.pk).select_related("actor")

    def list(self, request: Request, slug: str) -> Response:
        """List the changes in the case."""
        return self.listed()
