"""One running instance: the steps that make it ready, and the way back."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.browser import chromium_executable
from config.embedded.errors import EmbeddedServiceError
from config.embedded.postgres import postmaster, start_postgres, stop_postgres
from config.embedded.redis import free_port, plan_redis, redis_answers, write_private
from config.embedded.redis_binary import redis_executable
from config.embedded.services import write_private_json
from config.supervision.ports import is_free, remembered_port, require_free
from config.supervision.progress import Progress
from config.supervision.reachable import answers_ok, require_database, require_redis
from config.supervision.runner import Runner
from config.supervision.warden import Warden
from sources.archiving.egress.client import take_connections
from sources.archiving.policy import Egress

STANDINS_PORT = 8765
CAPTURES_SECONDS = 300.0
ENDED = ("succeeded", "failed", "quarantined", "cancelled")
# What `manage.py` needs to know to work beside a running instance.
NOTED = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SIGHTLINE_LOCAL"),
    *("SIGHTLINE_STANDINS", "ALLOWED_LOOPBACK", "EGRESS_PROXY"),
    *("CHROMIUM", "REPLAY_ORIGIN"),
)


def instance_environment(given: Mapping[str, str], var: Path) -> dict[str, str]:
    """Return the environment of a local instance; what is `given` has precedence."""
    local = {"SIGHTLINE_LOCAL": "1", "PYTHONUNBUFFERED": "1", "SECRET_KEY": local_secret(var / "secret-key")}
    return {**local, **given, "SIGHTLINE_VAR": str(var)}


def local_secret(path: Path) -> str:
    """Return the secret key of this checkout, made the first time."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(64))
    return path.read_text()


