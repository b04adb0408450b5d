"""Addresses of the first floor."""

from rest_framework.routers import SimpleRouter

from sources.api.captures import CaptureView, FileView
from sources.api.publications import DerivationView, PublicationView
from sources.api.sources import RatingView, SourceView

CASE = "investigations/<slug:slug>"

router = SimpleRouter(use_regex_path=False)
router.register("sources", SourceView, "source")
router.register("sources/<uuid:source_pk>/ratings", RatingView, "source-rating")
router.register(f"{CASE}/publications", PublicationView, "publication")
router.register(f"{CASE}/derivations", DerivationView, "derivation")
router.register(f"{CASE}/captures", CaptureView, "capture")
router.register(f"{CASE}/files", FileView, "file")

api_urlpatterns = router.urls
