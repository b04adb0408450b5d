"""Bells for assessments. PostgreSQL knows what is due; a bell that is lost is followed by the next."""

from __future__ import annotations

from celery import shared_task

from sightings.services.assessments import mark_aged, recompute_due


@shared_task(name="sightings.recompute_assessments", ignore_result=True)
def recompute_assessments() -> None:
    """Recompute what is due, for a few seconds at the most."""
    recompute_due()


@shared_task(name="sightings.mark_aged", ignore_result=True)
def mark_what_aged() -> None:
    """Mark what a new day makes due."""
    mark_aged()
