"""What PostgreSQL can hold of texts that strangers wrote."""

from __future__ import annotations

from typing import Any, TypeVar

V = TypeVar("V")


def storable(value: V) -> V:
    """The value, and all that lies in it, without NUL and without halves of characters.

    A server may put either into a header, and a page into its title; an archive keeps the bytes.
    """
    return _storable(value)  # type: ignore[no-any-return]  # of the same shape


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _whole(value.replace("\x00", "\ufffd"))
        case dict():
            return {_storable(name): _storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_storable(inner) for inner in value]
        case _:
            return value


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
