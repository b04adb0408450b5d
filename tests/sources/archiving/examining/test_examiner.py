"""The examining processes: what they may not do, and what becomes of files that break them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from sources.archiving.examining import confinement, examiner, kernel, nursery
from sources.archiving.examining.examiner import Examiner, ExaminerError
from sources.archiving.examining.tasks import RESULT, Examined, Kind, Task, read_result
from sources.archiving.limited import limit_this_process
from sources.archiving.media import ffmpeg_path

from ..pages import english, picture, sound, video
from .conftest import Examine

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and Landlock are Linux's")


def task_in(tmp_path: Path, data: bytes = b"", kind: Kind = Kind.MEDIUM) -> Task:
    path, folder = tmp_path / "file", tmp_path / "results"
    path.write_bytes(data)
    folder.mkdir()
    return Task(kind, path, folder, "image/png")


def in_a_child(action: Callable[[], object]) -> str:
    """What ``action`` raises in a process of its own, as text; what it returns, if it raises nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = repr(action())
        except BaseException as error:
            said = repr(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def confined(tmp_path: Path, then: Callable[[], object]) -> str:
    """What comes of an action after a process has given up its powers, as for an examination."""
    results = tmp_path / "results"
    results.mkdir()
    known = tmp_path / "known"
    known.write_text("known")

    def act() -> object:
        confinement.give_up_network()
        limit_this_process()
        assert confinement.give_up_files([known], results, []) == "Landlock"
        return then()

    return in_a_child(act)


@pytest.fixture
def landlock() -> None:
    if sys.platform != "linux" or not kernel.landlock_version():
        pytest.skip("this kernel offers no Landlock")


@pytest.mark.usefixtures("landlock")
def test_a_confined_process_reads_what_it_was_given_and_nothing_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    assert "known" in confined(tmp_path, (tmp_path / "known").read_text)
    (tmp_path / "results").rmdir()
    assert "PermissionError" in confined(tmp_path, secret.read_text)


@pytest.mark.usefixtures("landlock")
def test_a_confined_process_writes_results_and_nothing_else(tmp_path: Path) -> None:
    def write() -> list[str]:
        (tmp_path / "results" / "a").write_text("a")
        refused = []
        for path in (tmp_path / "known", tmp_path / "new", Path("/tmp/new-from-a-test")):
            try:
                path.write_text("b")
            except PermissionError:
                refused.append(path.name)
        return refused

    assert confined(tmp_path, write) == repr(["known", "new", "new-from-a-test"])


@pytest.mark.usefixtures("landlock")
def test_a_confined_process_makes_no_links_that_could_lead_outside(tmp_path: Path) -> None:
    said = confined(tmp_path, lambda: (tmp_path / "results" / "link").symlink_to("/etc/passwd"))
    assert "PermissionError" in said


@LINUX
def test_a_confined_process_has_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert "socket" in in_a_child(lambda: socket.create_connection(address, 2))

        def reach() -> object:
            if confinement.give_up_network() is None:
                return "not permitted here"
            return socket.create_connection(address, 2)

        said = in_a_child(reach)
    if "not permitted" in said:
        pytest.skip("this system lets no process leave its network")
    assert "Error" in said


def test_the_protections_are_told(examiner: Examiner, examine: Examine) -> None:
    examine(picture())
    assert "resource limits" in examiner.protections


def test_nothing_of_our_environment_reaches_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")
    assert "SECRET_KEY" not in examiner._environment()


def test_a_page_is_read_with_its_text_as_a_file(examine: Examine) -> None:
    found = examine(english(), Kind.PAGE, url="https://example.org/page", charset="utf-8")
    assert found.page is not None
    assert (found.page.title, found.page.author, found.page.published) == (
        "Launcher on a roof",
        "Test Writer",
        "2023-01-19",
    )
    assert found.text is not None
    assert "two groups of tubes" in found.text.read_text("utf-8")


def test_a_page_without_text_has_no_file_of_it(examine: Examine) -> None:
    assert examine(b"<html></html>", Kind.PAGE, url="https://example.org/").text is None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGALRM, signal.SIGXCPU])
def test_a_file_that_kills_its_process_costs_only_itself(
    examiner: Examiner, tmp_path: Path, number: signal.Signals
) -> None:
    with Examiner() as fresh:
        for attempt in ("dies", "lives"):
            (tmp_path / attempt).mkdir()
            task = task_in(tmp_path / attempt, picture())
            if attempt == "dies":
                # A fifo is a file that keeps its reader waiting until somebody comes to kill it.
                task.path.unlink()
                os.mkfifo(task.path)
                found = examined_while(fresh, task, lambda: kill_the_reader(fresh, number))
                assert "could not be read" in (found.note or "")
            else:
                assert fresh.examine(task).width == 640


def kill_the_reader(of: Examiner, number: signal.Signals) -> None:
    nursery_process = psutil.Process(of._process.pid)  # type: ignore[union-attr]  # it runs
    while not (children := nursery_process.children()):
        pass
    children[0].send_signal(number)


def examined_while(examiner: Examiner, task: Task, action: Callable[[], None]) -> Examined:
    """The result of a task during which something happens."""
    import threading

    examiner._running()
    thread = threading.Thread(target=action)
    thread.start()
    try:
        return examiner.examine(task)
    finally:
        thread.join()


