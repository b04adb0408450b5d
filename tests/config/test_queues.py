"""Captures wait in a queue of their own, so that what the clock rings for never waits behind them."""

import pytest
from django.conf import settings

from config.celery import app
from config.instance import worker_command
from sources.bells import ARCHIVE_CAPTURE, EXAMINE_CAPTURE

CLOCKED = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]

#: Reading the archive takes long itself, so it must not stand before the heartbeat either.
LONG = {"sources.check_fixity", "sources.suggest_derivations", "osint.mail_notices"}


def queue_of(task: str) -> str:
    """The name of the queue that Celery's own router puts the task into."""
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_captures_and_examinations_have_queues_of_their_own() -> None:
    assert (queue_of(ARCHIVE_CAPTURE), queue_of(EXAMINE_CAPTURE)) == ("captures", "examinations")


@pytest.mark.parametrize("task", CLOCKED)
def test_what_the_clock_rings_for_is_not_behind_captures(task: str) -> None:
    assert queue_of(task) == ("examinations" if task in LONG else "celery")


def test_only_captures_and_examinations_are_killed_when_they_outlive_their_limit() -> None:
    app.loader.import_default_modules()
    killed = (ARCHIVE_CAPTURE, EXAMINE_CAPTURE)
    limits = {name: app.tasks[name].time_limit for name in (*killed, *CLOCKED)}
    longest = settings.CAPTURE_DEADLINE_SECONDS * 4
    assert limits == dict.fromkeys(killed, longest) | dict.fromkeys(CLOCKED)


def test_a_worker_serves_one_queue_under_a_name_of_its_own() -> None:
    command = worker_command("archiver", queue="captures", processes=2)
    options = dict(zip(command[5::2], command[6::2], strict=False))
    assert (options["--queues"], options["--hostname"]) == ("captures", "archiver@%h")
