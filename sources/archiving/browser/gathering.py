"""After the visit: the page's own answer among those recorded, and by the plain client what the browser left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sources.archiving.assembling import Document, read_document
from sources.archiving.collect import MEDIA, Collection, Collector, Progress
from sources.archiving.connections import Connections
from sources.archiving.deadlines import ByteBudget, Deadline
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch_following
from sources.archiving.policy import FetchPolicy
from sources.archiving.requisites import Requisite, find_requisites

from .exchanges import BROWSER, CLIENT, Exchanges
from .failures import kind_of
from .recording import Answer, Recorder
from .visit import Sight

#: Bodies that the client asks for again: too long for a message, or known only in part.
LEFT_TO_THE_CLIENT = frozenset({"length", "partial"})


@dataclass(frozen=True)
class Visited:
    """A visit's yield: what was seen, what was recorded, and with which browser. ``frame`` is the page's main one."""

    sight: Sight
    recorder: Recorder
    version: str
    frame: str

    def is_main(self, answer: Answer) -> bool:
        """Whether it answered the page's own address, or one that the page moved on to."""
        return answer.kind == "Document" and answer.frame == self.frame


@dataclass(frozen=True)
class Gathered:
    """All exchanges of a capture: ``recorded`` by the browser, ``chain`` and ``collection`` by the client."""

    document: Document
    recorded: Exchanges
    chain: list[Exchange] = field(default_factory=list)
    collection: Collection = field(default_factory=Collection)

    @property
    def fetched_again(self) -> int:
        """How many addresses the client was sent to."""
        return len(self.collection.fetched) + bool(self.chain)

    def exchanges(self) -> Iterator[tuple[str, Exchange]]:
        """Each exchange after who recorded it."""
        yield from ((BROWSER, exchange) for _, exchange in self.recorded)
        yield from ((CLIENT, exchange) for exchange in self.chain)
        yield from ((CLIENT, exchange) for item in self.collection.fetched for exchange in item.chain)

    def whole(self) -> Iterator[Exchange]:
        """The exchanges that brought what was asked for, all of it."""
        return (exchange for _, exchange in self.exchanges() if is_whole(exchange))


def is_whole(exchange: Exchange) -> bool:
    """Whether the answer is a good one, and complete."""
    return 200 <= exchange.status < 300 and exchange.truncated is None


@dataclass(frozen=True)
class Gatherer:
    """Within what the capture has left of time and bytes."""

    policy: FetchPolicy
    directory: Path
    deadline: Deadline
    budget: ByteBudget
    progress: Progress

    def gather(self, url: str, visited: Visited, recorded: Exchanges) -> Gathered:
        """Everything there is. Raises ArchivingError if neither browser nor client got an answer from ``url``."""
        with Connections() as connections:
            main = _main(visited, recorded)
            # The browser does not say why it got nothing: the client asks again, and learns the reason.
            chain = [] if main else self._ask(url, connections)
            document = read_document(main or chain[-1], self.policy)
            collection = self._collect(visited, recorded, document, connections)
        return Gathered(document, recorded, chain, collection)

    def _ask(self, url: str, connections: Connections) -> list[Exchange]:
        return fetch_following(
            url,
            policy=self.policy,
            deadline=self.deadline,
            directory=self.directory,
            budget=self.budget,
            connections=connections,
        )

    def _collect(
        self, visited: Visited, recorded: Exchanges, document: Document, connections: Connections
    ) -> Collection:
        if visited.recorder.left_out:
            return Collection()  # there was more than enough
        room = self.policy.capture_requisites - len(visited.recorder.answers)
        policy = replace(self.policy, capture_requisites=max(room, 0))
        collector = Collector(policy, self.deadline, self.directory, self.budget, self.progress, connections)
        wanted = [*_left_over(visited.recorder, recorded), *_not_asked_for(visited, document)]
        return collector.collect(wanted, besides=document.exchange.url)


def _main(visited: Visited, recorded: Exchanges) -> Exchange | None:
    answers = [
        exchange for answer, exchange in recorded if visited.is_main(answer) and not answer.is_redirect
    ]
    return answers[-1] if answers else None


def _left_over(recorder: Recorder, recorded: Exchanges) -> Iterator[Requisite]:
    whole = {exchange.url for _, exchange in recorded if is_whole(exchange)}
    for answer in recorder.answers:
        if answer.lack in LEFT_TO_THE_CLIENT and answer.method == "GET" and answer.url not in whole:
            yield Requisite(answer.url, kind_of(answer.kind))


def _not_asked_for(visited: Visited, document: Document) -> Iterator[Requisite]:
    """Media that the page names and the browser had no need of: other sizes, posters, videos not played."""
    if not document.is_page:
        return
    known = {answer.url for answer in visited.recorder.answers}
    html = visited.sight.html or document.html
    for requisite in find_requisites(html, document.exchange.url):
        if requisite.kind in MEDIA and requisite.url not in known:
            yield requisite
