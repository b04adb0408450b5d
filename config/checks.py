"""A wrong setting is a system check with an id and a hint, not a traceback.

| id | what is wrong |
|---|---|
| sightline.E001 | an environment variable cannot be read |
| sightline.E002 | SECRET_KEY is missing in production |
| sightline.E003 | no database is named |
| sightline.E004 | DATABASE_URL is not a PostgreSQL URL |
| sightline.E005 | no Redis is named |
| sightline.E006 | a storage folder cannot be written |
| sightline.E007 | ALLOWED_HOSTS is empty in production |
| sightline.E008 | ALLOWED_LOOPBACK holds something other than host:port pairs |
| sightline.E009 | the database does not answer |
| sightline.E010 | PostgreSQL is too old |
| sightline.E011 | PostgreSQL has no `vector` extension |
| sightline.E012 | EGRESS_PROXY is missing in production, or is no address of a proxy |
| sightline.E013 | the Wayback Machine is configured only by half |
| sightline.E014 | REPLAY_ORIGIN is a host of the application, or plain HTTP beside HTTPS |
| sightline.E015 | e-mail is configured only by half |
| sightline.W001 | REPLAY_ORIGIN gives all captures one host |
| sightline.W002 | Chromium runs without its own sandbox |

E009 to E011 ask the database, so they run when it is asked for: `check --database default`, and `migrate`.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error as DatabaseError

from config.environment import Problem

SERVICES_HINT = "Start everything with `make run`, or set {name} to the address of a running one."
IDS = {
    "DATABASE_URL": "sightline.E004",
    "ALLOWED_LOOPBACK": "sightline.E008",
    "EGRESS_PROXY": "sightline.E012",
}


@register()
def check_environment(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report each environment variable that could not be read."""
    return [problem_error(problem) for problem in settings.ENVIRONMENT_PROBLEMS]


def problem_error(problem: Problem) -> Error:
    """Return the error of one unreadable variable; a secret's value is not repeated."""
    actual = "a value that is kept out of messages" if problem.value is None else repr(problem.value)
    return Error(
        f"{problem.name}: expected {problem.expected}, got {actual}.",
        hint=f"Correct {problem.name} in the environment, or unset it to use the default.",
        id=IDS.get(problem.name, "sightline.E001"),
    )


