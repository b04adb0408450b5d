"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from osint.models import Heartbeat
from osint.services import mailing

WORKER = "worker"


@shared_task(name="osint.record_heartbeat", ignore_result=True)
def record_heartbeat() -> None:
    """Show that the clock rings, the broker delivers and a worker works: readiness asks for nothing less."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": timezone.now()})


@shared_task(name="osint.mail_notices", ignore_result=True)
def mail_notices() -> None:
    """Tell people by e-mail what waits for them, for a few seconds at the most."""
    mailing.mail_notices()
