"""What a page shows of an assessment: its bar, and its reasons with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sightings.confidence.saying import sentence
from sightings.explanations import names_in
from sightings.models import Assessment, Sighting
from sightings.selectors import current_assessment

SIDES = ("supports", "refutes")


def shown_assessment(sighting: Sighting) -> dict[str, Any]:
    """What the fragment shows of the sighting's assessment."""
    assessment, is_due = current_assessment(sighting)
    content: dict[str, Any] = {"assessment": assessment, "is_due": is_due}
    if assessment is None or is_due:
        return content
    return content | _drawn(assessment)


def _drawn(assessment: Assessment) -> dict[str, Any]:
    names = names_in(assessment)
    entries = [{**entry, "text": sentence(entry, names)} for entry in assessment.explanation]
    about: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        about.setdefault(entry["about"], []).append(entry)
    return {
        "bar": bar(assessment),
        "sides": [side for stance in SIDES if (side := _side(stance, about.get("root", []), names))["roots"]],
        "clusters": about.get("cluster", []),
        "undercuts": about.get("undercut", []),
        "weightless": about.get("weightless", []),
        "total": about["total"][0],
        "word": about["word"][0],
        "confidence": about["confidence"][0],
        "changes": about.get("change", []),
    }


def bar(assessment: Assessment) -> dict[str, float]:
    """Belief from the left, disbelief from the right, in per cent of the bar; between them what is not settled."""
    belief, disbelief = 100 * assessment.belief, 100 * assessment.disbelief
    return {"belief": belief, "disbelief": disbelief, "disbelief_from": 100 - disbelief}


def _side(stance: str, roots: list[dict[str, Any]], names: Mapping[str, str]) -> dict[str, Any]:
    """The roots of one side with what they weigh, as shares of the heaviest on either side."""
    heaviest = max((root["best"] for root in roots), default=0.0) or 1.0
    return {
        "stance": stance,
        "roots": [
            {
                "id": root["root"],
                "name": names.get(root["root"], root["root"]),
                "weight": root["weight"],
                "left": 100 * root["weight"] / heaviest,
                "best": 100 * root["best"] / heaviest,
                "text": root["text"],
            }
            for root in roots
            if root["stance"] == stance
        ],
    }
