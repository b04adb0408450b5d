"""The Celery application. It only rings the bell: the database owns every job."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sightline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def show_life(**_: object) -> None:
    """Ask for a first heartbeat at once: the clock's first ring would come a whole interval later."""
    app.send_task("osint.record_heartbeat")
