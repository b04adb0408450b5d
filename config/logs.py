"""Log lines as JSON objects, with secrets taken out before they are written."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

SENSITIVE = r"authorization|cookie|csrfmiddlewaretoken|password|passwd|secret|secret_key|token"
# `name: value`, `name=value`, `"name": "value"`; a scheme word such as Bearer or Token belongs to the value.
SECRET = re.compile(rf"(?i)\b({SENSITIVE})(['\"]?\s*[:=]\s*['\"]?)((?:bearer|token|basic)\s+)?[^\s'\",;&}}]+")
CREDENTIALS_IN_URL = re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@")
USUAL_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
HIDDEN = "[hidden]"


def redact(text: str) -> str:
    """Return `text` with the values of secrets and the passwords inside URLs replaced."""
    text = SECRET.sub(rf"\1\2{HIDDEN}", text)
    return CREDENTIALS_IN_URL.sub(rf"\1:{HIDDEN}@", text)


class RedactionFilter(logging.Filter):
    """Rewrites each record's message and extra fields without secrets. Lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Merge the arguments into the message, then redact: a secret may sit in either."""
        record.msg, record.args = redact(record.getMessage()), ()
        for name, value in extra_fields(record).items():
            setattr(record, name, redact_field(name, value))
        return True


def redact_field(name: str, value: Any) -> Any:
    """Return the value of an extra field without secrets."""
    if re.fullmatch(SENSITIVE, name, re.IGNORECASE):
        return HIDDEN
    return redact(value) if isinstance(value, str) else value


def extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what the caller gave as `extra=`."""
    return {name: value for name, value in vars(record).items() if name not in USUAL_ATTRIBUTES}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC, RFC 3339), level, logger, message, extra fields, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what JSON cannot hold is written as its text."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extra_fields(record),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
