"""Programs are kept running, stopped for certain, and ended even when their supervisor is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from config.embedded.processes import is_gone, wait_for
from config.supervision.errors import AlreadyRunningError, ProgramFailedError, StopRequestedError
from config.supervision.keeper import MAX_RESTARTS, Keeper
from config.supervision.lock import instance_lock
from config.supervision.programs import Child, Program
from config.supervision.stop import StopRequest
from config.supervision.warden import Warden

SLEEP = "import time; time.sleep(600)"
# A process that ignores the polite signals and has a child of its own.
STUBBORN = f"""
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
subprocess.Popen([sys.executable, '-c', {SLEEP!r}])
print('up', flush=True)
time.sleep(600)
"""


def program(folder: Path, code: str) -> Program:
    return Program("sleeper", (sys.executable, "-c", code), dict(os.environ), folder / "sleeper.log")


@pytest.fixture
def warden() -> Iterator[Warden]:
    warden = Warden()
    yield warden
    warden.dismiss()


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(warden: Warden, clock: Clock, said: list[str]) -> Iterator[Keeper]:
    keeper = Keeper(warden, said.append, clock)
    yield keeper
    keeper.stop()


def wait_for_end(child: Child) -> None:
    assert wait_for(lambda: child.exit_status() is not None, 20)


def test_stopping_ends_a_program(tmp_path: Path, warden: Warden) -> None:
    child = Child(program(tmp_path, SLEEP), warden)
    child.stop()
    assert child.exit_status() == -signal.SIGTERM


def test_stopping_ends_what_ignores_it_and_its_children(
    tmp_path: Path, warden: Warden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.supervision.programs.STOP_LADDER", ((signal.SIGTERM, 0.2),))
    child = Child(program(tmp_path, STUBBORN), warden)
    assert wait_for(lambda: "up" in child.program.log.read_text(), 20)
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    child.stop()
    assert len(family) == 2
    assert wait_for(lambda: all(map(is_gone, family)), 5)


def test_a_program_that_ends_is_started_again_after_a_while(
    tmp_path: Path, keeper: Keeper, clock: Clock, said: list[str]
) -> None:
    child = keeper.start(program(tmp_path, "print('run')"))
    wait_for_end(child)
    keeper.tend()
    assert said == ["! sleeper ended unexpectedly (0); starting it again in 1 s"]
    clock.now += 1
    keeper.tend()
    assert wait_for(lambda: child.program.log.read_text() == "run\nrun\n", 20)


def test_a_program_that_keeps_ending_is_given_up(tmp_path: Path, keeper: Keeper, clock: Clock) -> None:
    keeper.start(program(tmp_path, ""))

    def tend() -> bool:
        clock.now += 20  # longer than any wait, and five of them are shorter than the window
        keeper.tend()
        return False

    with pytest.raises(ProgramFailedError, match=f"ended {MAX_RESTARTS + 1} times"):
        wait_for(tend, 20, pause=0.1)


def test_a_stopped_keeper_starts_nothing_again(tmp_path: Path, keeper: Keeper, clock: Clock) -> None:
    child = keeper.start(program(tmp_path, "print('run')"))
    wait_for_end(child)
    keeper.tend()
    keeper.stop()
    clock.now += 60
    keeper.tend()
    assert child.program.log.read_text() == "run\n"


def test_the_warden_ends_what_a_killed_supervisor_leaves(tmp_path: Path) -> None:
    supervisor = f"""
import sys, time
from pathlib import Path
from config.supervision.programs import Child, Program
from config.supervision.warden import Warden
program = Program('s', (sys.executable, '-c', {SLEEP!r}), {{}}, Path({str(tmp_path / "log")!r}))
print(Child(program, Warden()).pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", supervisor], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        orphan = psutil.Process(int(process.stdout.readline()))
        process.kill()
    assert wait_for(lambda: is_gone(orphan), 10)


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    with (
        instance_lock(tmp_path / "lock"),
        pytest.raises(AlreadyRunningError, match=str(os.getpid())),
        instance_lock(tmp_path / "lock"),
    ):
        pass


def test_the_lock_is_free_after_a_kill(tmp_path: Path) -> None:
    holder = f"""
import time
from pathlib import Path
from config.supervision.lock import instance_lock
with instance_lock(Path({str(tmp_path / "lock")!r})):
    print('held', flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.kill()
    with instance_lock(tmp_path / "lock") as file:
        file.seek(0)
        assert file.read() == str(os.getpid())


def test_the_wish_to_stop_ends_a_wait() -> None:
    stop = StopRequest()
    stop.requested = True
    with pytest.raises(StopRequestedError):
        stop.wait_for(lambda: False, 600)


def test_what_has_come_true_is_not_waited_for() -> None:
    assert StopRequest().wait_for(lambda: True, 0)
