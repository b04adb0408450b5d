"""The exported graph: closed, complete, counted, hashed, and of one moment."""

from __future__ import annotations

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from osint.errors import NotFoundError
from osint.models import Change
from osint.services.people import system_user
from sightings.graph.elements import Edge, Element, Node
from sightings.graph.reading import elements, snapshot
from sightings.graph.writers import write_json, write_ndjson
from sightings.models import (
    Assessment,
    Equipment,
    Evidence,
    HypothesisFit,
    Invalidation,
    Review,
    ReviewCheck,
    Sighting,
    SightingRelation,
)
from sightings.services.assessments import recompute_due
from sightings.services.exports import export_graph
from sightings.services.hypotheses import propose_hypothesis
from sightings.services.sightings import attach_evidence
from sources.models import (
    Capture,
    CaptureFile,
    Derivation,
    MediumFacts,
    Publication,
    SourceRating,
    StoredFile,
)
from sources.services.captures import request_capture
from sources.services.publications import record_derivation
from sources.services.sources import add_owner, establish_ownership, rate_source
from tests import cast

# Exports set the isolation of their own transaction, which they could not inside a test's.
pytestmark = pytest.mark.django_db(transaction=True)

NODE, OTHER = uuid4(), uuid4()


@pytest.fixture
def team() -> cast.Team:
    """A case with something of everything, beside another case that must not be seen."""
    team, others = cast.team(), cast.team("fields")
    outlet = cast.source()
    rate_source(outlet, actor=team.reviewer, reliability="B", reason="Corrects its errors.")
    family = cast.equipment(slug="pantsir", name="Pantsir", kind="category", nato_name="", aliases=[])
    launcher = cast.equipment(parent=family)
    first = cast.publication(team, source=outlet, published="2023-01-19")
    second = cast.publication(team, "https://courier.example/relay")
    record_derivation(second, actor=team.researcher, derives_from=first, kind="relays")
    capture = request_capture(first, actor=team.researcher)
    files = [StoredFile.objects.create(sha256=c * 64, size=1, media_type="image/png") for c in "ab"]
    CaptureFile.objects.create(capture=capture, file=files[0], role="medium")
    MediumFacts.objects.create(file=files[0], thumbnail=files[1])
    claim = cast.sighting(team, equipment=launcher, place=cast.place(), when="2023-01-06~")
    item = cast.evidence(team, claim, first)
    attach_evidence(
        claim, actor=team.researcher, publication=second, stance="undercuts", credibility=3, undercuts=item
    )
    cast.evidence(others, cast.sighting(others), cast.publication(others))
    judge(team, claim, item)
    return team


def judge(team: cast.Team, claim: Sighting, item: Evidence) -> None:
    """One of everything that people and the model conclude."""
    source = item.publication.source
    assert source is not None
    owner = add_owner(actor=team.researcher, name="The Courier Group", kind="company")
    establish_ownership(source, actor=team.reviewer, owner=owner, reason="Its own imprint says so.")
    decoy = propose_hypothesis(claim, actor=team.researcher, title="A decoy")
    for hypothesis in (decoy, None):
        HypothesisFit.objects.create(
            sighting=claim, hypothesis=hypothesis, evidence=item, fit="+", judged_by=team.researcher
        )
    SightingRelation.objects.create(
        investigation=team.case,
        sighting=cast.sighting(team, title="Another"),
        other=claim,
        kind="follows",
        reason="Seen a day later.",
        stated_by=team.researcher,
    )
    Invalidation.objects.create(
        investigation=team.case, publication=item.publication, reviewer=team.reviewer, reason="Staged."
    )
    review = Review.objects.create(
        sighting=claim, reviewer=team.reviewer, decision="disputed", reason="The roof is another one."
    )
    ReviewCheck.objects.create(
        review=review, question="place", answer="no", method="geolocation", checked_by=team.reviewer
    )
    recompute_due()


def exported(team: cast.Team, format: str = "ndjson") -> bytes:
    return b"".join(export_graph(team.case, actor=team.viewer, format=format))


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_every_edge_ends_at_nodes_of_the_graph(team: cast.Team) -> None:
    objects = lines(exported(team))
    known = {item["id"] for item in objects if "node" in item}
    edges = [item for item in objects if "edge" in item]
    assert edges
    assert {item["from"] for item in edges} | {item["to"] for item in edges} <= known


