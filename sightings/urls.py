"""Addresses of the top floor."""

from django.urls import path, register_converter
from rest_framework.routers import SimpleRouter

from sightings.api.assessments import AssessmentView
from sightings.api.catalogue import EquipmentView, GazetteerView, PlaceView
from sightings.api.graph import GraphView
from sightings.api.hypotheses import HypothesisView, MatrixView
from sightings.api.judgements import CalibrationView, RatingPreviewView
from sightings.api.relations import DuplicatesView, RelationView
from sightings.api.reviews import InvalidationView, ReviewQueueView, ReviewView, SightingReviewView
from sightings.api.sightings import EvidenceView, SightingView
from sightings.graph.writers import WRITERS

CASE = "investigations/<slug:slug>"

router = SimpleRouter(use_regex_path=False)
router.register("equipment", EquipmentView, "equipment")
router.register("places", PlaceView, "place")
router.register("gazetteer", GazetteerView, "gazetteer")
router.register(f"{CASE}/sightings", SightingView, "sighting")
router.register(f"{CASE}/evidence", EvidenceView, "evidence")
router.register(f"{CASE}/hypotheses", HypothesisView, "hypothesis")
router.register(f"{CASE}/relations", RelationView, "relation")
router.register(f"{CASE}/sightings", SightingReviewView, "sighting-review")
router.register(f"{CASE}/review-queue", ReviewQueueView, "review-queue")
router.register(f"{CASE}/reviews", ReviewView, "review")
router.register(f"{CASE}/invalidations", InvalidationView, "invalidation")


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
    path(
        f"{CASE}/sightings/<uuid:sighting>/assessment/",
        AssessmentView.as_view({"get": "current"}),
        name="assessment",
    ),
    path(
        f"{CASE}/sightings/<uuid:sighting>/assessments/",
        AssessmentView.as_view({"get": "list"}),
        name="assessment-list",
    ),
    path(
        f"{CASE}/sightings/<uuid:pk>/matrix/",
        MatrixView.as_view({"get": "retrieve", "post": "judge"}),
        name="matrix",
    ),
    path(f"{CASE}/sightings/duplicates/", DuplicatesView.as_view({"get": "find"}), name="duplicates"),
    path(
        "sources/<uuid:source_pk>/calibration/",
        CalibrationView.as_view({"get": "retrieve"}),
        name="calibration",
    ),
    path(
        "sources/<uuid:source_pk>/rating-preview/",
        RatingPreviewView.as_view({"get": "retrieve"}),
        name="rating-preview",
    ),
    path(f"{CASE}/graph.<graphformat:format>", GraphView.as_view({"get": "retrieve"}), name="graph"),
]