class Instance:
    """Starts everything in order, and stops it in the reverse order. All it writes is below `var`."""

    def __init__(self, *, var: Path, port: int, runner: Runner, warden: Warden, progress: Progress) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._var = var
        self._port = port
        self._runner = runner
        self._warden = warden
        self._progress = progress
        self._environment = runner.environment
        self._postgres: Path | None = None
        self._replay_port: int | None = None

    def start(self) -> dict[str, Any]:
        """Take every step until the instance is ready; return what `ready.json` holds.

        Raises SupervisionError, EmbeddedServiceError.
        """
        require_free(self._port, "choose another: make run PORT=8001")
        self._provide_database()
        self._provide_redis()
        self._serve_standins()
        self._provide_egress()
        self._provide_browser()
        self._provide_replay()
        write_private_json(self._var / "services.json", {name: self._environment[name] for name in NOTED})
        self._prepare_database()
        self._start_programs()
        self._wait_for_captures()
        return self._announce()

    def tend(self) -> None:
        """Look after all that was started.

        Raises StopRequestedError when asked to stop, ProgramFailedError, ServiceStartError.
        """
        while True:
            self._runner.keeper.tend()
            self._revive_postgres()
            self._runner.stop.pause(0.5)

    def stop(self) -> None:
        """Stop everything this instance started; returns when it is gone. Raises ServiceStopError."""
        (self._var / "ready.json").unlink(missing_ok=True)
        self._runner.keeper.stop()
        (self._var / "services.json").unlink(missing_ok=True)
        if self._postgres is not None:
            stop_postgres(self._postgres)

    def _provide_database(self) -> None:
        if url := self._environment.get("DATABASE_URL"):
            require_database(url)
            return
        with self._progress.step("PostgreSQL"):
            self._postgres = self._var / "postgres"
            self._warden.adopt_postgres(self._postgres)
            self._environment["DATABASE_URL"] = start_postgres(self._postgres).url

    def _revive_postgres(self) -> None:
        """Start our PostgreSQL again when it is gone: being a service of its own it is nobody's child."""
        if self._postgres is not None and postmaster(self._postgres) is None:
            self._progress.say("! PostgreSQL ended unexpectedly; starting it again")
            start_postgres(self._postgres)

    def _provide_redis(self) -> None:
        if url := self._environment.get("REDIS_URL"):
            require_redis(url)
            return
        with self._progress.step("Redis"):
            plan = plan_redis(redis_executable(self._var / "redis-binary"), self._var / "redis")
            self._runner.keep("redis", *plan.command)
            self._runner.wait_until("an answer of Redis", lambda: redis_answers(plan.url))
            self._environment["REDIS_URL"] = plan.url

    def _serve_standins(self) -> None:
        """Build and serve the pages that the demonstration case is archived from, and allow fetching them."""
        port, site = remembered_port(self._var / "standins.json", STANDINS_PORT), str(self._var / "standins")
        require_free(port, "the stand-in site needs it, because its addresses are in the database.")
        with self._progress.step("Stand-in site"):
            self._runner.run_python("standins-build", "-m", "seeds.standins", "build", site)
            serve = ("-m", "seeds.standins", "serve", site, "--port", str(port))
            self._runner.keep_python("standins", *serve)
        allowed = (self._environment.get("ALLOWED_LOOPBACK", ""), f"127.0.0.1:{port}")
        self._environment["ALLOWED_LOOPBACK"] = ",".join(filter(None, allowed))
        self._environment["SIGHTLINE_STANDINS"] = f"http://127.0.0.1:{port}"

    def _provide_egress(self) -> None:
        """Open the one way out, unless another is named: that one has its own idea of what may be reached."""
        if self._environment.get("EGRESS_PROXY"):
            return
        egress = Egress("127.0.0.1", free_port(), password=secrets.token_urlsafe(32))
        self._environment["EGRESS_PROXY"] = egress.url
        with self._progress.step("Egress proxy"):
            self._runner.keep_python("egress", "-m", "sources.archiving.egress")
            self._runner.wait_until(
                "the egress proxy to answer", lambda: take_connections(egress) is not None
            )

    def _provide_browser(self) -> None:
        """Name a Chromium for the pages that are to be drawn; without one they are fetched all the same."""
        if "CHROMIUM" in self._environment:
            return
        self._environment["CHROMIUM"] = ""
        try:
            self._environment["CHROMIUM"] = str(chromium_executable())
        except EmbeddedServiceError as error:
            self._progress.say(f"! no browser, so pages are fetched without being drawn: {error}")

    def _provide_replay(self) -> None:
        """Serve archived pages on an origin of their own, where nobody has named another."""
        if self._environment.get("REPLAY_ORIGIN"):
            return
        port = self._port + 1 if is_free(self._port + 1) else free_port()
        # Browsers resolve every name below `localhost` to this machine, and count each as a site of its own.
        self._environment["REPLAY_ORIGIN"] = f"http://{{capture}}.localhost:{port}"
        self._replay_port = port

    def _prepare_database(self) -> None:
        with self._progress.step("Database tables"):
            self._runner.run_python("migrate", "manage.py", "migrate", "--no-input")
        with self._progress.step("Demonstration case"):
            self._runner.run_python("load_seed", "manage.py", "load_seed")

    def _start_programs(self) -> None:
        with self._progress.step("Web, workers and beat"):
            self._runner.keep_python("web", *web_command(self._port))
            if self._replay_port is not None:
                self._runner.keep_python("replay", *replay_command(self._replay_port))
            self._runner.keep_python("archiver", *worker_command("archiver", queue="captures", processes=2))
            examiner = worker_command("examiner", queue="examinations", processes=1)
            self._runner.keep_python("examiner", *examiner)
            self._runner.keep_python("clock", *worker_command("clock", queue="celery", processes=1))
            self._runner.keep_python("beat", *beat_command(self._var / "beat-schedule"))
            self._runner.wait_until(
                "/health/ready to say yes", lambda: answers_ok(self._port, "/health/ready")
            )

    def _wait_for_captures(self) -> None:
        with self._progress.step("Archiving and examining of the case's media"):
            in_time = self._runner.stop.wait_for(self._captures_ended, CAPTURES_SECONDS, pause=0.5)
        if not in_time:
            self._progress.say("! some captures are still waiting; the page of captures says for what")

    def _captures_ended(self) -> bool:
        self._runner.keeper.tend()
        answer = self._runner.ask_python("capture_status", "manage.py", "capture_status", "--json")
        counts: dict[str, int] = json.loads(answer)
        examining = counts.pop("examining")
        done, total = sum(counts.get(state, 0) for state in ENDED), sum(counts.values())
        self._progress.bar("captures", done, total)
        return done == total and not examining

    def _announce(self) -> dict[str, Any]:
        demonstration = json.loads((self._var / "demo.json").read_text(encoding="utf-8"))
        ready = {"url": self.url, "token": demonstration["token"], "users": demonstration["users"]}
        write_private_json(self._var / "ready.json", ready)
        return ready


def web_command(port: int) -> tuple[str, ...]:
    """Return the arguments of the web server."""
    gunicorn = ("-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}")
    threads = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
    return (*gunicorn, *threads, "--no-control-socket", "--access-logfile", "-")


def replay_command(port: int) -> tuple[str, ...]:
    """Return the arguments of the web server of the replay origin. No log of addresses: they hold signed links."""
    gunicorn = ("-m", "gunicorn", "config.replay_wsgi:application", "--bind", f"127.0.0.1:{port}")
    return (*gunicorn, "--worker-class", "gthread", "--workers", "1", "--threads", "8", "--no-control-socket")


def worker_command(name: str, *, queue: str, processes: int) -> tuple[str, ...]:
    """Return the arguments of the worker of one queue. The workers share no work, so they need no gossip."""
    work = ("--queues", queue, "--concurrency", str(processes), "--hostname", f"{name}@%h")
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
    return ("-m", "celery", "--app", "config", "worker", *work, *quiet)


def beat_command(schedule: Path) -> tuple[str, ...]:
    """Return the arguments of beat. Its pid file would only be in the way after a kill."""
    files = ("--schedule", str(schedule), "--pidfile", "")
    return ("-m", "celery", "--app", "config", "beat", "--loglevel", "WARNING", *files)
