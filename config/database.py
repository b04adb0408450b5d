"""From a PostgreSQL URL to the dictionary that Django wants."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

POSTGRES_SCHEMES = ("postgresql", "postgres")


def database_settings(url: str) -> dict[str, Any]:
    """Return the entry of `DATABASES` for a URL in the form of libpq's connection URIs.

    `host` and `port` may be given in the query too, which is how a directory with a Unix socket is named
    (`postgresql://user@/name?host=/run/postgresql`); other parameters are passed on to libpq.
    Form: PostgreSQL manual, "Connection URIs".
    """
    parts = urlsplit(url)
    options: dict[str, Any] = {"connect_timeout": 5, **dict(parse_qsl(parts.query))}
    host = options.pop("host", None) or unquote(parts.hostname or "")
    port = options.pop("port", None) or str(parts.port or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }
