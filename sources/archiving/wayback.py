"""Asking the Wayback Machine to save an address, through the one way out.

The interface is the Internet Archive's "Save Page Now 2": POST the address, be told of a job; ask for the job until it
says under which moment the snapshot is.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import certifi

from .errors import ArchivingError, ConnectError, EgressError, HttpProtocolError
from .policy import Egress
from .urls import Target, parse_target

ANSWER_BYTES = 256 * 1024
SECONDS = 30.0
ACCEPTED, SAVED = 202, 200
MOMENT = re.compile(r"[0-9]{14}")


@dataclass(frozen=True)
class Wayback:
    """The service as the operator configured it. ``save_url`` such as ``https://web.archive.org/save``."""

    save_url: str
    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Word:
    """What it said. ``status`` is the HTTP status, 202 while its job has not ended, which ``job`` names."""

    status: int
    job: str = ""
    snapshot_url: str = ""
    detail: str = ""

    @property
    def is_saved(self) -> bool:
        """Whether there is a snapshot now."""
        return bool(self.snapshot_url)


def ask_to_save(url: str, *, service: Wayback, egress: Egress | None) -> Word:
    """Hand ``url`` over. Raises ArchivingError when there is no answer that can be understood."""
    form = urlencode({"url": url, "skip_first_archive": "1"})
    status, said = _asked("POST", service.save_url, service, egress, form)
    job = str(said.get("job_id") or "")
    if status == SAVED and job:
        return Word(ACCEPTED, job)
    return Word(status, detail=_message(said))


def ask_for_job(job: str, *, service: Wayback, egress: Egress | None) -> Word:
    """What has become of a job. Raises as ``ask_to_save``."""
    place = f"{service.save_url.rstrip('/')}/status/{quote(job, safe='')}"
    status, said = _asked("GET", place, service, egress)
    match said.get("status"):
        case "success":
            return Word(status, job, urljoin(service.save_url, f"/web/{_snapshot(said)}"))
        case "pending":
            return Word(ACCEPTED, job)
        case _:
            return Word(status, detail=_message(said))


def _snapshot(said: Mapping[str, Any]) -> str:
    """Moment and address of a snapshot. Raises HttpProtocolError where the service names none."""
    moment, original = str(said.get("timestamp")), str(said.get("original_url"))
    if not MOMENT.fullmatch(moment) or not original.startswith(("http://", "https://")):
        raise HttpProtocolError(
            f"expected moment and address of a snapshot, got {moment[:20]!r}, {original[:80]!r}"
        )
    return f"{moment}/{original}"


def _message(said: Mapping[str, Any]) -> str:
    return str(said.get("message") or said.get("status_ext") or "it gave no reason")[:1000]


def _asked(
    method: str, url: str, service: Wayback, egress: Egress | None, form: str | None = None
) -> tuple[int, Mapping[str, Any]]:
    target = parse_target(url)
    connection = _tunnel(target, egress)
    try:
        connection.request(method, target.path, form, _headers(service, form))
        answer = connection.getresponse()
        return answer.status, _understood(answer.read(ANSWER_BYTES))
    except http.client.HTTPException as error:
        raise HttpProtocolError(f"expected an HTTP answer, got {type(error).__name__}") from error
    except OSError as error:
        raise ConnectError(f"expected {target.host} to answer, got: {error}") from error
    finally:
        connection.close()


def _tunnel(target: Target, egress: Egress | None) -> http.client.HTTPConnection:
    if egress is None:
        raise EgressError("expected a way out (EGRESS_PROXY), got none")
    connection: http.client.HTTPConnection
    if target.scheme == "https":
        trusted = ssl.create_default_context(cafile=certifi.where())
        connection = http.client.HTTPSConnection(egress.host, egress.port, timeout=SECONDS, context=trusted)
    else:
        connection = http.client.HTTPConnection(egress.host, egress.port, timeout=SECONDS)
    credentials = b64encode(f"{egress.user}:{egress.password}".encode()).decode()
    connection.set_tunnel(target.host, target.port, {"Proxy-Authorization": f"Basic {credentials}"})
    return connection


def _headers(service: Wayback, form: str | None) -> dict[str, str]:
    headers = {
        "Accept": "application/json",
        "Authorization": f"LOW {service.access_key}:{service.secret_key}",
    }
    return headers | ({"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {})


def _understood(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise _UnclearError(f"expected JSON, got {body[:80]!r}") from error
    return said if isinstance(said, dict) else {}


class _UnclearError(ArchivingError):
    """An answer that is none, such as a page that says to come back later."""

    code = "unclear_answer"
    permanent = False
