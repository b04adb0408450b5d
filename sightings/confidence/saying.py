"""The reasons in sentences. Word and analytic confidence are never said in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Entry = Mapping[str, Any]
Names = Mapping[str, str]

SIDE = {"supports": "for the claim", "refutes": "against the claim"}


def sentence(entry: Entry, names: Names | None = None) -> str:
    """One entry of an explanation in words; `names` are those of items, roots and clusters, else their ids."""
    return SENTENCES[entry["about"]](entry, names or {})


def _root(entry: Entry, names: Names) -> str:
    items = entry["items"]
    counting = [item for item in items if item["counts"]]
    head = f"{_name(entry['root'], names)} {SIDE[entry['stance']]}: "
    if not counting:
        return head + "adds 0, for none of its items has weight."
    parts = [f"{_weight(entry['weight'])}, by {_item(counting[0], names)}"]
    if entry["discount"]:
        parts.append(f"of {_weight(entry['best'])} the undercuts leave {_percent(1 - entry['discount'])}")
    parts += [_repeated(item, names) for item in items if not item["counts"]]
    return head + "; ".join(parts) + "."


def _item(item: Entry, names: Names) -> str:
    grade = f"{item['reliability']}{item['credibility']}"
    return f"{_name(item['id'], names)} ({', '.join((grade, *_remarks(item)))})"


def _remarks(item: Entry) -> Iterator[str]:
    if item["is_relay"]:
        yield "graded by the worst source on its way"
    if item["roots"] > 1:
        yield f"shared among {item['roots']} roots"
    if item["is_confirmed_here"]:
        yield "counted as 2, for what confirms it is counted itself"
    if item["decay"] < 1:
        yield f"faded to {_percent(item['decay'])} with age"


def _repeated(item: Entry, names: Names) -> str:
    verb = "relays the same" if item["is_relay"] else "rests on the same"
    return f"{_name(item['id'], names)} {verb}: adds 0"


def _undercut(entry: Entry, names: Names) -> str:
    root = _name(entry["root"], names)
    if entry["is_invalidated"]:
        return f"{root}: a reviewer found it to be worth nothing; all that rests on it adds 0."
    by = ", ".join(_name(item, names) for item in entry["by"])
    return f"{root}: attacked by {by}; what rests on it loses {_percent(entry['discount'])}."


def _cluster(entry: Entry, names: Names) -> str:
    roots = entry["roots"]
    head = f"{_name(entry['cluster'], names)} {SIDE[entry['stance']]}: {_weight(entry['weight'])}"
    if len(roots) == 1:
        return f"{head}, all of it by {_name(roots[0]['root'], names)}."
    adding = ", ".join(f"{_name(root['root'], names)} {_weight(root['adds'])}" for root in roots)
    return f"{head} by {len(roots)} roots that are not independent, each further one counting half: {adding}."


def _weightless(entry: Entry, names: Names) -> str:
    why = {
        "neutral": "it is neutral",
        "age": "it is too old for what it says",
        "credibility": "its truth cannot be judged" if entry.get("credibility") == 6 else "it is improbable",
    }
    return f"{_name(entry['id'], names)} adds 0: {why[entry['why']]}."


def _total(entry: Entry, names: Names) -> str:
    text = f"Evidence {_weight(entry['support'])} for and {_weight(entry['refutation'])} against"
    text += f" gives a probability of {_percent(entry['probability'])}"
    text += f", of which {_percent(entry['uncertainty'])} is not settled by evidence."
    if entry["conflict"]:
        text += f" The weaker side is {_percent(entry['conflict'])} of the stronger."
    return text


def _word(entry: Entry, names: Names) -> str:
    if entry["word"] == "insufficient information":
        return "There is insufficient information for a word of likelihood."
    if entry["plain"] != entry["word"]:
        return f"The claim is {entry['word']}, and no stronger word is used for a single independent cluster."
    return f"The claim is {entry['word']}."


def _confidence(entry: Entry, names: Names) -> str:
    clusters = entry["clusters"]
    counted = f"{clusters} independent cluster{'' if clusters == 1 else 's'}"
    return (
        f"Analytic confidence is {entry['level']}: {counted} on the leading side,"
        f" {_percent(entry['uncertainty'])} uncertainty, {_percent(entry['conflict'])} conflict."
    )


def _change(entry: Entry, names: Names) -> str:
    count, side = entry["count"], SIDE[entry["stance"]]
    more = (
        f"One more independent {entry['grade']}"
        if count == 1
        else f"{count} more independent {entry['grade']}s"
    )
    make = "makes" if count == 1 else "make"
    return f"{more} {side} {make} it {entry['word']}."


SENTENCES: Mapping[str, Callable[[Entry, Names], str]] = {
    "root": _root,
    "undercut": _undercut,
    "cluster": _cluster,
    "weightless": _weightless,
    "total": _total,
    "word": _word,
    "confidence": _confidence,
    "change": _change,
}


def _name(key: str, names: Names) -> str:
    return names.get(key, key)


def _weight(value: float) -> str:
    return f"{value:.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
