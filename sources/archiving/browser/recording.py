"""What the browser was answered, recorded before the page has it.

Every answer is stopped when its head is there; its body is read whole (without content coding, which is undone
by then), written to disk, and only then handed on. Nothing is guessed or asked for twice, and a page that moves on
or a cache that is emptied takes no body with it. Two kinds of bodies are not read so, but left for a
fetch of their own: those too long for a message, and media of unknown length.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sources.archiving.deadlines import ByteBudget
from sources.archiving.egress.answers import CODE_HEADER, SEAL_HEADER, genuine_code
from sources.archiving.exchange import REDIRECT_STATUSES
from sources.archiving.policy import Egress
from sources.archiving.recorder import HashingFile

from .pipe import Message
from .protocol import Connection, Params
from .tab import Tab

MESSAGE_BODY_BYTES = 16 * 1024 * 1024
ENDLESS_TYPES = ("text/event-stream", "multipart/x-mixed-replace")
WHOLE_RANGE = "bytes=0-"
# Answers are stopped before the page has them, so that their bodies can be read whole. Requests are stopped only
# where something has to be said beforehand: for documents, else Chromium does not ask for the proxy's password,
# and for media, which it would ask for in parts.
INTERCEPTED = [
    {"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"},
    {"urlPattern": "*", "resourceType": "Media", "requestStage": "Request"},
    {"urlPattern": "*", "requestStage": "Response"},
]
#: Once there is enough: before anything is even asked for.
ALL_REQUESTS = [{"urlPattern": "*", "requestStage": "Request"}]

Headers = tuple[tuple[str, str], ...]


@dataclass
class Answer:
    """One answer. ``body`` is None while it is being read, and for good if it was left out, as ``lack`` says."""

    network_id: str
    url: str
    method: str
    kind: str
    frame: str
    status: int
    reason: str
    headers: Headers
    request_headers: Headers
    started: datetime
    ended: datetime
    body: HashingFile | None = None
    truncated: str | None = None
    lack: str | None = None

    @property
    def is_redirect(self) -> bool:
        """Whether the browser went on from here."""
        return self.status in REDIRECT_STATUSES and header(self.headers, "location") is not None


@dataclass(frozen=True)
class Unanswered:
    """A request that got no answer; ``reason`` in the protocol's word, ``refusal`` the way out's code."""

    url: str
    kind: str
    network_id: str
    reason: str
    refusal: str | None = None


@dataclass
class Wire:
    """What was said on the network for one request, hop by hop: beside the answers, and not as well ordered."""

    requests: list[Params] = field(default_factory=list)
    responses: list[Params] = field(default_factory=list)
    started: deque[float] = field(default_factory=deque)
    security: Params | None = None
    error: str | None = None
    is_cached: bool = False


class Recorder:
    """Records the answers to one tab in ``directory``, no more than ``limit`` of them and within ``budget``."""

    def __init__(self, tab: Tab, directory: Path, *, limit: int, budget: ByteBudget, egress: Egress) -> None:
        self.answers: list[Answer] = []
        self.unanswered: list[Unanswered] = []
        self.left_out = 0
        self.activity = 0
        self.wires: dict[str, Wire] = {}
        self.chains: dict[str, tuple[str, ...]] = {}
        self._tab = tab
        self._connection: Connection = tab.connection
        self._directory = directory
        self._limit = limit
        self._budget = budget
        self._credentials = {"username": egress.user, "password": egress.password}
        self._in_flight: set[str] = set()
        self._reading: dict[str, Answer] = {}

    def listen(self) -> None:
        """Take note of everything from now on."""
        handlers = {
            "Fetch.requestPaused": self._paused,
            "Fetch.authRequired": self._challenged,
            "Network.requestWillBeSent": self._asked,
            "Network.requestWillBeSentExtraInfo": self._asked_on_the_wire,
            "Network.responseReceived": self._answered,
            "Network.responseReceivedExtraInfo": self._answered_on_the_wire,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
        }
        for event, handler in handlers.items():
            self._connection.on(event, handler)
        self._intercept(INTERCEPTED)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way."""
        return not self._in_flight and not self._reading

    def has_news(self) -> Callable[[], bool]:
        """Tells whether anything has happened since this was called."""
        before = self.activity
        return lambda: self.activity != before

    @property
    def slow_bodies(self) -> bool:
        """Whether bodies are being read."""
        return bool(self._reading)

    def give_up_reading(self, reason: str) -> None:
        """Let no page wait for the bodies that are not there yet; ``reason`` as in WARC-Truncated."""
        for request_id, answer in list(self._reading.items()):
            answer.lack = reason
            del self._reading[request_id]
            self._send("Fetch.failRequest", requestId=request_id, errorReason="TimedOut")

    def wire_of(self, network_id: str) -> Wire:
        """What is known of the network for one request."""
        return self.wires.setdefault(network_id, Wire())

    def learn_certificates(self) -> None:
        """Ask for the certificates (SHA-256 in hex, of their DER form) of each origin. Raises BrowserError."""
        for origin in {origin_of(answer.url) for answer in self.answers if answer.url.startswith("https:")}:
            chain = self._tab.call("Network.getCertificate", {"origin": origin})["tableNames"]
            self.chains[origin] = tuple(hashlib.sha256(b64decode(part)).hexdigest() for part in chain)

    # --- what is stopped ---------------------------------------------------------------------------------

    def _paused(self, params: Params, session: str) -> None:
        self.activity += 1
        if "responseErrorReason" in params:
            self._note_error(params, params["responseErrorReason"])
            self._go_on(params)
        elif "responseStatusCode" in params:
            self._stop_at_answer(params)
        elif self.left_out:
            self._leave_out(params)
        else:
            self._send("Fetch.continueRequest", requestId=params["requestId"], **_asked_whole(params))

    def _stop_at_answer(self, params: Params) -> None:
        answer = _answer(params)
        if refusal := self._refusal(answer):
            self._note_error(params, "Failed", refusal)
            return self._send("Fetch.failRequest", requestId=params["requestId"], errorReason="Failed")
        if len(self.answers) >= self._limit:
            return self._leave_out(params)
        self._take_start(answer)
        self.answers.append(answer)
        if not answer.is_redirect and self._is_readable(answer):
            return self._read(params, answer)
        self._in_flight.discard(answer.network_id)  # it is not waited for
        return self._go_on(params)

    def _refusal(self, answer: Answer) -> str | None:
        """The code with which the way out refused a request without TLS, whose answer looks like the origin's."""
        if not answer.url.startswith("http:"):
            return None
        code, seal = (header(answer.headers, name.lower()) for name in (CODE_HEADER, SEAL_HEADER))
        return genuine_code(code, seal, self._credentials["password"])

    def _take_start(self, answer: Answer) -> None:
        """The hop's own moment, which the network noted; else that of its answer stands."""
        started = self.wire_of(answer.network_id).started
        if started:
            answer.started = datetime.fromtimestamp(started.popleft(), UTC)

    def _is_readable(self, answer: Answer) -> bool:
        length = _declared_length(answer.headers)
        is_coded = header(answer.headers, "content-encoding") is not None
        if header(answer.headers, "content-type", "").startswith(ENDLESS_TYPES):
            answer.lack = "unspecified"
        elif (length or 0) > MESSAGE_BODY_BYTES or (answer.kind == "Media" and (length is None or is_coded)):
            answer.lack = "length"
        elif answer.status == 206 and not _is_all(answer.headers):
            answer.lack = "partial"
        return answer.lack is None

    def _read(self, params: Params, answer: Answer) -> None:
        request_id = params["requestId"]
        self._reading[request_id] = answer

        def got(message: Message) -> None:
            self.activity += 1
            if self._reading.pop(request_id, None) is None:
                return  # it was given up
            self._keep(answer, message)
            # All of it is here, though a player may take its time with it.
            self._in_flight.discard(answer.network_id)
            self._go_on(params)

        self._connection.send("Fetch.getResponseBody", {"requestId": request_id}, then=got)

    def _keep(self, answer: Answer, message: Message) -> None:
        result = message.get("result")
        if result is None:
            answer.lack = "disconnect"
            return
        data = b64decode(result["body"]) if result["base64Encoded"] else result["body"].encode()
        granted = self._budget.take(len(data))
        answer.truncated = None if granted == len(data) else "length"
        answer.body = HashingFile(self._directory / f"{uuid4().hex}.body")
        answer.body.write(data[:granted])
        answer.body.close()
        answer.ended = datetime.now(UTC)

    def _leave_out(self, params: Params) -> None:
        self.left_out += 1
        self._send("Fetch.failRequest", requestId=params["requestId"], errorReason="BlockedByClient")
        if self.left_out == 1:
            self._intercept(ALL_REQUESTS)

    def _note_error(self, params: Params, reason: str, refusal: str | None = None) -> None:
        url, kind = params["request"]["url"], params["resourceType"]
        self.unanswered.append(Unanswered(url, kind, params.get("networkId", ""), reason, refusal))

    def _challenged(self, params: Params, session: str) -> None:
        is_proxy = params["authChallenge"].get("source") == "Proxy"
        response = (
            {"response": "ProvideCredentials", **self._credentials}
            if is_proxy
            else {"response": "CancelAuth"}
        )
        self._send("Fetch.continueWithAuth", requestId=params["requestId"], authChallengeResponse=response)

    def _intercept(self, patterns: list[dict[str, str]]) -> None:
        self._send("Fetch.enable", patterns=patterns, handleAuthRequests=True)

    def _go_on(self, params: Params) -> None:
        self._send("Fetch.continueRequest", requestId=params["requestId"])

    def _send(self, method: str, **params: Any) -> None:
        self._connection.send(method, params)

    # --- what is only heard of ---------------------------------------------------------------------------

    def _asked(self, params: Params, session: str) -> None:
        if not params["request"]["url"].startswith(("http:", "https:")):
            return
        self.activity += 1
        self.wire_of(params["requestId"]).started.append(params["wallTime"])
        if params.get("type") != "EventSource":
            self._in_flight.add(params["requestId"])

    def _asked_on_the_wire(self, params: Params, session: str) -> None:
        self.wire_of(params["requestId"]).requests.append(params)

    def _answered(self, params: Params, session: str) -> None:
        response, wire = params["response"], self.wire_of(params["requestId"])
        wire.security = response.get("securityDetails")
        wire.is_cached = bool(response.get("fromDiskCache"))

    def _answered_on_the_wire(self, params: Params, session: str) -> None:
        if params["statusCode"] != 407:
            self.wire_of(params["requestId"]).responses.append(params)

    def _finished(self, params: Params, session: str) -> None:
        self.activity += 1
        self._in_flight.discard(params["requestId"])

    def _failed(self, params: Params, session: str) -> None:
        self._finished(params, session)
        self.wire_of(params["requestId"]).error = params.get("errorText")