@register(Tags.security)
def check_secret_key(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report a missing SECRET_KEY where others can reach the application."""
    if settings.LOCAL or settings.DEBUG or not settings.SECRET_KEY.startswith("missing-"):
        return []
    hint = (
        'Set it to a long random text, such as python -c "import secrets; print(secrets.token_urlsafe(64))"'
    )
    return [Error("SECRET_KEY is not set.", hint=hint, id="sightline.E002")]


@register()
def check_services_named(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report a database or a Redis that nobody named; an unreadable address has its own error already."""
    unreadable = {problem.name for problem in settings.ENVIRONMENT_PROBLEMS}
    return [
        Error(
            f"{name} is not set and nothing of ours is running.", hint=SERVICES_HINT.format(name=name), id=id_
        )
        for name, id_ in (("DATABASE_URL", "sightline.E003"), ("REDIS_URL", "sightline.E005"))
        if not getattr(settings, name) and name not in unreadable
    ]


@register()
def check_storage_writable(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report storage folders that neither exist writable nor could be made."""
    folders = {
        "SIGHTLINE_STORAGE": settings.ARCHIVE_ROOT,
        "SIGHTLINE_WORK": settings.WORK_ROOT,
        "SIGHTLINE_UPLOADS": settings.UPLOAD_ROOT,
    }
    return [
        Error(
            f"{name}: {folder} cannot be written.",
            hint=f"Give the folder to the user who runs this, or set {name} to another.",
            id="sightline.E006",
        )
        for name, folder in folders.items()
        if not is_writable(folder)
    ]


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in `folder`, or the folder itself be made in what exists above it."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


@register(Tags.security)
def check_allowed_hosts(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report that no host name is allowed: every request would be refused."""
    if settings.ALLOWED_HOSTS or settings.DEBUG:
        return []
    hint = "Set ALLOWED_HOSTS to the names it is reached under, separated by commas."
    return [Error("ALLOWED_HOSTS is empty.", hint=hint, id="sightline.E007")]


@register()
def check_egress(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report that there is no way out; an unreadable address has its own error already."""
    unreadable = {problem.name for problem in settings.ENVIRONMENT_PROBLEMS}
    if settings.LOCAL or settings.DEBUG or settings.EGRESS_PROXY or "EGRESS_PROXY" in unreadable:
        return []
    hint = "Start `python -m sources.archiving.egress`, and set it to http://:PASSWORD@HOST:PORT of that."
    return [Error("EGRESS_PROXY is not set: nothing can be archived.", hint=hint, id="sightline.E012")]


@register()
def check_wayback(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report that publications are to be handed on, but not whereto or with which keys."""
    names = ("WAYBACK_SAVE_URL", "WAYBACK_ACCESS_KEY", "WAYBACK_SECRET_KEY")
    missing = [name for name in names if not getattr(settings, name)]
    if len(missing) in {0, len(names)}:
        return []
    hint = "Set all three to hand publications to the Wayback Machine, or none of them not to."
    return [Error(f"{' and '.join(missing)} not set.", hint=hint, id="sightline.E013")]


@register()
def check_email(app_configs: object, **kwargs: Any) -> list[Error]:
    """Report that notices are to be mailed, but not how; and settings that contradict one another."""
    hint = "Set EMAIL_HOST, DEFAULT_FROM_EMAIL and SIGHTLINE_URL to send notices by e-mail, or no EMAIL_HOST not to."
    return [Error(problem, hint=hint, id="sightline.E015") for problem in email_problems()]


def email_problems() -> Iterator[str]:
    """Yield what is missing or too much; no address of this instance's own is asked for where nothing is mailed."""
    if settings.EMAIL_HOST:
        for name in ("DEFAULT_FROM_EMAIL", "SIGHTLINE_URL"):
            if not getattr(settings, name):
                yield f"{name} is not set, though EMAIL_HOST is."
    elif settings.EMAIL_HOST_USER or settings.DEFAULT_FROM_EMAIL:
        yield "EMAIL_HOST is not set, though there is somebody to send e-mail as."
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        yield "Of EMAIL_HOST_USER and EMAIL_HOST_PASSWORD only one is set."
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        yield "EMAIL_USE_TLS and EMAIL_USE_SSL exclude one another."


@register(Tags.security)
def check_replay_origin(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Report a replay origin on which archived script could reach the application, or other captures."""
    origin = urlsplit(settings.REPLAY_ORIGIN)
    if not origin.netloc:
        return []
    if origin.hostname in settings.ALLOWED_HOSTS or (settings.HTTPS and origin.scheme != "https"):
        message = (
            f"REPLAY_ORIGIN: expected {'an HTTPS' if settings.HTTPS else 'an'} origin on a host of its own."
        )
        hint = (
            "Cookies know no ports: name a host outside ALLOWED_HOSTS, such as {capture}.replay.example.org."
        )
        return [Error(message, hint=hint, id="sightline.E014")]
    if "{capture}" not in settings.REPLAY_ORIGIN and not settings.LOCAL:
        hint = "Put {capture} into the host, with a wildcard in DNS and certificate: archived pages then cannot meet."
        return [Warning("All captures are replayed on one host.", hint=hint, id="sightline.W001")]
    return []


@register(Tags.security)
def check_browser_sandbox(app_configs: object, **kwargs: Any) -> list[Warning]:
    """Report a browser for strangers' pages that runs without a sandbox, as Chromium does for root."""
    if settings.LOCAL or not settings.CHROMIUM or "--no-sandbox" not in settings.CHROMIUM_ARGUMENTS:
        return []
    hint = "Run the archiving worker as a user other than root, or without CHROMIUM."
    return [Warning("Chromium would run without its sandbox.", hint=hint, id="sightline.W002")]


@register(Tags.database)
def check_postgresql(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Error]:
    """Report each asked-for database that does not answer, is too old, or lacks `vector`."""
    return [error for alias in databases or () for error in database_errors(connections[alias])]


def database_errors(connection: BaseDatabaseWrapper) -> Iterator[Error]:
    """Yield what is wrong with one database; asks nothing further of one that does not answer."""
    try:
        version, has_vector = ask_database(connection)
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        hint = SERVICES_HINT.format(name="DATABASE_URL")
        yield Error(f"The database does not answer: {reason}", hint=hint, id="sightline.E009")
        return
    if version < settings.MINIMUM_POSTGRESQL:
        message = f"PostgreSQL {settings.MINIMUM_POSTGRESQL} or later expected, got {version}."
        yield Error(message, hint="Upgrade the server, or use the embedded one.", id="sightline.E010")
    if not has_vector:
        hint = "Install pgvector on the server (package postgresql-NN-pgvector)."
        yield Error("PostgreSQL has no extension `vector`.", hint=hint, id="sightline.E011")


def ask_database(connection: BaseDatabaseWrapper) -> tuple[int, bool]:
    """Return the major version and whether the extension `vector` is there to be created."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
        )
        version, has_vector = cursor.fetchone()
    return version, has_vector
