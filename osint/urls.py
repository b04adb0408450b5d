"""Addresses of the ground floor."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from osint.api.discussion import AssignmentView, CommentView
from osint.api.investigations import ChangeView, InvestigationView, MembershipView
from osint.api.notices import MailView, NoticeView
from osint.api.tokens import TokenView

router = SimpleRouter(use_regex_path=False)
router.register("investigations", InvestigationView, "investigation")
router.register("investigations/<slug:slug>/memberships", MembershipView, "membership")
router.register("investigations/<slug:slug>/changes", ChangeView, "change")
router.register("investigations/<slug:slug>/comments", CommentView, "comment")
router.register("investigations/<slug:slug>/assignments", AssignmentView, "assignment")
router.register("tokens", TokenView, "token")
router.register("notices", NoticeView, "notice")

api_urlpatterns = [
    path(
        "notices/mail/",
        MailView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notice-mail",
    ),
    *router.urls,
]
