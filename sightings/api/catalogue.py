"""Equipment and places, and the gazetteer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import ApiView
from sightings.api.filters import EquipmentFilter, PlaceFilter
from sightings.api.serializers import (
    EquipmentChange,
    EquipmentInput,
    EquipmentSerializer,
    GazetteerSerializer,
    PlaceChange,
    PlaceInput,
    PlaceSerializer,
)
from sightings.gazetteer import lookup
from sightings.models import Equipment, Place
from sightings.selectors import equipment, places
from sightings.services import catalogue

LONGEST_NAME = 200


@extend_schema(tags=["equipment"])
class EquipmentView(ApiView):
    """Types and categories of equipment, found under any of their names."""

    queryset_model = Equipment
    output_class = EquipmentSerializer
    filterset_class = EquipmentFilter

    def rows(self) -> QuerySet[Equipment]:
        return equipment()

    def list(self, request: Request) -> Response:
        """List equipment; `q` finds it under any name in any script."""
        return self.listed()

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one piece of equipment."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=EquipmentInput, responses={201: EquipmentSerializer})
    def create(self, request: Request) -> Response:
        """Enter equipment. Needs the role researcher."""
        return self.created(catalogue.add_equipment(actor=self.actor, **self.parsed(EquipmentInput)))

    @extend_schema(request=EquipmentChange)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Correct equipment, or add names to it. Needs the role researcher."""
        found = get_one(self.rows(), pk=pk)
        catalogue.change_equipment(found, actor=self.actor, **self.parsed(EquipmentChange))
        return self.shown(get_one(self.rows(), pk=pk))


@extend_schema(tags=["places"])
class PlaceView(ApiView):
    """Named places, found under any of their names."""

    queryset_model = Place
    output_class = PlaceSerializer
    filterset_class = PlaceFilter

    def rows(self) -> QuerySet[Place]:
        return places()

    def list(self, request: Request) -> Response:
        """List places; `q` finds them under any name in any script."""
        return self.listed()

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one place."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=PlaceInput, responses={201: PlaceSerializer})
    def create(self, request: Request) -> Response:
        """Enter a place. Needs the role researcher."""
        return self.created(catalogue.add_place(actor=self.actor, **self.parsed(PlaceInput)))

    @extend_schema(request=PlaceChange)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Correct a place, or add names to it. Needs the role researcher."""
        catalogue.change_place(get_one(self.rows(), pk=pk), actor=self.actor, **self.parsed(PlaceChange))
        return self.shown(get_one(self.rows(), pk=pk))


@extend_schema(tags=["places"])
class GazetteerView(ApiView):
    """Towns of the world, to enter as places."""

    queryset_model = Place
    output_class = GazetteerSerializer
    pagination_class = None

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True)], responses=GazetteerSerializer(many=True)
    )
    def list(self, request: Request) -> Response:
        """Look a name up, in Latin or Cyrillic, most populous first."""
        entries = lookup(request.query_params.get("q", "")[:LONGEST_NAME])
        return Response(GazetteerSerializer(entries, many=True).data)
