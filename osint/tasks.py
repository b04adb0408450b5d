"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from osint.models import Heartbeat

WORKER = "worker"


@shared_task(name="osint.record_heartbeat", ignore_result=True)
def record_heartbeat() -> None:
    """Show that the clock rings, the broker delivers and a worker works: readiness asks for nothing less."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": timezone.now()})
