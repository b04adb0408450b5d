"""Addresses of the ground floor."""

from rest_framework.routers import SimpleRouter

from osint.api.investigations import ChangeView, InvestigationView, MembershipView
from osint.api.tokens import TokenView

router = SimpleRouter(use_regex_path=False)
router.register("investigations", InvestigationView, "investigation")
router.register("investigations/<slug:slug>/memberships", MembershipView, "membership")
router.register("investigations/<slug:slug>/changes", ChangeView, "change")
router.register("tokens", TokenView, "token")

api_urlpatterns = router.urls