def test_counts_equal_the_database(team: cast.Team) -> None:
    manifest = lines(exported(team))[-1]["manifest"]
    in_case = {"investigation": team.case}
    assert manifest["nodes"] == {
        "capture": Capture.objects.filter(**in_case).count(),
        "equipment": 2,
        "evidence": Evidence.objects.filter(**in_case).count(),
        "file": StoredFile.objects.count(),
        "investigation": 1,
        "assessment": Assessment.objects.filter(sighting__investigation=team.case).count(),
        "check": 1,
        "hypothesis": 1,
        "invalidation": 1,
        "owner": 1,
        "ownership": 1,
        "review": 1,
        "place": 1,
        "publication": Publication.objects.filter(**in_case).count(),
        "sighting": Sighting.objects.filter(**in_case).count(),
        "source": 1,
        "source_rating": SourceRating.objects.count(),
    }
    assert manifest["edges"] == {
        "about": 2,
        "answers": 1,
        "assesses": Assessment.objects.filter(sighting__investigation=team.case).count(),
        "belongs_to": 4,
        "controlled_by": 1,
        "controlled_source": 1,
        "fits": 1,
        "fits_claim": 1,
        "hypothesis_about": 1,
        "invalidates": 1,
        "related": 1,
        "reviews": 1,
        "captures": 1,
        "cites": 2,
        "claims": 1,
        "derives_from": Derivation.objects.filter(**in_case).count(),
        "kept": 1,
        "kind_of": 1,
        "located_at": 1,
        "published_by": 1,
        "rates": 1,
        "thumbnail": 1,
        "undercuts": 1,
    }


def test_the_manifest_hashes_every_line_before_it(team: cast.Team) -> None:
    data = exported(team)
    body, last = data[: data.rindex(b'{"manifest"')], lines(data)[-1]
    assert last["manifest"]["sha256"] == sha256(body).hexdigest()


def test_json_holds_the_same_graph(team: cast.Team) -> None:
    data = exported(team, "json")
    graph = json.loads(data)
    manifest = lines(exported(team))[-1]["manifest"]
    assert {key: graph["manifest"][key] for key in ("nodes", "edges")} == {
        key: manifest[key] for key in ("nodes", "edges")
    }
    assert graph["manifest"]["sha256"] == sha256(data[: data.rindex(b',"manifest"')]).hexdigest()


def test_nothing_of_another_case_is_in_it(team: cast.Team) -> None:
    foreign = {
        str(pk) for pk in Sighting.objects.exclude(investigation=team.case).values_list("pk", flat=True)
    }
    assert foreign
    assert not any(pk.encode() in exported(team) for pk in foreign)


def test_equipment_comes_with_all_that_it_is_a_kind_of_and_its_names(team: cast.Team) -> None:
    found = {item["slug"]: item for item in lines(exported(team)) if item.get("node") == "equipment"}
    assert set(found) == {"pantsir", "pantsir-s1"}
    assert "Панцирь-С1" in found["pantsir-s1"]["aliases"]


def test_an_uncertain_date_keeps_its_words_and_its_bounds(team: cast.Team) -> None:
    claim = next(item for item in lines(exported(team)) if item.get("node") == "sighting")
    assert claim["when"] == "2023-01-06~"
    assert claim["when_earliest"] < "2023-01-06" < claim["when_latest"]


def test_an_export_is_one_moment_whatever_is_written_meanwhile(team: cast.Team) -> None:
    stream = export_graph(team.case, actor=team.viewer, format="ndjson")
    first = next(stream)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE sightings_sighting SET title = 'Changed meanwhile'")
    finally:
        other.close()
    assert b"Changed meanwhile" not in first + b"".join(stream)


def test_an_export_cannot_write(team: cast.Team) -> None:
    with snapshot(), pytest.raises(Exception, match="read-only transaction"):
        Equipment.objects.update(name="x")


def test_an_export_is_recorded(team: cast.Team) -> None:
    exported(team)
    assert Change.objects.get(action="graph.exported").actor == team.viewer


def test_an_outsider_gets_nothing(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        export_graph(team.case, actor=team.outsider, format="ndjson")


def test_all_nodes_come_before_all_edges(team: cast.Team) -> None:
    with snapshot():
        kinds = [isinstance(element, Node) for element in elements(team.case)]
    assert kinds == sorted(kinds, reverse=True)


def test_json_refuses_a_node_after_an_edge() -> None:
    mixed: list[Element] = [Edge("cites", NODE, OTHER), Node("evidence", NODE, {})]
    with pytest.raises(ValueError, match="all nodes before all edges"):
        list(write_json(mixed))


@pytest.mark.parametrize("write", [write_json, write_ndjson])
def test_an_empty_graph_still_has_a_manifest(write: Any) -> None:
    manifest = json.loads(b"".join(write([])))["manifest"]
    assert (manifest["nodes"], manifest["edges"]) == ({}, {})


def test_the_command_writes_a_whole_file(team: cast.Team, tmp_path: Path) -> None:
    target = tmp_path / "graph.ndjson"
    call_command("export_graph", "roofs", "-o", str(target), stderr=StringIO())
    assert "manifest" in lines(target.read_bytes())[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["graph.ndjson"]
    assert Change.objects.get(action="graph.exported").actor == system_user()


def test_the_command_run_twice_replaces_the_file(team: cast.Team, tmp_path: Path) -> None:
    target = tmp_path / "graph.json"
    for _ in range(2):
        call_command("export_graph", "roofs", "--format", "json", "-o", str(target), stderr=StringIO())
    assert json.loads(target.read_bytes())["manifest"]


def test_the_command_names_an_unknown_investigation() -> None:
    with pytest.raises(CommandError, match="no investigation “nowhere”"):
        call_command("export_graph", "nowhere")


def test_the_command_writes_to_standard_output(
    team: cast.Team, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("export_graph", "roofs")
    assert b'{"manifest"' in capfdbinary.readouterr().out
