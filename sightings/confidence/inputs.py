"""What an assessment rests on, and reading it from its documented form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import InputsError
from .policy import CREDIBILITY, RELIABILITY

STANCES = frozenset({"supports", "refutes", "neutral", "undercuts"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence.

    `reliability_path` holds the grades from the cited publication's source to that of its root; `decay` is λ, 1 for a
    dated event. An item that undercuts names the roots it attacks. `is_confirmed_here` says that what made it a 1
    is among the other items, so that it may only count as a 2.
    """

    id: str
    stance: str
    reliability_path: tuple[str, ...]
    credibility: int
    roots: tuple[str, ...]
    decay: float = 1.0
    undercuts: tuple[str, ...] = ()
    is_confirmed_here: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """The items of one claim, the cluster of each root, and the roots that a reviewer found to be worth nothing."""

    items: tuple[Item, ...] = ()
    clusters: Mapping[str, str] = field(default_factory=dict)
    invalidated_roots: frozenset[str] = frozenset()


def read_inputs(data: object) -> Inputs:
    """The inputs in the documented form: a mapping of `items`, `clusters` and `invalidated_roots`.

    Raises InputsError, which names what is wrong.
    """
    whole = _mapping(data, "the inputs", {"items", "clusters", "invalidated_roots"}, {"items", "clusters"})
    clusters = _mapping(whole["clusters"], "clusters", None, set())
    for root, cluster in clusters.items():
        _text(cluster, f"clusters.{root}")
    listed = _list(whole["items"], "items", lambda value, where: value)
    items = tuple(_item(value, f"items[{number}]") for number, value in enumerate(listed))
    invalidated = _texts(whole.get("invalidated_roots", []), "invalidated_roots")
    inputs = Inputs(items, clusters, frozenset(invalidated))
    _require_sense(inputs)
    return inputs


def as_data(inputs: Inputs) -> dict[str, Any]:
    """The inputs in the documented form, ordered by name: the same inputs are the same text."""
    return {
        "items": [_item_as_data(item) for item in sorted(inputs.items, key=lambda item: item.id)],
        "clusters": dict(sorted(inputs.clusters.items())),
        "invalidated_roots": sorted(inputs.invalidated_roots),
    }


def _item_as_data(item: Item) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": item.id,
        "stance": item.stance,
        "reliability_path": list(item.reliability_path),
        "credibility": item.credibility,
        "roots": sorted(item.roots),
        "decay": item.decay,
    }
    if item.undercuts:
        data["undercuts"] = sorted(item.undercuts)
    if item.is_confirmed_here:
        data["is_confirmed_here"] = True
    return data


def _item(value: object, where: str) -> Item:
    required = {"id", "stance", "reliability_path", "credibility", "roots"}
    data = _mapping(value, where, required | {"decay", "undercuts", "is_confirmed_here"}, required)
    return Item(
        id=_text(data["id"], f"{where}.id"),
        stance=_one_of(STANCES, data["stance"], f"{where}.stance"),
        reliability_path=tuple(_list(data["reliability_path"], f"{where}.reliability_path", _grade, least=1)),
        credibility=_one_of(CREDIBILITY, data["credibility"], f"{where}.credibility"),
        roots=_texts(data["roots"], f"{where}.roots", least=1),
        decay=_share(data.get("decay", 1.0), f"{where}.decay"),
        undercuts=_texts(data.get("undercuts", []), f"{where}.undercuts"),
        is_confirmed_here=_one_of(
            (True, False), data.get("is_confirmed_here", False), f"{where}.is_confirmed_here"
        ),
    )


def _require_sense(inputs: Inputs) -> None:
    seen = set[str]()
    for item in inputs.items:
        if item.id in seen:
            raise InputsError(f"items: expected each id once, got “{item.id}” again")
        seen.add(item.id)
        if (item.stance == "undercuts") != bool(item.undercuts):
            raise InputsError(
                f"item “{item.id}”: expected undercuts to be named by items that undercut, and by no other"
            )
        for root in (*item.roots, *item.undercuts):
            if root not in inputs.clusters:
                raise InputsError(
                    f"item “{item.id}”: expected the cluster of root “{root}” in clusters, got none"
                )
    for root in sorted(inputs.invalidated_roots - inputs.clusters.keys()):
        raise InputsError(f"invalidated_roots: expected the cluster of root “{root}” in clusters, got none")


def _mapping(value: object, where: str, known: set[str] | None, required: set[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputsError(f"{where}: expected a mapping, got {_shown(value)}")
    for name in sorted(required - value.keys()):
        raise InputsError(f"{where}: expected “{name}”, got none")
    for name in value.keys() - known if known is not None else ():
        raise InputsError(f"{where}: expected one of {sorted(known or ())}, got {_shown(name)}")
    return dict(value)


def _list(value: object, where: str, read: Callable[[object, str], Any], *, least: int = 0) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) < least:
        raise InputsError(
            f"{where}: expected a list{' that is not empty' if least else ''}, got {_shown(value)}"
        )
    return [read(element, f"{where}[{number}]") for number, element in enumerate(value)]


def _texts(value: object, where: str, *, least: int = 0) -> tuple[str, ...]:
    """Names, each once: a root that is named twice is still one."""
    return tuple(dict.fromkeys(_list(value, where, _text, least=least)))


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputsError(f"{where}: expected a name, got {_shown(value)}")
    return value


def _grade(value: object, where: str) -> Any:
    return _one_of(RELIABILITY, value, where)


def _one_of(known: Any, value: object, where: str) -> Any:
    """`value` if it is known. By type too: to Python, True and 1.0 are among the integers."""
    if not any(type(value) is type(each) and value == each for each in known):
        raise InputsError(f"{where}: expected one of {sorted(known)}, got {_shown(value)}")
    return value


def _share(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputsError(f"{where}: expected a number from 0 to 1, got {_shown(value)}")
    return float(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