def test_a_process_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner, "CHILD_SECONDS", 0)
    monkeypatch.setattr(examiner, "GRACE_SECONDS", 0.2)
    task = task_in(tmp_path)
    task.path.unlink()
    os.mkfifo(task.path)
    with Examiner() as fresh:
        assert fresh.examine(task) == Examined(note="the file could not be read in time")
        assert fresh._process is None


def test_processes_that_end_are_started_anew_and_the_file_is_not_to_blame(tmp_path: Path) -> None:
    task = task_in(tmp_path, picture())
    with Examiner() as fresh:
        process = fresh._running()
        process.kill()
        process.wait()
        assert fresh.examine(task).width == 640


def test_processes_that_do_not_start_are_our_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner.sys, "executable", "/bin/false")  # type: ignore[attr-defined]  # a module's module
    with Examiner() as fresh, pytest.raises(ExaminerError, match="expected an examining process to start"):
        fresh.examine(task_in(tmp_path))
    assert not ExaminerError.permanent


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    with Examiner() as fresh:
        fresh.examine(task_in(tmp_path, picture()))
        process = psutil.Process(fresh._process.pid)  # type: ignore[union-attr]  # it runs
    assert not process.is_running()
    fresh.close()


def test_a_video_leaves_no_ffmpeg_behind(examiner: Examiner, examine: Examine, tmp_path: Path) -> None:
    examine(video(tmp_path / "v.mp4"))
    assert psutil.Process(examiner._process.pid).children(recursive=True) == []  # type: ignore[union-attr]  # it runs


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        "nul",
        '{"looks": [{"whole": "zz", "views": []}]}',
        '{"looks": [{"whole": "' + "A" * 128 + '", "views": []}]}',
        '{"looks": [1]}',
        '{"thumbnail": "missing.jpg"}',
        "[" * 100_000,
    ],
)
def test_a_result_that_makes_no_sense_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / RESULT).write_text(written)
    with pytest.raises((ValueError, OSError, TypeError, RecursionError)):
        read_result(tmp_path)


def result_of(tmp_path: Path, **values: Any) -> Examined:
    (tmp_path / RESULT).write_text(json.dumps(values))
    return read_result(tmp_path)


def test_a_result_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    assert result_of(tmp_path, thumbnail="../secret.jpg").thumbnail is None


def test_a_result_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "thumbnail.jpg").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="expected a file"):
        result_of(tmp_path, thumbnail="thumbnail.jpg")


def test_numbers_that_cannot_be_are_unknown(tmp_path: Path) -> None:
    found = result_of(
        tmp_path, width=-1, height=1e300, duration_s="long", latitude=91, longitude=True, note=7
    )
    assert found == Examined()


@pytest.mark.parametrize(
    "links", [None, "https://a.example/", {"a": 1}, [1, None, "x" * 5000, "https://a.example/"]]
)
def test_links_of_a_result_are_taken_with_care(tmp_path: Path, links: Any) -> None:
    page = result_of(tmp_path, page={"title": "A roof", "links": links}).page
    assert page is not None
    assert page.links == (("https://a.example/",) if isinstance(links, list) else ())


def test_the_nursery_serves_until_its_input_ends(tmp_path: Path) -> None:
    task = task_in(tmp_path, picture())
    done = subprocess.run(
        [sys.executable, "-m", "sources.archiving.examining.nursery"],
        input=task.line(),
        capture_output=True,
        text=True,
        check=True,
    )
    ready, answer = map(json.loads, done.stdout.splitlines())
    assert ready.keys() == {"protections"}
    assert answer["status"] == 0
    assert read_result(task.folder).width == 640


def test_a_task_survives_its_way_as_a_line(tmp_path: Path) -> None:
    task = Task(Kind.PAGE, tmp_path / "a\nb", tmp_path, "text/html", "https://example.org/ü", "koi8-r")
    assert Task.of_line(task.line()) == task
    assert task.line().count("\n") == 1


@pytest.mark.parametrize(
    ("kind", "media_type", "said"),
    [
        (Kind.MEDIUM, "image/png", "thumbnail"),
        (Kind.LOOK, "image/png", "looks"),
        (Kind.PAGE, "text/html", "page"),
        (Kind.MEDIUM, "video/mp4", "duration_s"),
        (Kind.MEDIUM, "audio/wav", "codec"),
    ],
)
def test_each_kind_of_work_is_done(tmp_path: Path, kind: Kind, media_type: str, said: str) -> None:
    made = {
        "image/png": picture,
        "text/html": english,
        "video/mp4": lambda: video(tmp_path / "v.mp4"),
        "audio/wav": lambda: sound(tmp_path / "s.wav"),
    }
    task = replace(task_in(tmp_path, made[media_type](), kind), media_type=media_type)  # type: ignore[operator]  # all are makers
    assert said in nursery.work(task, ffmpeg_path())


def test_what_cannot_be_read_is_a_note_and_no_crash(tmp_path: Path) -> None:
    assert "broken picture" in nursery.work(task_in(tmp_path, picture()[:200]), None)["note"]
