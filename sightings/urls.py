"""Addresses of the top floor."""

from django.urls import path, register_converter
from rest_framework.routers import SimpleRouter

from sightings.api.catalogue import EquipmentView, GazetteerView, PlaceView
from sightings.api.graph import GraphView
from sightings.api.sightings import EvidenceView, SightingView
from sightings.graph.writers import WRITERS

CASE = "investigations/<slug:slug>"

router = SimpleRouter(use_regex_path=False)
router.register("equipment", EquipmentView, "equipment")
router.register("places", PlaceView, "place")
router.register("gazetteer", GazetteerView, "gazetteer")
router.register(f"{CASE}/sightings", SightingView, "sighting")
router.register(f"{CASE}/evidence", EvidenceView, "evidence")


class GraphFormat:
    """A format that the graph can be written in, as the ending of its address."""

    regex = "|".join(WRITERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(GraphFormat, "graphformat")

api_urlpatterns = [
    *router.urls,
    path(f"{CASE}/graph.<graphformat:format>", GraphView.as_view({"get": "retrieve"}), name="graph"),
]
