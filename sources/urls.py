"""Addresses of the first floor."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from sources.api.batches import BatchView
from sources.api.captures import CaptureView, FileView
from sources.api.comparison import ComparisonView
from sources.api.owners import OwnershipView, OwnerView
from sources.api.pictures import PictureView
from sources.api.publications import DerivationView, PublicationView
from sources.api.replay import ReplayView
from sources.api.sources import RatingView, SourceView
from sources.api.suggestions import SuggestionView
from sources.api.uploads import UploadView
from sources.api.watching import CheckView, HandOnView, WatchView

CASE = "investigations/<slug:slug>"

router = SimpleRouter(use_regex_path=False)
router.register("sources", SourceView, "source")
router.register("sources/<uuid:source_pk>/ratings", RatingView, "source-rating")
router.register("sources/<uuid:source_pk>/ownerships", OwnershipView, "ownership")
router.register("owners", OwnerView, "owner")
router.register(f"{CASE}/publications", PublicationView, "publication")
router.register(f"{CASE}/derivations", DerivationView, "derivation")
router.register(f"{CASE}/derivation-suggestions", SuggestionView, "derivation-suggestion")
router.register(f"{CASE}/captures", CaptureView, "capture")
router.register(f"{CASE}/batches", BatchView, "batch")
router.register(f"{CASE}/files", FileView, "file")
router.register(f"{CASE}/uploads", UploadView, "upload")
router.register(f"{CASE}/watches", WatchView, "watch")
router.register(f"{CASE}/watches/<uuid:watch_pk>/checks", CheckView, "check")
router.register(f"{CASE}/handed-on", HandOnView, "handed-on")

api_urlpatterns = [
    *router.urls,
    path(f"{CASE}/pictures/search/", PictureView.as_view({"post": "search"}), name="picture-search"),
    path(
        f"{CASE}/captures/<uuid:pk>/replay/", ReplayView.as_view({"get": "retrieve"}), name="capture-replay"
    ),
    path(
        f"{CASE}/publications/<uuid:pk>/compare/",
        ComparisonView.as_view({"get": "retrieve"}),
        name="publication-comparison",
    ),
]
