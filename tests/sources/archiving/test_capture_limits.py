"""What one capture may take: requisites, bytes, time, memory."""

from __future__ import annotations

import socket
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sources.archiving import deadlines, tools
from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Role
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from tests.webserver import Server, response

from .harvesting import archive, files
from .pages import english, picture, russian


def test_the_number_of_requisites_is_limited(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    body = "".join(f'<img src="/{number}.png">' for number in range(5))
    server.routes["/"] = response(english(body=body))
    server.routes |= {f"/{number}.png": response(picture(size=(4, 4))) for number in range(5)}
    harvest = archive(server, replace(policy, capture_requisites=2), workdir)
    assert len(harvest.exchanges) == 3
    assert (harvest.verdict, harvest.reasons) == (
        "partial",
        ("3 requisites beyond the limit were not fetched",),
    )


def test_the_bytes_of_a_capture_are_limited(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    page = english(body='<img src="/a.png">')
    server.routes |= {"/": response(page), "/a.png": response(picture())}
    harvest = archive(server, replace(policy, capture_bytes=len(page) + 10), workdir)
    assert [facts["truncated"] for facts in harvest.exchanges] == [None, "length"]
    assert harvest.verdict == "partial"


def test_a_requisite_that_hangs_does_not_hold_up_the_rest(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    def hang(_: socket.socket) -> None:
        server.stopping.wait()

    server.routes |= {
        "/": response(english(body='<img src="/slow.png"><img src="/a.png">')),
        "/slow.png": hang,
        "/a.png": response(picture(), media_type="image/png"),
    }
    harvest = archive(server, replace(policy, requisite_seconds=0.3), workdir)
    assert [item["code"] for item in harvest.failures] == ["deadline_passed"]
    assert len(files(harvest, Role.MEDIUM)) == 1


def test_requisites_are_fetched_at_the_same_time(server: Server, policy: FetchPolicy, workdir: Path) -> None:
    together = threading.Barrier(2, timeout=10)

    def answer(connection: socket.socket) -> None:
        together.wait()  # breaks, and fails the test, unless both requests are under way at once
        connection.sendall(response(picture(), media_type="image/png"))

    server.routes |= {"/": response(english(body='<img src="/a"><img src="/b">')), "/a": answer, "/b": answer}
    assert archive(server, policy, workdir).verdict == "complete"


def test_media_are_kept_once_the_deadline_has_passed(
    server: Server, policy: FetchPolicy, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pass_the_deadline(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("requisites", total):
            monkeypatch.setattr(deadlines, "time", SimpleNamespace(monotonic=lambda: float("inf")))

    page = english(body='<img src="/a.png"><img src="/b.png">')
    picked = {f"/{name}.png": response(picture(), media_type="image/png") for name in "ab"}
    server.routes |= {"/": response(page), **picked}
    harvest = archive_page(
        server.url(),
        policy=policy,
        workdir=workdir,
        deadline=Deadline.after(60),
        on_progress=pass_the_deadline,
    )
    media = files(harvest, Role.MEDIUM)
    assert [medium.path.read_bytes() for medium in media] == [picture(), picture()]


def test_what_is_read_of_a_page_is_limited_and_what_is_stored_is_not(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    page = english(body=f'<img src="/early.png">{" " * policy.page_bytes}<img src="/late.png">')
    server.routes |= {"/": response(page), "/early.png": response(picture(), media_type="image/png")}
    harvest = archive(server, policy, workdir)
    assert (server.asked("/early.png"), server.asked("/late.png")) == (1, 0)
    assert files(harvest, Role.PAGE)[0].path.read_bytes() == page


def test_four_megabytes_of_a_page_are_read() -> None:
    assert FetchPolicy().page_bytes == 4 * 1024 * 1024


def test_a_limit_inside_a_character_does_not_cost_the_charset(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    page = russian("gb18030").replace(b'<meta charset="gb18030">', b"")
    inside = page.rindex("подняли".encode("gb18030")) + 1
    server.routes["/"] = response(page, media_type="text/html; charset=gb18030")
    harvest = archive(server, replace(policy, page_bytes=inside), workdir)
    assert harvest.page.title == "Установка на крыше"


def test_memory_stays_flat_while_a_large_body_passes(
    server: Server, policy: FetchPolicy, workdir: Path
) -> None:
    size = 40_000_000

    def pour(connection: socket.socket) -> None:
        connection.sendall(
            f"HTTP/1.1 200 OK\r\nContent-Type: application/x-raw\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        block = bytes(1_000_000)
        for _ in range(size // len(block)):
            connection.sendall(block)

    server.routes["/"] = pour
    archive_tools = tools.tool_versions()
    tracemalloc.start()
    harvest = archive(server, policy, workdir)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert files(harvest, Role.PAGE)[0].size == size
    assert peak < 12_000_000
    assert harvest.tools == archive_tools