def header(headers: Headers, name: str, default: str | None = None) -> Any:
    """The first header called ``name`` (lower case), or ``default``."""
    return next((value for key, value in headers if key.lower() == name), default)


def origin_of(url: str) -> str:
    """Scheme, host and port of an absolute URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _answer(params: Params) -> Answer:
    request, now = params["request"], datetime.now(UTC)
    return Answer(
        network_id=params.get("networkId", ""),
        url=request["url"].split("#")[0],
        method=request["method"],
        kind=params["resourceType"],
        frame=params["frameId"],
        status=params["responseStatusCode"],
        reason=params.get("responseStatusText", ""),
        headers=tuple((entry["name"], entry["value"]) for entry in params.get("responseHeaders", ())),
        request_headers=tuple(request["headers"].items()),
        started=now,
        ended=now,
    )


def _asked_whole(params: Params) -> Params:
    """Without the range that only means "from the start": the whole is wanted anyway, once and as it is."""
    headers: dict[str, str] = params["request"]["headers"]
    if params["resourceType"] != "Media" or headers.get("Range") != WHOLE_RANGE:
        return {}
    return {"headers": [{"name": key, "value": value} for key, value in headers.items() if key != "Range"]}


def _declared_length(headers: Headers) -> int | None:
    return _number(header(headers, "content-length", ""))


def _is_all(headers: Headers) -> bool:
    """Whether a partial answer holds everything from the first byte to the last."""
    content_range: str = header(headers, "content-range", "")
    span, _, total = content_range.removeprefix("bytes ").partition("/")
    number = _number(total)
    return number is not None and span == f"0-{number - 1}"


def _number(text: str) -> int | None:
    """A count of bytes, if it is one that can be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
