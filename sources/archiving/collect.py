"""Fetching the requisites of a page at the same time, in waves: the page's own, then those of its styles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from .connections import Connections
from .deadlines import ByteBudget, Deadline
from .decoding import decoded_body
from .errors import ArchivingError
from .exchange import Exchange
from .fetch import OFFERED_CODINGS, fetch_following
from .policy import FetchPolicy
from .requisites import Kind, Requisite, find_css_requisites
from .verdict import Missing

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

CSS_BYTES = 4 * 1024 * 1024
CSS_WAVES = 2
# If the byte budget does not last for all, the evidence comes first and decoration last.
ORDER = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.STYLE, Kind.SCRIPT, Kind.ICON, Kind.FONT, Kind.OTHER)
MEDIA = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})


@dataclass(frozen=True)
class Fetched:
    """A requisite and its exchanges; the last one is the answer."""

    requisite: Requisite
    chain: list[Exchange]

    @property
    def answer(self) -> Exchange:
        """The exchange at the end of the redirects."""
        return self.chain[-1]

    @property
    def fault(self) -> str | None:
        """Why the answer is not the whole requisite, or None."""
        if not 200 <= self.answer.status < 300:
            return f"status {self.answer.status}"
        return f"truncated: {self.answer.truncated}" if self.answer.truncated else None


@dataclass(frozen=True)
class Failure:
    """A requisite that got no answer."""

    requisite: Requisite
    error: ArchivingError

    def facts(self) -> dict[str, str]:
        """The failure as JSON-safe values."""
        return {
            "url": self.requisite.url,
            "kind": self.requisite.kind.value,
            "code": self.error.code,
            "detail": self.error.detail,
        }


@dataclass
class Collection:
    """What was fetched for one page, each URL once."""

    fetched: list[Fetched] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    left_out: int = 0

    def missing(self) -> tuple[Missing, ...]:
        """The requisites that are not preserved whole."""
        gone = [Missing(item.requisite.url, item.requisite.kind, item.error.code) for item in self.failures]
        bad = [
            Missing(item.requisite.url, item.requisite.kind, item.fault)
            for item in self.fetched
            if item.fault
        ]
        return (*gone, *bad)


class Collector:
    """Fetches requisites into ``directory`` within the policy's limits."""

    def __init__(
        self,
        policy: FetchPolicy,
        deadline: Deadline,
        directory: Path,
        budget: ByteBudget,
        progress: Progress,
        connections: Connections | None = None,
    ) -> None:
        self._policy = policy
        self._deadline = deadline
        self._directory = directory
        self._budget = budget
        self._progress = progress
        self._connections = connections
        self._seen: set[str] = set()
        self._allowed = policy.capture_requisites

    def collect(self, requisites: Iterable[Requisite], *, besides: str) -> Collection:
        """Fetch ``requisites`` and what their style sheets need; ``besides`` is the page's own URL.

        The progress callback runs in the calling thread; what it raises ends the collection.
        """
        self._seen.add(besides)
        collection = Collection()
        wave = list(requisites)
        for _ in range(1 + CSS_WAVES):
            fetched = self._fetch_wave(self._admit(wave, collection), collection)
            wave = [needed for item in fetched for needed in _css_needs(item)]
        return collection

    def _admit(self, wave: list[Requisite], collection: Collection) -> list[Requisite]:
        fresh: dict[str, Requisite] = {}
        for item in wave:
            if item.url not in self._seen:
                fresh.setdefault(item.url, item)
        ordered = sorted(fresh.values(), key=lambda item: ORDER.index(item.kind))
        admitted = ordered[: self._allowed]
        self._allowed -= len(admitted)
        collection.left_out += len(ordered) - len(admitted)
        self._seen.update(fresh)
        return admitted

    def _fetch_wave(self, wave: list[Requisite], collection: Collection) -> list[Fetched]:
        start = len(collection.fetched)
        pool = ThreadPoolExecutor(self._policy.workers, thread_name_prefix="requisite")
        try:
            futures = {pool.submit(self._fetch, item): item for item in wave}
            for done, future in enumerate(as_completed(futures), start=1):
                _settle(future, futures[future], collection)
                self._progress("requisites", done, len(wave))
        finally:
            pool.shutdown(cancel_futures=True)
        return collection.fetched[start:]

    def _fetch(self, requisite: Requisite) -> list[Exchange]:
        return fetch_following(
            requisite.url,
            policy=self._policy,
            deadline=self._deadline.sooner(self._policy.requisite_seconds),
            directory=self._directory,
            budget=self._budget,
            # A medium is asked for as it is, so that its file is the body to the byte.
            codings="identity" if requisite.kind in MEDIA else OFFERED_CODINGS,
            connections=self._connections,
        )


def _settle(future: Future[list[Exchange]], requisite: Requisite, collection: Collection) -> None:
    try:
        collection.fetched.append(Fetched(requisite, future.result()))
    except ArchivingError as error:
        collection.failures.append(Failure(requisite, error))
    except (OSError, MemoryError):
        raise  # this machine's trouble, which the next requisite would meet too
    except Exception as error:
        # Servers send what no parser foresaw; whatever it broke, the page is worth more than one requisite.
        logger.warning("The answer for %s could not be read", requisite.url, exc_info=error)
        detail = f"expected an answer that can be read, got {type(error).__name__}: {error}"
        collection.failures.append(Failure(requisite, ArchivingError(detail)))


def _css_needs(item: Fetched) -> list[Requisite]:
    answer = item.answer
    if item.fault or (item.requisite.kind is not Kind.STYLE and answer.served_type != "text/css"):
        return []
    try:
        css = decoded_body(answer, CSS_BYTES)
    except ArchivingError:
        return []
    return find_css_requisites(css.decode("utf-8", "replace"), answer.url)
