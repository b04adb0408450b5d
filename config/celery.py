"""The Celery application. It only rings the bell: the database owns every job."""

import os
import sys

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_ready
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sightline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Left to itself Celery closes the database's connection before and after each task, and PostgreSQL starts a process
# for each new one.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize


@task_prerun.connect
@task_postrun.connect
def look_after_connections(**_: object) -> None:
    """Keep the connection as a web server does from one request to the next: while it works, and not for too long."""
    close_old_connections()


@worker_ready.connect
def show_life(**_: object) -> None:
    """Ask for a first heartbeat at once: the clock's first ring would come a whole interval later."""
    app.send_task("osint.record_heartbeat")
