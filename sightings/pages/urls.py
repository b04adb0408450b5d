"""Addresses of the top floor's pages."""

from django.urls import path

from sightings.pages.assessments import AssessmentFragment
from sightings.pages.catalogue import EquipmentNamesFragment
from sightings.pages.duplicates import DuplicatesFragment
from sightings.pages.evidence import NewEvidencePage, WithdrawEvidencePage
from sightings.pages.hypotheses import DropAction, HypothesisPage, JudgeAction, MatrixPage
from sightings.pages.judgements import RatingPreviewPage, RecordPage
from sightings.pages.relations import RelatePage, UndoPage
from sightings.pages.reviews import (
    STEPS,
    InvalidatePage,
    ReopenPage,
    ReviewPage,
    ReviewQueuePage,
    ReviewStep,
    WithdrawInvalidationPage,
)
from sightings.pages.sightings import NewSightingPage, SightingPage, SightingsPage

CASE = "cases/<slug:slug>"

urlpatterns = [
    path("equipment/names/", EquipmentNamesFragment.as_view(), name="equipment-names"),
    path(f"{CASE}/sightings/", SightingsPage.as_view(), name="sightings"),
    path(f"{CASE}/sightings/new/", NewSightingPage.as_view(), name="sighting-new"),
    path(f"{CASE}/sightings/duplicates/", DuplicatesFragment.as_view(), name="sighting-duplicates"),
    path(f"{CASE}/sightings/<uuid:pk>/", SightingPage.as_view(), name="sighting"),
    path(f"{CASE}/sightings/<uuid:pk>/assessment/", AssessmentFragment.as_view(), name="sighting-assessment"),
    path(f"{CASE}/sightings/<uuid:pk>/evidence/new/", NewEvidencePage.as_view(), name="evidence-new"),
    path(f"{CASE}/sightings/<uuid:pk>/matrix/", MatrixPage.as_view(), name="sighting-matrix"),
    path(f"{CASE}/sightings/<uuid:pk>/matrix/judge/", JudgeAction.as_view(), name="matrix-judge"),
    path(f"{CASE}/hypotheses/<uuid:pk>/", HypothesisPage.as_view(), name="hypothesis-change"),
    path(f"{CASE}/hypotheses/<uuid:pk>/drop/", DropAction.as_view(), name="hypothesis-drop"),
    path(
        f"{CASE}/hypotheses/<uuid:pk>/restore/",
        DropAction.as_view(restores=True),
        name="hypothesis-restore",
    ),
    path(f"{CASE}/sightings/<uuid:pk>/relate/", RelatePage.as_view(), name="sighting-relate"),
    path(f"{CASE}/relations/<uuid:pk>/undo/", UndoPage.as_view(), name="relation-undo"),
    path(f"{CASE}/sources/<uuid:pk>/record/", RecordPage.as_view(), name="source-record"),
    path(
        f"{CASE}/sources/<uuid:pk>/rating-preview/",
        RatingPreviewPage.as_view(),
        name="source-rating-preview",
    ),
    path(f"{CASE}/evidence/<uuid:pk>/withdraw/", WithdrawEvidencePage.as_view(), name="evidence-withdraw"),
    path(f"{CASE}/reviews/", ReviewQueuePage.as_view(), name="review-queue"),
    path(f"{CASE}/sightings/<uuid:pk>/review/", ReviewPage.as_view(), name="review"),
    path(f"{CASE}/sightings/<uuid:pk>/review/reopen/", ReopenPage.as_view(), name="review-reopen"),
    *(
        path(
            f"{CASE}/sightings/<uuid:pk>/review/{step}/",
            ReviewStep.as_view(),
            {"step": step},
            f"review-{step}",
        )
        for step in STEPS
    ),
    path(
        f"{CASE}/publications/<uuid:pk>/invalidate/", InvalidatePage.as_view(), name="publication-invalidate"
    ),
    path(
        f"{CASE}/invalidations/<uuid:pk>/withdraw/",
        WithdrawInvalidationPage.as_view(),
        name="invalidation-withdrawal",
    ),
]
