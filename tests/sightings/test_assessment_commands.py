"""Commands about assessments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sightings.confidence import MODEL
from sightings.models import Assessment, Recomputation
from sightings.services.assessments import recompute_due
from tests import cast

ROOT = Path(__file__).resolve().parents[2]
ONE = {
    "items": [
        {"id": "e1", "stance": "supports", "reliability_path": ["B"], "credibility": 2, "roots": ["r1"]}
    ],
    "clusters": {"r1": "c1"},
}


def assess(text: str, name: str = "-") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, where there is no database to reach."""
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    return subprocess.run(
        [sys.executable, "manage.py", "assess", name],
        cwd=ROOT,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_claim_is_assessed_without_a_database() -> None:
    done = assess(json.dumps(ONE))
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["model"], result["word"], round(result["probability"], 4)) == (MODEL, "likely", 0.7561)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected JSON"),
        ("[]", "the inputs: expected a mapping, got []"),
        (json.dumps({**ONE, "clusters": {}}), "expected the cluster of root “r1” in clusters, got none"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(text))
    with pytest.raises(CommandError, match=message.replace("[", r"\[").replace("]", r"\]")):
        call_command("assess", "-")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json: No such file"):
        call_command("assess", "nowhere.json")


@pytest.mark.django_db(transaction=True)
def test_everything_is_recomputed_once_by_several_processes(capfd: pytest.CaptureFixture[str]) -> None:
    team = cast.team()
    for number in range(12):
        cast.sighting(team, title=f"Launcher {number}")
    call_command("recompute_assessments", processes=2)
    assert Assessment.objects.count() == 12
    assert not Recomputation.objects.exists()
    call_command("recompute_assessments", all=True, processes=2)
    assert Assessment.objects.count() == 12, "the same inputs lead to no new assessment"
    assert "12 sightings" in capfd.readouterr().out


@pytest.mark.django_db
def test_the_table_shows_that_a_relay_changes_nothing_and_a_picture_does() -> None:
    team = cast.team()
    sighting = cast.sighting(team, title="A launcher | on a roof")
    cast.evidence(team, sighting, cast.publication(team))
    recompute_due()
    said = StringIO()
    call_command("corroboration_table", "roofs", stdout=said)
    heading, rule, row = said.getvalue().splitlines()
    assert heading.startswith("| Sighting | Roots | Clusters | P | u | Word |")
    assert rule.count("---") == 8
    cells = [cell.strip() for cell in row.replace("\\|", "/").strip("|").split("|")]
    assert cells[0] == "A launcher / on a roof"
    assert cells[1:3] == ["1", "1"]
    assert cells[6] == f"{cells[3]}, {cells[5]}"
    assert float(cells[7].split(",")[0]) > float(cells[3])


@pytest.mark.django_db
def test_a_case_that_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="no investigation “nowhere”"):
        call_command("corroboration_table", "nowhere")
