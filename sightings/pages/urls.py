"""Addresses of the top floor's pages."""

from django.urls import path

from sightings.pages.catalogue import EquipmentNamesFragment
from sightings.pages.evidence import NewEvidencePage, WithdrawEvidencePage
from sightings.pages.sightings import NewSightingPage, SightingPage, SightingsPage

CASE = "cases/<slug:slug>"

urlpatterns = [
    path("equipment/names/", EquipmentNamesFragment.as_view(), name="equipment-names"),
    path(f"{CASE}/sightings/", SightingsPage.as_view(), name="sightings"),
    path(f"{CASE}/sightings/new/", NewSightingPage.as_view(), name="sighting-new"),
    path(f"{CASE}/sightings/<uuid:pk>/", SightingPage.as_view(), name="sighting"),
    path(f"{CASE}/sightings/<uuid:pk>/evidence/new/", NewEvidencePage.as_view(), name="evidence-new"),
    path(f"{CASE}/evidence/<uuid:pk>/withdraw/", WithdrawEvidencePage.as_view(), name="evidence-withdraw"),
]
