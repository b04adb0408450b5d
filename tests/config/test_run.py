"""`make run` from the outside: what it refuses in one line, and one whole life of an instance."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from config.embedded.postgres import postmaster
from config.embedded.processes import is_gone, wait_for
from config.embedded.redis import free_port
from config.instance import instance_environment
from config.supervision.lock import instance_lock
from config.supervision.throwaway import free_folder

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_LOOPBACK",
    "EGRESS_PROXY",
    "SIGHTLINE_STANDINS",
    "SIGHTLINE_STORAGE",
)


def environment(var: Path, **values: str) -> dict[str, str]:
    """The environment of someone who has never heard of the tests."""
    others = {name: value for name, value in os.environ.items() if name not in (*OURS, "SIGHTLINE_WORK")}
    return {**others, "SIGHTLINE_VAR": str(var), "PORT": str(free_port()), **values}


def refusal(var: Path, **values: str) -> str:
    """Run it, expect it to end with status 1, and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "config.run"],
        cwd=ROOT,
        env=environment(var, **values),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    return done.stdout


def test_an_impossible_port_is_refused_in_one_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, PORT="http") == "PORT: expected a port between 1 and 65535, got 'http'\n"


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = refusal(tmp_path, PORT=str(port))
    assert said.startswith(f"Port {port} on 127.0.0.1 is taken")
    assert said.count("\n") == 1


def test_a_database_that_does_not_answer_is_refused_in_one_line(tmp_path: Path) -> None:
    said = refusal(tmp_path, DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/x")
    assert said.startswith("The database of DATABASE_URL does not answer")
    assert said.count("\n") == 1
    assert "hunter2" not in said


def test_a_second_instance_is_refused_in_one_line(tmp_path: Path) -> None:
    with instance_lock(tmp_path / "run.lock"):
        said = refusal(tmp_path)
    assert said.startswith("Already running in this checkout")
    assert said.count("\n") == 1


def test_the_secret_key_of_a_checkout_stays(tmp_path: Path) -> None:
    first = instance_environment({}, tmp_path)["SECRET_KEY"]
    assert instance_environment({}, tmp_path)["SECRET_KEY"] == first


def test_what_is_given_has_precedence(tmp_path: Path) -> None:
    assert instance_environment({"SECRET_KEY": "mine"}, tmp_path)["SECRET_KEY"] == "mine"


def test_two_runs_of_the_tests_have_folders_of_their_own(tmp_path: Path) -> None:
    with free_folder(tmp_path) as (first, _), free_folder(tmp_path) as (second, _):
        assert first != second
    with free_folder(tmp_path) as (third, _):
        assert third == first


@contextmanager
def running(var: Path) -> Iterator[subprocess.Popen[str]]:
    """An instance of its own, and whatever happens its end."""
    (var / "redis-binary").symlink_to(ROOT / "var" / "redis-binary")
    with (var / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"], cwd=ROOT, env=environment(var), stdout=output, text=True
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_an_instance_becomes_ready_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        ready = tmp_path / "ready.json"
        assert wait_for(lambda: ready.exists() or process.poll() is not None, 240, pause=0.2)
        assert ready.exists(), (tmp_path / "output").read_text()
        said = json.loads(ready.read_text())
        with urllib.request.urlopen(f"{said['url']}/health/ready") as answer:
            assert answer.status == 200
        server = postmaster(tmp_path / "postgres")
        assert server is not None
        family = [*psutil.Process(process.pid).children(recursive=True), server]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert wait_for(lambda: all(map(is_gone, family)), 10)
        assert not ready.exists()
