"""`make run`: everything on one machine, from nothing to the demonstration case in the browser.

Starts in order, says what it does, keeps what ends running, and stops everything on Ctrl-C or SIGTERM.
Reads PORT, DATABASE_URL and REDIS_URL; a service that is named is used and not started.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.errors import EmbeddedServiceError
from config.environment import Environment
from config.instance import Instance, instance_environment
from config.supervision.errors import StopRequestedError, SupervisionError, WrongSettingError
from config.supervision.keeper import Keeper
from config.supervision.lock import instance_lock
from config.supervision.progress import Progress
from config.supervision.runner import Runner
from config.supervision.stop import StopRequest
from config.supervision.warden import Warden

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
CASE = "moscow-air-defence"  # the demonstration's


def main() -> int:
    """Run an instance until it is stopped; return the exit status."""
    os.chdir(BASE_DIR)
    progress, stop = Progress(), StopRequest()
    stop.listen()
    try:
        run(os.environ, progress, stop)
    except (SupervisionError, EmbeddedServiceError) as error:
        if not stop.requested:
            progress.say(str(error))
            return 1
    progress.say("Stopped.")
    return 0


def run(given: Mapping[str, str], progress: Progress, stop: StopRequest) -> None:
    """Hold the lock of this checkout and run an instance in it.

    Raises SupervisionError (StopRequestedError and WrongSettingError among them), EmbeddedServiceError.
    """
    var = Path(given.get("SIGHTLINE_VAR") or BASE_DIR / "var").resolve()
    port = wanted_port(given)
    with instance_lock(var / "run.lock") as lock:
        warden = Warden(keep_open=[lock])
        try:
            keeper = Keeper(warden, progress.say)
            environment = instance_environment(given, var)
            runner = Runner(
                keeper=keeper, warden=warden, stop=stop, logs=var / "log", environment=environment
            )
            work(Instance(var=var, port=port, runner=runner, warden=warden, progress=progress), progress)
        finally:
            warden.dismiss()


def wanted_port(given: Mapping[str, str]) -> int:
    """Return PORT. Raises WrongSettingError."""
    environment = Environment(given)
    port = environment.port("PORT", DEFAULT_PORT)
    for problem in environment.problems:
        raise WrongSettingError(f"{problem.name}: expected {problem.expected}, got {problem.value!r}")
    return port


def work(instance: Instance, progress: Progress) -> None:
    """Start the instance, look after it, and stop it whatever happens."""
    try:
        progress.say(welcome(instance.start()))
        instance.tend()
    except StopRequestedError:
        progress.say("Stopping …")
        raise
    finally:
        instance.stop()


def welcome(ready: Mapping[str, Any]) -> str:
    """Return what to do next: the address, who can log in, and one line for `curl`."""
    url, token = ready["url"], ready["token"]
    people = "\n".join(
        f"    {role:<12} {person['username']:<16} {person['password']}"
        for role, person in ready["users"].items()
    )
    curl = f"curl -H 'Authorization: Bearer {token}' {url}/api/v1/investigations/{CASE}/sightings/"
    return f"\nSightline is ready: {url}\n\n{people}\n\n    {curl}\n\nCtrl-C stops everything."


if __name__ == "__main__":
    sys.exit(main())
