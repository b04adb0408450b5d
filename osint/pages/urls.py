"""Addresses of the ground floor's pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from osint.pages.forms import LogInForm
from osint.pages.metrics import metrics
from osint.pages.probes import live, ready
from osint.pages.views import ChangesPage, HomePage, OverviewPage

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
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
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
]
