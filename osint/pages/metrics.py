"""Where Prometheus reads. Proxies make everybody look like loopback, so being near opens nothing here."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from osint.api.problems import not_found_response
from osint.metrics import Numbers


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers in Prometheus' text format, for the operator's token or for staff; for others nothing is here."""
    if not (_shows_token(request) or _is_staff(request)):
        return not_found_response()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Numbers())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _shows_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    is_same = hmac.compare_digest(token.strip().encode(), expected.encode())
    return bool(expected) and scheme.lower() == "bearer" and is_same


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_active and request.user.is_staff
