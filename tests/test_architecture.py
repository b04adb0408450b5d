"""The house keeps its shape: arrows between the floors run one way, and the pure packages stay pure."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import osint

ROOT = Path(__file__).resolve().parent.parent

#: Each room and the rooms it may know of. Anything of ours that is not listed is out of bounds.
MAY_KNOW = {
    "osint": {"osint"},
    "sources": {"osint", "sources"},
    "sightings": {"osint", "sources", "sightings"},
    "seeds": {"osint", "sources", "sightings", "seeds"},
}
OURS = {*MAY_KNOW, "config", "tests"}

#: Packages and modules that know neither Django nor its neighbours: values in, values out.
PURE = [
    "osint/edtf",
    "osint/mentions.py",
    "osint/naming.py",
    "sources/archiving",
    "sources/canonical.py",
    "sources/canonical_rules.py",
    "sources/differences.py",
    "sources/lineage.py",
    "sources/lineage_drawing.py",
    "sources/suggesting",
    "sightings/calibration.py",
    "sightings/confidence",
    "sightings/geo.py",
    "sightings/gazetteer.py",
    "sightings/likeness.py",
    "sightings/locator.py",
    "sightings/matrix.py",
    "sightings/graph/elements.py",
    "sightings/graph/writers.py",
    "seeds/read.py",
    "seeds/standins",
]
IMPURE = {"django", "rest_framework", "celery", "psycopg", "redis"}


def modules_under(place: str) -> Iterator[Path]:
    path = ROOT / place
    yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file imports, relative ones made absolute."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield ".".join([*package[: len(package) - node.level + 1], node.module or ""])
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def offences(place: str, forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_under(place)
        for name in imports_of(path)
        if name.split(".")[0] in forbidden
    ]


@pytest.mark.parametrize("room", MAY_KNOW)
def test_arrows_run_one_way(room: str) -> None:
    assert offences(room, OURS - MAY_KNOW[room]) == []


@pytest.mark.parametrize("place", PURE)
def test_pure_packages_know_no_framework(place: str) -> None:
    assert list(modules_under(place)), f"{place} has moved"
    assert offences(place, IMPURE) == []


@pytest.mark.parametrize("room", ["osint", "sources", "sightings"])
def test_only_services_write_rows(room: str) -> None:
    """API, pages, admin and commands call services; none of them saves, creates or deletes rows by itself."""
    writing = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
    outer = [
        f"{room}/{part}"
        for part in ("api", "pages", "admin.py", "management")
        if (ROOT / room / part).exists()
    ]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {node.func.attr}"
        for place in outer
        for path in modules_under(place)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writing
        and ast.unparse(node.func.value) != "self"
    ]
    assert found == []


def test_a_reversed_arrow_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "osint").mkdir()
    (tmp_path / "osint" / "views.py").write_text("def f():\n    from sightings.models import Sighting\n")
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert offences("osint", {"sightings"}) == ["osint/views.py imports sightings.models"]


def test_the_product_has_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == osint.__version__
