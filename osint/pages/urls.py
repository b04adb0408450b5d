"""Addresses of the ground floor's pages."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView

from osint.pages.discussion import AssignAction, DiscussionPage, WithdrawCommentAction
from osint.pages.forms import LogInForm
from osint.pages.metrics import metrics
from osint.pages.notices import MailAction, NoticesPage, ReadAction, ReadAllAction
from osint.pages.probes import live, ready
from osint.pages.views import ChangesPage, HomePage, OverviewPage

CASE = "cases/<slug:slug>"

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    # Asked for by browsers on pages that name no icon, such as the admin's.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}osint/favicon.svg")),
    path(
        "login/",
        LoginView.as_view(
            template_name="osint/login.html",
            authentication_form=LogInForm,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("cases/<slug:slug>/", OverviewPage.as_view(), name="case"),
    path("cases/<slug:slug>/changes/", ChangesPage.as_view(), name="changes"),
    path(
        f"{CASE}/discussion/<slug:subject_type>/<uuid:subject_id>/",
        DiscussionPage.as_view(),
        name="discussion",
    ),
    path(
        f"{CASE}/discussion/<slug:subject_type>/<uuid:subject_id>/assign/",
        AssignAction.as_view(),
        name="assign",
    ),
    path(f"{CASE}/comments/<uuid:pk>/withdraw/", WithdrawCommentAction.as_view(), name="comment-take-back"),
    path("notices/", NoticesPage.as_view(), name="notices"),
    path("notices/read/", ReadAllAction.as_view(), name="notices-read"),
    path("notices/mail/", MailAction.as_view(), name="notices-mail"),
    path("notices/<uuid:pk>/read/", ReadAction.as_view(), name="notice-read"),
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
]
