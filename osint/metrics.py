"""Numbers for whoever watches over the instance. Each floor registers what it can count cheaply.

Labels are words out of fixed lists: never a name, an address or anything else that a person typed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from osint.models import Heartbeat

logger = logging.getLogger(__name__)

#: A number that takes longer is left out: watching must not be what weighs the instance down.
MOST_MS = 2000
PREFIX = "sightline_"


@dataclass(frozen=True)
class Sample:
    """One number. `name` without prefix, in the units it ends in (`_seconds`, `_bytes`); `_total` only ever grows."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[], Iterable[Sample]]
_readers: dict[str, Reader] = {}


def register(name: str, reader: Reader) -> None:
    """Ask `reader` too whenever somebody wants the numbers. The same name twice replaces the first."""
    _readers[name] = reader


class Numbers(Collector):
    """What the registered readers count, as families of metrics."""

    def collect(self) -> Iterator[Metric]:
        """All families; one that says which readers failed is always among them."""
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
        for name, reader in _readers.items():
            samples = _read(name, reader)
            failed = Sample(
                "metrics_failed", "Whether these numbers could not be read.", float(samples is None)
            )
            told = [*(samples or ()), Sample(failed.name, failed.help, failed.value, {"reader": name})]
            for sample in told:
                family = families.setdefault(sample.name, _family(sample))
                family.add_metric(list(sample.labels.values()), sample.value)
        yield from families.values()


def _read(name: str, reader: Reader) -> list[Sample] | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MOST_MS)])
            return list(reader())
    except Exception as error:
        # One number that cannot be had must not hide the others; the log says why.
        logger.warning("metrics %s failed: %s", name, error)
        return None


def _family(sample: Sample) -> GaugeMetricFamily | CounterMetricFamily:
    kind = CounterMetricFamily if sample.name.endswith("_total") else GaugeMetricFamily
    return kind(PREFIX + sample.name, sample.help, labels=list(sample.labels))


def heartbeats() -> Iterator[Sample]:
    """How long ago a worker worked last."""
    for beat in Heartbeat.objects.all()[:100]:
        age = (timezone.now() - beat.at).total_seconds()
        yield Sample("heartbeat_age_seconds", "Since a worker last answered.", age, {"name": beat.name})
