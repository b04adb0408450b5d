"""Asking services on the network whether they are there, with an answer of one line when they are not."""

import http.client

import psycopg

from config.embedded.redis import redis_answers
from config.supervision.errors import ServiceUnreachableError

WEB_SECONDS = 5.0


def require_database(url: str) -> None:
    """Raise ServiceUnreachableError when the database does not answer."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ServiceUnreachableError(f"The database of DATABASE_URL does not answer: {reason}") from error


def require_redis(url: str) -> None:
    """Raise ServiceUnreachableError when Redis does not answer."""
    if not redis_answers(url):
        raise ServiceUnreachableError("The Redis of REDIS_URL does not answer, or refuses the password.")


def answers_ok(port: int, path: str) -> bool:
    """Tell whether GET `path` on the loopback port is answered with status 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WEB_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
