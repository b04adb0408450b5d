"""The one policy for browsers, and the few pages that need an exception from it."""

from typing import TYPE_CHECKING, Any

from csp.middleware import CSPMiddleware
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Adds to the policy what CONTENT_SECURITY_POLICY_EXCEPTIONS grants the view that answered.

    The exceptions are for pages of libraries whose views we do not write, and for ours that frame a replay.
    """

    def get_policy_parts(
        self, request: "HttpRequest", response: "HttpResponseBase", report_only: bool = False
    ) -> Any:
        """Return the parts of the policy for one response."""
        parts = super().get_policy_parts(request, response, report_only)
        if exception := exception_for(request):
            parts.update = {**(parts.update or {}), **exception}
        return parts


def exception_for(request: "HttpRequest") -> dict[str, list[str]]:
    """Return the exception of the view by its namespace or name; empty for nearly all."""
    match = request.resolver_match
    names = (*match.namespaces, match.view_name) if match else ()
    exceptions: dict[str, dict[str, list[str]]] = settings.CONTENT_SECURITY_POLICY_EXCEPTIONS
    return next((exceptions[name] for name in names if name in exceptions), {})
