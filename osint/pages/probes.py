"""What a supervisor or a load balancer asks. No log-in: the answers hold no secret."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from osint import health


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers at all."""
    return JsonResponse({"status": "ok", "checks": {}})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether everything needed is there: 200, or 503 with what is missing."""
    found = health.examine()
    is_well = all(part.ok for part in found.values())
    answer = {
        "status": "ok" if is_well else "unavailable",
        "checks": {name: asdict(part) for name, part in found.items()},
    }
    return JsonResponse(answer, status=200 if is_well else 503)
