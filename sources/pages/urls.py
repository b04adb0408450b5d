"""Addresses of the first floor's pages."""

from django.urls import path

from sources.pages.captures import (
    CapturePage,
    CapturesPage,
    CaptureStatusFragment,
    FileAction,
    PreserveAction,
    ThumbnailAction,
)
from sources.pages.publications import PublicationPage, PublicationsPage
from sources.pages.sources import SourcePage, SourcesPage

CASE = "cases/<slug:slug>"

urlpatterns = [
    path(f"{CASE}/sources/", SourcesPage.as_view(), name="sources"),
    path(f"{CASE}/sources/<uuid:pk>/", SourcePage.as_view(), name="source"),
    path(f"{CASE}/publications/", PublicationsPage.as_view(), name="publications"),
    path(f"{CASE}/publications/<uuid:pk>/", PublicationPage.as_view(), name="publication"),
    path(f"{CASE}/publications/<uuid:pk>/preserve/", PreserveAction.as_view(), name="preserve"),
    path(f"{CASE}/captures/", CapturesPage.as_view(), name="captures"),
    path(f"{CASE}/captures/<uuid:pk>/", CapturePage.as_view(), name="capture"),
    path(f"{CASE}/captures/<uuid:pk>/status/", CaptureStatusFragment.as_view(), name="capture-status"),
    path(f"{CASE}/files/<uuid:pk>/", FileAction.as_view(), name="file"),
    path(f"{CASE}/files/<uuid:pk>/thumbnail/", ThumbnailAction.as_view(), name="thumbnail"),
]
