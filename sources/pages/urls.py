"""Addresses of the first floor's pages."""

from django.urls import path

from sources.pages.batches import (
    BatchAction,
    BatchesPage,
    BatchPage,
    BatchProgressFragment,
    NewBatchPage,
)
from sources.pages.captures import (
    CancelAction,
    CapturePage,
    CapturesPage,
    CaptureStatusFragment,
    FileAction,
    PreserveAction,
    RetryAction,
    ThumbnailAction,
)
from sources.pages.comparison import ComparisonPage
from sources.pages.lineage import NewDerivationPage, RemoveDerivationAction
from sources.pages.owners import NewOwnershipPage, OwnerPage, OwnersPage
from sources.pages.pictures import PicturesPage
from sources.pages.publications import PublicationPage, PublicationsPage
from sources.pages.quarantine import QuarantinePage, ReleaseAction
from sources.pages.replay import ReplayPage
from sources.pages.sources import SourcePage, SourcesPage
from sources.pages.suggestions import AcceptAction, RejectAction, SuggestionsPage
from sources.pages.uploads import UploadAction
from sources.pages.watching import DEEDS, WatchAction

CASE = "cases/<slug:slug>"

urlpatterns = [
    path(f"{CASE}/sources/", SourcesPage.as_view(), name="sources"),
    path(f"{CASE}/sources/<uuid:pk>/", SourcePage.as_view(), name="source"),
    path(f"{CASE}/sources/<uuid:pk>/control/", NewOwnershipPage.as_view(), name="ownership-new"),
    path(f"{CASE}/owners/", OwnersPage.as_view(), name="owners"),
    path(f"{CASE}/owners/<uuid:pk>/", OwnerPage.as_view(), name="owner"),
    path(f"{CASE}/publications/", PublicationsPage.as_view(), name="publications"),
    path(f"{CASE}/publications/<uuid:pk>/", PublicationPage.as_view(), name="publication"),
    path(f"{CASE}/publications/<uuid:pk>/compare/", ComparisonPage.as_view(), name="comparison"),
    path(f"{CASE}/publications/<uuid:pk>/preserve/", PreserveAction.as_view(), name="preserve"),
    path(f"{CASE}/publications/<uuid:pk>/origin/", NewDerivationPage.as_view(), name="derivation-new"),
    path(
        f"{CASE}/derivations/<uuid:pk>/remove/", RemoveDerivationAction.as_view(), name="derivation-take-back"
    ),
    path(f"{CASE}/suggestions/", SuggestionsPage.as_view(), name="suggestions"),
    path(f"{CASE}/suggestions/<uuid:pk>/accept/", AcceptAction.as_view(), name="suggestion-accept"),
    path(f"{CASE}/suggestions/<uuid:pk>/reject/", RejectAction.as_view(), name="suggestion-reject"),
    path(f"{CASE}/publications/<uuid:pk>/upload/", UploadAction.as_view(), name="upload-file"),
    *(
        path(f"{CASE}/watches/<uuid:pk>/{deed}/", WatchAction.as_view(), {"deed": deed}, name=f"watch-{deed}")
        for deed in DEEDS
    ),
    path(f"{CASE}/captures/", CapturesPage.as_view(), name="captures"),
    path(f"{CASE}/captures/quarantine/", QuarantinePage.as_view(), name="quarantine"),
    path(f"{CASE}/captures/<uuid:pk>/cancel/", CancelAction.as_view(), name="capture-stop"),
    path(f"{CASE}/captures/<uuid:pk>/retry/", RetryAction.as_view(), name="capture-retry"),
    path(f"{CASE}/captures/<uuid:pk>/release/", ReleaseAction.as_view(), name="release"),
    path(f"{CASE}/batches/", BatchesPage.as_view(), name="batches"),
    path(f"{CASE}/batches/new/", NewBatchPage.as_view(), name="batch-new"),
    path(f"{CASE}/batches/<uuid:pk>/", BatchPage.as_view(), name="batch"),
    path(f"{CASE}/batches/<uuid:pk>/progress/", BatchProgressFragment.as_view(), name="batch-progress"),
    path(f"{CASE}/batches/<uuid:pk>/<slug:deed>/", BatchAction.as_view(), name="batch-action"),
    path(f"{CASE}/captures/<uuid:pk>/", CapturePage.as_view(), name="capture"),
    path(f"{CASE}/captures/<uuid:pk>/replay/", ReplayPage.as_view(), name="replay"),
    path(f"{CASE}/captures/<uuid:pk>/status/", CaptureStatusFragment.as_view(), name="capture-status"),
    path(f"{CASE}/pictures/", PicturesPage.as_view(), name="pictures"),
    path(f"{CASE}/files/<uuid:pk>/", FileAction.as_view(), name="file"),
    path(f"{CASE}/files/<uuid:pk>/thumbnail/", ThumbnailAction.as_view(), name="thumbnail"),
]
